"""The language that digitlab speaks to whoever reads: marks sentences, translates them, and writes numbers.

Babel finds the marked sentences (`make messages`), so each is a whole sentence in one string, with named placeholders,
and the mark is not inside an f-string, where Babel does not see it:

    _("{model} knew it was a {digit} from {share:.0%} on.").format(model="CNN", digit=4, share=0.6)
    ngettext("There is {count} digit.", "There are {count} digits.", count).format(count=count)

Numbers in the placeholders of a translated sentence are written as the language has them; `numeral` does so for a
number that stands alone. What data call by an English word, such as an option of a control, is marked with `N_` where
it is defined, and translated by `_(option)` where it is shown. A word that means several things, or goes with things of
several genders, has a context: `pgettext("model", "none")`, or `NP_` where it is defined and `pgettext` where it is
shown.

The language belongs to the thread or task that speaks: `Languages` (in `access`) chooses it for every request, and
`ui/languages.py` for every script run. The command line, its processes and logs speak English.
"""

from __future__ import annotations

import functools
import gettext as of_python
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from numbers import Number
from pathlib import Path
from typing import Any

from digitlab import catalogues

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "it": "Italiano"}
LOCALE = Path(__file__).parent / "wording" / "locale"
# Thousands and decimals, and what stands between a number and its per cent sign: a no-break space, or nothing.
_SEPARATORS = str.maketrans(",.", ".,")
_PER_CENT = {"de": "\u00a0%", "es": "\u00a0%", "it": "%"}
_current = ContextVar("language", default="en")


def current() -> str:
    """The language in which this thread or task speaks, a key of `LANGUAGES`."""
    return _current.get()


def speak(language: str) -> None:
    """Let this thread or task speak a language from now on, a key of `LANGUAGES`."""
    _current.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """A block in which this thread or task speaks a language, a key of `LANGUAGES`."""
    before = _current.set(language)
    try:
        yield
    finally:
        _current.reset(before)


def named(tag: str | None) -> str | None:
    """The language that a tag such as "de" or "de-AT" names, if digitlab speaks it."""
    language = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else None


def accepted(header: str) -> str:
    """The language that a browser would rather have, by its header `Accept-Language`; English if it wants no other."""
    best, most = "en", 0.0
    for part in header[:1000].split(","):
        tag, _, quality = part.partition(";")
        language = named(tag)
        try:
            weight = float(quality.partition("=")[2] or 1)
        except ValueError:
            continue
        if language is not None and most < weight <= 1:
            best, most = language, weight
    return best


class _Sentence(str):
    """A translation whose numbers are written as its language has them."""

    __slots__ = ()

    def format(self, *given: object, **named: object) -> str:
        return _writer.vformat(self, given, named)


class _Writer(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return numeral(value, format_spec) if isinstance(value, Number) else format(value, format_spec)


_writer = _Writer()


def numeral(value: Any, form: str = "") -> str:
    """A number as the language writes it.

    Args:
        value: the number.
        form: as `format` takes it, such as ",", ".2f" or ".1%".
    """
    text, language = format(value, form), _current.get()
    if language == "en" or isinstance(value, bool):
        return text
    text = text.translate(_SEPARATORS)
    return text[:-1] + _PER_CENT[language] if text.endswith("%") else text


def separators() -> str:
    """What stands before the decimals of a number, and between its thousands."""
    return ".," if _current.get() == "en" else ",."


def gettext(sentence: str) -> str:
    """A sentence in the language of the reader, with its placeholders."""
    language = _current.get()
    if language == "en" or not sentence:  # the translation of nothing is the catalogue's header
        return sentence
    return _ready(_catalogue(language).gettext(sentence))


def ngettext(one: str, several: str, count: int) -> str:
    """A sentence about a number of things in the language of the reader: its form for that number."""
    language = _current.get()
    if language == "en":
        return one if count == 1 else several
    return _ready(_catalogue(language).ngettext(one, several, int(count)))


def pgettext(context: str, sentence: str) -> str:
    """A sentence, or a word that means several things: the context tells translators which is meant."""
    language = _current.get()
    return sentence if language == "en" else _ready(_catalogue(language).pgettext(context, sentence))


def N_(sentence: str) -> str:
    """The same sentence, marked for translators: `gettext` translates it where it is shown."""
    return sentence


def NP_(context: str, sentence: str) -> str:
    """The same sentence, marked for translators: `pgettext` translates it in this context where it is shown."""
    return sentence


def _ready(translated: str) -> str:
    return _Sentence(translated) if "{" in translated else translated


@functools.cache
def _catalogue(language: str) -> of_python.GNUTranslations:
    return catalogues.read(LOCALE / language / "LC_MESSAGES" / "digitlab.po")
