"""One reader's way through a lesson: which step it is, whether it is done, and what to say of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from digitlab.ui.learn import facts
from digitlab.ui.learn.lesson import Lesson, Step, filled
from digitlab.wording.parts import inert


@dataclass
class Walk:
    """A lesson that is open.

    Attributes:
        lesson: which one.
        at: the number of the step, from 0; as many as there are steps once the lesson is finished.
        since: when the step began, in seconds since 1970.
        noticed: the outcome of the step once it is done, by its number, with the fact and the one before it.
        is_skipped: whether it was skipped.
        chosen: the number of the answer given to a question; None before.
        seen: the facts that pages have shown in this step, by kind.
        before: the facts when it began.
    """

    lesson: Lesson
    at: int = 0
    since: float = field(default_factory=time.time)
    noticed: tuple[int, Any, Any] | None = None
    is_skipped: bool = False
    chosen: int | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Whether all steps are behind the reader."""
        return self.at >= len(self.lesson.steps)

    @property
    def step(self) -> Step:
        """The step that the reader is at."""
        return self.lesson.steps[min(self.at, len(self.lesson.steps) - 1)]

    @property
    def told(self) -> str | None:
        """What to say of the step, as Markdown, once it is done or skipped; None before."""
        if self.is_skipped:
            return filled(self.step.skipped, _stored)
        if self.noticed is None or self.step.done is None:
            return None
        at, fact, then = self.noticed
        known = facts.PLACEHOLDERS[self.step.done.kind]
        return filled(
            self.step.outcomes[min(at, len(self.step.outcomes) - 1)].text,
            lambda name: inert(known[name](fact, then)) if name in known else _stored(name),
        )

    @property
    def may_go_on(self) -> bool:
        """Whether there is nothing left to do in this step."""
        step = self.step
        if step.choices:
            return self.chosen is not None
        return step.done is None or self.told is not None

    def notice(self, kind: str, fact: Any) -> bool:
        """Take note of a fact; return whether what is said of the step changes by it."""
        self.seen[kind] = fact
        condition = self.step.done
        if self.is_finished or self.is_skipped or condition is None or condition.kind != kind:
            return False
        then = self.since if kind == "training" else self.before.get(kind)
        if not condition.holds(fact, then):
            return False
        told = self.told
        outcomes = enumerate(self.step.outcomes)
        at = next(at for at, one in outcomes if one.condition is None or one.condition.holds(fact, then))
        self.noticed = at, fact, then
        return told != self.told

    def skip(self) -> None:
        """Leave out the step: say what its file says to that, or go on."""
        if not self.step.skipped or self.may_go_on:
            self.go_to(self.at + 1)
            return
        self.is_skipped = True

    def text(self) -> str:
        """What to do in this step, as Markdown."""
        return filled(self.step.text, _stored)

    def choose(self, number: int) -> None:
        """Answer the question."""
        self.chosen = number

    def go_to(self, at: int) -> None:
        """Go to a step."""
        self.at = max(0, min(at, len(self.lesson.steps)))
        self.since, self.noticed, self.is_skipped, self.chosen = time.time(), None, False, None
        self.before, here = {**self.before, **self.seen}, self.seen.get("page")
        self.seen = {}
        if here is not None:
            self.notice("page", here)


def _stored(name: str) -> str:
    return inert(facts.stored(name))
