"""Every marked sentence can be translated, and a doubt is worded nowhere else."""

import ast
import re
import string
from pathlib import Path

import pytest

from digitlab import settings

WORDING = settings.PACKAGE / "wording"
MARKS = {"_": 1, "N_": 1, "NP_": 2, "gettext": 1, "ngettext": 2, "pgettext": 2}  # how many of their arguments are texts
# What only a doubt says, and an answer that is doubted.
DOUBT = re.compile(
    r"not look like|unlike any|lies flat|separate ones?\b|leave a gap|\bdoubts? (it|that)\b|\(doubted\)|for no digit"
    r"|if (it|they) were (a|one)\b",
    re.IGNORECASE,
)
PYTHON = [*settings.PACKAGE.rglob("*.py"), *settings.REPOSITORY.glob("pages/**/*.py"), settings.REPOSITORY / "app.py"]
SOURCES = sorted(file for file in settings.PACKAGE.rglob("*") if file.suffix in {".py", ".js", ".html"})


@pytest.fixture
def messages(extracted):
    return [message for message in extracted if message.id]


def forms(message) -> tuple[str, ...]:
    """The message, or its singular and its plural."""
    return message.id if isinstance(message.id, tuple) else (message.id,)


def marked(file: Path) -> list[ast.Call]:
    calls = (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKS]


def test_babel_finds_every_marked_sentence(messages):
    known = {form for message in messages for form in (*forms(message), message.context)}
    assert "This does not look like one digit: there are {count} separate ones." in known
    calls = [(file.name, call) for file in PYTHON for call in marked(file)]
    assert len(calls) > 900
    for name, call in calls:
        for sentence in call.args[: MARKS[call.func.id]]:
            if call.func.id in {"_", "gettext", "pgettext"} and not isinstance(
                sentence, ast.Constant | ast.JoinedStr | ast.BinOp
            ):
                continue  # a word that is marked where it is defined
            assert isinstance(sentence, ast.Constant), (
                f"{name}, line {call.lineno}: only whole strings can be translated"
            )
            assert sentence.value in known


# One word is marked in several places for one thing: names of pages, of figures and of what there is in the app, and
# what buttons do. A word that would have another gender or case somewhere, such as "none", has a context there.
SAME_EVERYWHERE = {
    "Accuracy", "accuracy", "Calibration", "Canvas", "Collection", "Confusion", "Curves", "Dataset", "Digits",
    "Distortion", "Dropout", "Epoch", "Epochs", "epoch", "F1", "Filters", "Layer", "Loss", "loss", "Mistakes",
    "Model", "Models", "Non-digits", "Numbers", "Optimizer", "Parameters", "Password", "Robustness", "Room", "Seed",
    "Sweep", "seconds", "test", "validation", "Back", "Cancel", "Clear", "Continue", "Draw", "Language", "Learn",
    "Close", "Next", "Present", "Retrain", "retrain", "Save", "Show", "Unlock", "Upload",
}  # fmt: skip


def test_a_word_that_may_mean_several_things_has_a_context(messages):
    words = {
        message.id: {place for place, _line in message.locations if not place.endswith("glossary.py")}
        for message in messages
        if not message.context and isinstance(message.id, str) and re.fullmatch(r"[\w-]+", message.id)
    }
    several = {word for word, places in words.items() if len(places) > 1}
    assert several == SAME_EVERYWHERE, "give each a context (pgettext, NP_), or list it here if it is one thing"


def test_no_sentence_inflects_what_is_filled_in(messages):
    for message in messages:
        for form in forms(message):
            assert not re.search(r"\{\w+\}(s|es|ed|ing)\b", form), f"say it without an ending: {form}"
            assert not re.search(r"\{(split|origin)\}", form), f"a sentence for each, or a phrase: {form}"


def test_every_placeholder_has_a_name_and_the_plural_has_all_of_the_singular(messages):
    for message in messages:
        if "%{" in str(message.id):
            continue  # Plotly's template
        placeholders = []
        for form in forms(message):
            names = {name for _, name, _, _ in string.Formatter().parse(form) if name is not None}
            assert all(name[:1].isalpha() for name in names), form
            assert "%s" not in form
            assert "%(" not in form
            placeholders.append(names)
        assert placeholders[0] <= placeholders[-1], f"{message.id}: the singular may leave out the number, no more"


def said(file: Path) -> list[str]:
    """The text of a file without what only developers read."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return [re.sub(r"//.*|/\*.*?\*/|<!--.*?-->", "", line) for line in text.splitlines()]
    tree = ast.parse(text)
    nodes = [*ast.walk(tree)]
    bare = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare
    ]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(settings.PACKAGE)))
def test_a_doubt_is_worded_in_one_place(file):
    is_worded = any(DOUBT.search(text) for text in said(file))
    assert is_worded == (file == WORDING / "doubts.py")
