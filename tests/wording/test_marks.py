"""Whatever people read is marked for translators: in Python, in scripts and in pages of our own."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from digitlab import errors
from digitlab.settings import PACKAGE, REPOSITORY

MARKS = {"_", "N_", "NP_", "gettext", "ngettext", "pgettext"}
ROOMS = ("ui", "charts", "audience", "wording")
SHOWS = sorted([
    REPOSITORY / "app.py", *REPOSITORY.glob("pages/**/*.py"),
    *(file for room in ROOMS for file in (PACKAGE / room).rglob("*.py")),
])  # fmt: skip
# The command line speaks English, and so do the processes in which it trains.
ENGLISH = {PACKAGE / "__main__.py", *(PACKAGE / "command_line").rglob("*.py"), *(PACKAGE / "training").rglob("*.py")}
PYTHON = sorted({*SHOWS, *PACKAGE.rglob("*.py")} - ENGLISH)
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
WORDS = re.compile(r"[A-Za-z]{2,}[,;:.]? +[a-z]{2,}|^[A-Z][a-z]+[.:!]?$")
# What looks like text and is none: what programs read, or a name.
NO_TEXT = re.compile(
    r"<(style|script)>|default-src|^:root|attachment;|SET LOCAL|python -m digitlab|\bpip install\b|softmax\("
    r"|import keras|^(bottom|top) (left|center)$|^(Path|Number|Delete|Nd|Adam)$|^(roll back|epochs of )$"
    r"|^only (left|right) wrong$|^(Looked at|What if|Reminds it of)$|samesite=strict|^Done( if )?$|^Skipped$"
)
TERMINAL = {  # told to whoever starts the server, or to Prometheus
    "DIGITLAB_PASSWORD has fewer than ",
    "Open windows", "Trainings that run", "Questions that wait for a thread", "Phones connected to this server",
    "Drawings and labels that wait for the database",
}  # fmt: skip
NAMED = {PACKAGE / "audience" / "nicknames.py", PACKAGE / "audience" / "__init__.py"}  # nicknames, and names of classes
FINDINGS = {"too little", "no collection", "free port", "open without password", "short password"}  # by the doctor


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def marked(tree: ast.AST) -> set[str]:
    """Every string that is an argument of a mark."""
    return {
        given.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call) in MARKS
        for given in call.args
        if isinstance(given, ast.Constant) and isinstance(given.value, str)
    }


TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in PYTHON}
KNOWN = set().union(*map(marked, TREES.values()))


def literals(tree: ast.AST) -> list[ast.Constant]:
    """The strings of a file but docstrings, what is logged, and regular expressions."""
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if isinstance(of, ast.Name) and of.id in {"_log", "log", "re"}:
                skipped.update(ast.walk(node))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node for node in found if node not in skipped]


def reads_as_text(value: str) -> bool:
    between = re.sub(r"<[^>]*>?|^[^<>]*>", "\n", value) if "<" in value or ">" in value else value
    return any(WORDS.search(part.strip()) for part in between.split("\n"))


@pytest.mark.parametrize("file", SHOWS, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_no_text_is_shown_past_the_catalogues(file):
    if file in NAMED:
        return
    for literal in literals(TREES[file]):
        value = literal.value
        if value in KNOWN | TERMINAL | FINDINGS or NO_TEXT.search(value) or not reads_as_text(value):
            continue
        raise AssertionError(f"line {literal.lineno}: {value!r} is not marked")


def test_every_error_has_a_sentence_that_is_marked():
    for file, tree in TREES.items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and name_of(call) in ERRORS and call.args:
                at = f"{file.relative_to(REPOSITORY)}, line {call.lineno}"
                assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), at
                assert not isinstance(call.args[0], ast.Constant) or not WORDS.search(call.args[0].value), at


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.js")), ids=lambda file: file.name)
def test_scripts_have_their_words_from_the_server(file):
    script = re.sub(r"//.*", "", file.read_text(encoding="utf-8"))
    shown = re.findall(
        r"""(?:textContent|innerText|ariaLabel|title|placeholder|alt)["']?\s*[:=]\s*["'`]([^"'`$]*[A-Za-z]{2,})""",
        script,
    )
    assert not shown
    assert not re.findall(r"""["'`]([A-Z][a-z]+,? [a-z]+ [^"'`]*)["'`]""", script)


class Texts(HTMLParser):
    """What a page shows, and what it says to screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"aria-label", "alt", "title", "placeholder"}]


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.html")), ids=lambda file: file.name)
def test_pages_of_our_own_have_their_words_from_the_catalogues(file: Path):
    texts = Texts()
    texts.feed(file.read_text(encoding="utf-8"))
    left = " ".join(re.sub(r"{{\w+}}", "", text).strip() for text in texts.found)
    assert set(re.findall(r"\w{2,}", left)) <= {"digitlab", "DNN", "CNN"}
    assert '<html lang="{{language}}">' in file.read_text(encoding="utf-8")
