"""The catalogues: complete, up to date, with the same placeholders as the English, and read as gettext would."""

import io
import re
import string
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import Catalog, mofile, pofile

from digitlab import catalogues, language

LANGUAGES = sorted(set(language.LANGUAGES) - {"en"})


def path(spoken: str) -> Path:
    return language.LOCALE / spoken / "LC_MESSAGES" / "digitlab.po"


def catalogue(spoken: str) -> Catalog:
    with path(spoken).open("rb") as file:
        return pofile.read_po(file)


CATALOGUES = {spoken: catalogue(spoken) for spoken in LANGUAGES}


def messages(spoken: str):
    return [message for message in CATALOGUES[spoken] if message.id]


def forms(texts) -> tuple[str, ...]:
    return texts if isinstance(texts, tuple) else (texts,)


def placeholders(text: str) -> set[str]:
    """The names of placeholders, without how numbers are written; of Plotly's templates, what Plotly fills in, too."""
    of_plotly = set(re.findall(r"%\{[^}]*\}", text))
    names = (name for _, name, _, _ in string.Formatter().parse(re.sub(r"%\{[^}]*\}", "", text)) if name is not None)
    return of_plotly | {re.split(r"[.\[]", name)[0] for name in names}


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_a_catalogue_has_every_message_and_no_other(spoken, extracted):
    wanted = {(message.context, message.id) for message in extracted if message.id}
    found = {(message.context, message.id) for message in messages(spoken)}
    assert found == wanted, "make messages brings it up to date"
    assert not any(message.fuzzy for message in messages(spoken))


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_every_message_is_translated(spoken):
    missing = [message.id for message in messages(spoken) if not all(forms(message.string))]
    assert not missing, f"{len(missing)} without a translation"


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_a_translation_has_the_placeholders_of_the_original(spoken):
    for message in messages(spoken):
        of_each = [placeholders(form) for form in forms(message.id)]
        for translated in filter(None, forms(message.string)):
            assert of_each[0] <= placeholders(translated) <= of_each[-1] or placeholders(translated) == of_each[-1], (
                message.id, translated,
            )  # fmt: skip


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_no_line_breaks_between_a_number_and_its_unit(spoken):
    for message in messages(spoken):
        for form in forms(message.string):
            assert not re.search(r"(\}|\d) (s|ms|px|KB|MB|GB|nats?)\b(?!\()", form), form


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_plurals_have_all_their_forms(spoken):
    assert CATALOGUES[spoken].num_plurals == 2
    for message in messages(spoken):
        assert len(forms(message.string)) == (2 if isinstance(message.id, tuple) else 1), message.id


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_catalogues_are_read_as_gettext_reads_them(spoken):
    compiled = io.BytesIO()
    mofile.write_mo(compiled, CATALOGUES[spoken])
    compiled.seek(0)
    ours, theirs = catalogues.read(path(spoken)), GNUTranslations(compiled)
    for message in messages(spoken):
        if not all(forms(message.string)):
            continue
        if isinstance(message.id, tuple):
            assert [ours.ngettext(*message.id, n) for n in (0, 1, 2)] == [
                theirs.ngettext(*message.id, n) for n in (0, 1, 2)
            ]
        elif message.context:
            assert ours.pgettext(message.context, message.id) == theirs.pgettext(message.context, message.id)
        else:
            assert ours.gettext(message.id) == theirs.gettext(message.id) == message.string


EXAMPLE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

# A comment
msgid "Draw"
msgstr ""
"Malen \"hier\"\n"
"und\tda\\"

msgid "{n} digit"
msgid_plural "{n} digits"
msgstr[0] "{n} Ziffer"
msgstr[1] "{n} Ziffern"

msgctxt "edge"
msgid "Left"
msgstr "Links"

#, fuzzy
msgid "Doubtful"
msgstr "Zweifelhaft"

msgid "Missing"
msgstr ""
"""


def test_what_is_not_translated_is_english(tmp_path):
    file = tmp_path / "some.po"
    file.write_text(EXAMPLE, encoding="utf-8")
    read = catalogues.read(file)
    assert read.gettext("Draw") == 'Malen "hier"\nund\tda\\'
    assert read.pgettext("edge", "Left") == "Links"
    assert [read.ngettext("{n} digit", "{n} digits", n) for n in (1, 2)] == ["{n} Ziffer", "{n} Ziffern"]
    assert [read.gettext(text) for text in ("Doubtful", "Missing", "Left")] == ["Doubtful", "Missing", "Left"]
