"""A lesson as a file: Markdown with a few fields. `docs/lessons.md` describes the format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from urllib.parse import parse_qsl

from digitlab.errors import UnreadableLesson
from digitlab.ui.learn import checks, facts
from digitlab.ui.learn.checks import Condition
from digitlab.wording.language import gettext as _

PAGES = {
    "draw": "pages/draw/draw.py", "confusion": "pages/explore/confusion.py", "mistakes": "pages/explore/mistakes.py",
    "embedding-map": "pages/explore/embedding_map.py", "calibration": "pages/explore/calibration.py",
    "robustness": "pages/explore/robustness.py", "dataset": "pages/explore/dataset.py",
    "curves": "pages/explore/curves.py", "retrain": "pages/train/retrain.py", "sweep": "pages/train/sweep.py",
    "models": "pages/train/models.py", "collection": "pages/present/collection.py",
}  # fmt: skip
MOST_SIGNS, MOST_STEPS = 40_000, 20
_PLACE = re.compile(r"\{([a-z_]+)\}")
_HTML = re.compile(r"<[a-zA-Z/!?]")
_LINK = re.compile(r"\][(:]|://|\bwww\.|\w@\w", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # what Markdown reads as the sign behind the backslash
_HEAD = ("title", "minutes", "about")
_DONE, _IF, _SKIPPED = "Done", "Done if ", "Skipped"


@dataclass(frozen=True)
class Outcome:
    """What to say once a step is done, where `condition` holds; without one, in every other case."""

    condition: Condition | None
    text: str


@dataclass(frozen=True)
class Choice:
    """A possible answer to a question, and what to say to whoever gives it."""

    text: str
    is_right: bool
    why: str


@dataclass(frozen=True)
class Step:
    """One step of a lesson.

    Attributes:
        title: in a few words.
        text: what to do, or to read.
        page: where, one of `PAGES`; "" if it does not matter.
        view: what the link to this page names, such as {"split": "test"}.
        done: when it is done; None if there is only something to read, or a question.
        outcomes: what to say then; the first whose condition holds.
        skipped: what to say to whoever skips it; "" to go on without a word.
        choices: of a question.
    """

    title: str
    text: str
    page: str = ""
    view: tuple[tuple[str, str], ...] = ()
    done: Condition | None = None
    outcomes: tuple[Outcome, ...] = ()
    skipped: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson: its name in links, what the list says of it, and its steps."""

    name: str
    title: str
    minutes: int
    about: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def parse(text: str, name: str, *, file: str = "", links: bool = True) -> Lesson:
    """Read a lesson.

    Args:
        text: of the file.
        name: of the lesson, for links.
        file: its name for messages.
        links: whether it may link to other pages; not if it comes from a stranger.

    Raises:
        UnreadableLesson: there is a mistake; the message says in which line, and what was expected.
    """
    return _Reader(text, name, file or f"{name}.md", links=links).lesson()


class _Reader:
    def __init__(self, text: str, name: str, file: str, *, links: bool) -> None:
        self._name, self._file, self._links = name, file, links
        if len(text) > MOST_SIGNS:
            raise self._wrong(
                1,
                _("the lesson has {count:,} characters, and {most:,} at most are read").format(
                    count=len(text), most=MOST_SIGNS
                ),
            )
        self._lines = [_Line(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)]

    def lesson(self) -> Lesson:
        head, body = self._head()
        steps = tuple(
            self._step(title, lines) for title, lines in self._cut(body, "## ", _("a step, such as “## Draw a 3”"))
        )
        if not 1 <= len(steps) <= MOST_STEPS:
            raise self._wrong(
                len(self._lines) or 1,
                _("a lesson has 1 to {most} steps (“## …”), and this one has {count}").format(
                    most=MOST_STEPS, count=len(steps)
                ),
            )
        minutes = head["minutes"]
        if not minutes.text.isdecimal() or not 1 <= int(minutes.text[:4]) <= 999:
            raise self._wrong(minutes.number, _("expected a number after “minutes:”"))
        texts = {key: self._plain(line).text for key, line in head.items()}
        return Lesson(self._name, texts["title"], int(minutes.text), texts["about"], steps)

    def _head(self) -> tuple[dict[str, _Line], list[_Line]]:
        """The fields at the top, and the lines below them."""
        lines = self._lines
        ends = [at for at, line in enumerate(lines) if line.text == "---"]
        if len(ends) < 2 or ends[0] != 0:
            raise self._wrong(1, _("expected “---”, then title:, minutes: and about:, then “---”"))
        found = self._fields(lines[1 : ends[1]], _HEAD)
        for key in _HEAD:
            if key not in found:
                raise self._wrong(ends[1] + 1, _("expected “{key}: …” above this line").format(key=key))
        return found, lines[ends[1] + 1 :]

    def _fields(self, lines: list[_Line], known: tuple[str, ...]) -> dict[str, _Line]:
        found = {}
        for line in lines:
            key, colon, value = line.text.partition(":")
            if not colon or key.strip() not in known or key.strip() in found or not value.strip():
                raise self._wrong(
                    line.number,
                    _("expected one of {known}, each once and followed by a value; found “{found}”").format(
                        known=", ".join(f"“{one}:”" for one in known), found=line.text[:60]
                    ),
                )
            found[key.strip()] = _Line(line.number, value.strip())
        return found

    def _cut(self, lines: list[_Line], mark: str, expected: str) -> Iterator[tuple[_Line, list[_Line]]]:
        """Cut lines at headings: each heading without its mark, with the lines below it."""
        at = [number for number, line in enumerate(lines) if line.text.startswith(mark)]
        before = [line for line in lines[: at[0] if at else None] if line.text]
        if before:
            raise self._wrong(before[0].number, _("expected {expected}").format(expected=expected))
        for start, end in pairwise([*at, len(lines)]):
            yield _Line(lines[start].number, lines[start].text.removeprefix(mark).strip()), lines[start + 1 : end]

    def _step(self, title: _Line, lines: list[_Line]) -> Step:
        first = next((at for at, line in enumerate(lines) if line.text.startswith("### ")), len(lines))
        top, below = lines[:first], lines[first:]
        count = next((at for at, line in enumerate(top) if not re.match(r"[a-z]+:", line.text)), len(top))
        fields = self._fields(top[:count], ("page", "done"))
        page, view = self._page(fields.get("page"))
        done = self._condition(fields["done"]) if "done" in fields else None
        text, choices = self._question(top[count:])
        outcomes, skipped = [], ""
        for heading, part in self._cut(below, "### ", "“### Done”"):
            if heading.text == _SKIPPED and done is not None:
                skipped = self._text(part, ())
                continue
            is_done = heading.text == _DONE or heading.text.startswith(_IF)
            if not is_done or done is None:
                raise self._wrong(
                    heading.number,
                    _("expected “### Done”, “### Done if CONDITION” or “### Skipped”, below a step that has “done:”"),
                )
            condition = None
            if heading.text != _DONE:
                condition = self._condition(_Line(heading.number, heading.text.removeprefix(_IF)))
                if condition.kind != done.kind:
                    raise self._wrong(
                        heading.number,
                        _("expected a condition about the same as “done:”, which is about: {kind}").format(
                            kind=done.kind
                        ),
                    )
            outcomes.append(Outcome(condition, self._text(part, facts.PLACEHOLDERS[done.kind])))
        if done is not None and (not outcomes or outcomes[-1].condition is not None):
            raise self._wrong(title.number, _("expected “### Done” as the last or only “Done” of this step"))
        if any(outcome.condition is None for outcome in outcomes[:-1]):
            raise self._wrong(title.number, _("expected “### Done” after every “### Done if …”"))
        if not text:
            raise self._wrong(title.number, _("expected text below this heading"))
        if choices and done is not None:
            raise self._wrong(title.number, _("a question has no “done:”"))
        return Step(self._plain(title).text, text, page, view, done, tuple(outcomes), skipped, choices)

    def _page(self, line: _Line | None) -> tuple[str, tuple[tuple[str, str], ...]]:
        if line is None:
            return "", ()
        name, sign, query = line.text.partition("?")
        if name not in PAGES:
            raise self._wrong(
                line.number,
                _("“{found}” is no page. There are: {known}").format(found=name[:60], known=", ".join(PAGES)),
            )
        try:
            return name, tuple(parse_qsl(query, strict_parsing=True)) if sign else ()
        except ValueError:
            raise self._wrong(
                line.number, _("expected what an address has after “?”, such as split=test&left=dnn")
            ) from None

    def _condition(self, line: _Line) -> Condition:
        try:
            return checks.parse(line.text)
        except UnreadableLesson as error:
            raise self._wrong(line.number, str(error)) from None

    def _question(self, lines: list[_Line]) -> tuple[str, tuple[Choice, ...]]:
        """The text of a step, and the answers to choose from if it is a question."""
        starts = [at for at, line in enumerate(lines) if re.match(r"- \[[ x]\] ", line.text)]
        if not starts:
            return self._text(lines, ()), ()
        choices = []
        for start, end in pairwise([*starts, len(lines)]):
            line = lines[start]
            why = self._text([_Line(part.number, part.text.strip()) for part in lines[start + 1 : end]], ())
            if not why:
                raise self._wrong(line.number, _("expected below this answer why it is right, or what it misses"))
            choices.append(Choice(self._plain(_Line(line.number, line.text[6:])).text, line.text[3] == "x", why))
        if len(choices) < 2 or sum(choice.is_right for choice in choices) != 1:
            raise self._wrong(
                lines[starts[0]].number, _("expected at least two answers, “- [ ] …”, and “- [x] …” for the right one")
            )
        return self._text(lines[: starts[0]], ()), tuple(choices)

    def _text(self, lines: list[_Line], known: object) -> str:
        """Markdown, whose placeholders are all of `known` or among the stored figures."""
        for line in lines:
            self._plain(line, known)
        return "\n".join(line.text for line in lines).strip()

    def _plain(self, line: _Line, known: object = ()) -> _Line:
        names = set(known) if isinstance(known, dict) else set()
        for name in _PLACE.findall(line.text):
            if name not in names | facts.STORED:
                raise self._wrong(
                    line.number,
                    _("“{found}” is no placeholder here. There are: {known}").format(
                        found="{" + name + "}", known=", ".join(sorted(names) + sorted(facts.STORED))
                    ),
                )
        if re.search("[{}]", _PLACE.sub("", line.text)):
            raise self._wrong(
                line.number,
                _("expected a placeholder such as {example} between braces").format(example="{dnn_accuracy}"),
            )
        if _HTML.search(line.text) or "![" in line.text:
            raise self._wrong(line.number, _("expected Markdown without HTML and pictures"))
        shown = _ESCAPED.sub(r"\1", unescape(line.text))
        if not self._links and (_LINK.search(line.text) or _LINK.search(shown)):
            raise self._wrong(line.number, _("a lesson in a link has no links of its own; expected text"))
        return line

    def _wrong(self, number: int, what: str) -> UnreadableLesson:
        return UnreadableLesson(
            _("{file}, line {number}: {what}.").format(file=self._file, number=number, what=what.rstrip("."))
        )


def filled(text: str, value: Callable[[str], str]) -> str:
    """A text with its placeholders replaced.

    Args:
        text: of a lesson.
        value: of a placeholder by its name.
    """
    return _PLACE.sub(lambda found: value(found[1]), text)
