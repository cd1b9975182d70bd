"""Every marked sentence can be translated, and a doubt is worded nowhere else."""

import ast
import re
import string
from pathlib import Path

import pytest

from digitlab import settings

WORDING = settings.PACKAGE / "wording"
MARKS = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2}  # how many of their arguments are texts
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
            if call.func.id in {"_", "gettext"} and not isinstance(sentence, ast.Constant | ast.JoinedStr | ast.BinOp):
                continue  # a word that is marked where it is defined
            assert isinstance(sentence, ast.Constant), (
                f"{name}, line {call.lineno}: only whole strings can be translated"
            )
            assert sentence.value in known


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
