"""One reader's way through a lesson: which step it is, whether it is done, and what to say of it."""

from __future__ import annotations

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
        told: what to say of the step, as Markdown, once it is done or skipped; None before.
        is_skipped: whether it was skipped.
        chosen: the number of the answer given to a question; None before.
        seen: the facts that pages have shown in this step, by kind.
        before: the facts when it began.
    """

    lesson: Lesson
    at: int = 0
    since: float = field(default_factory=facts.now)
    told: str | None = None
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
        outcomes = self.step.outcomes
        text = next(one.text for one in outcomes if one.condition is None or one.condition.holds(fact, then))
        told, self.told = self.told, filled(text, lambda name: _value(name, kind, fact, then))
        return told != self.told

    def skip(self) -> None:
        """Leave out the step: say what its file says to that, or go on."""
        if not self.step.skipped or self.may_go_on:
            self.go_to(self.at + 1)
            return
        self.is_skipped = True
        self.told = filled(self.step.skipped, lambda name: inert(facts.stored(name)))

    def text(self) -> str:
        """What to do in this step, as Markdown."""
        return filled(self.step.text, lambda name: inert(facts.stored(name)))

    def choose(self, number: int) -> None:
        """Answer the question."""
        self.chosen = number

    def go_to(self, at: int) -> None:
        """Go to a step."""
        self.at = max(0, min(at, len(self.lesson.steps)))
        self.since, self.told, self.is_skipped, self.chosen = facts.now(), None, False, None
        self.before, here = {**self.before, **self.seen}, self.seen.get("page")
        self.seen = {}
        if here is not None:
            self.notice("page", here)


def _value(name: str, kind: str, fact: Any, then: Any) -> str:
    placeholder = facts.PLACEHOLDERS[kind].get(name)
    return inert(facts.stored(name) if placeholder is None else placeholder(fact, then))
