"""The rules of the rounds: what has happened in them, in order, gives the state; nothing here reads a clock.

Every event carries the server's time and is applied once, in the order in which it was recorded. An event that is
repeated, comes too late or belongs to an earlier round changes nothing, so phones may send theirs until they arrive.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from digitlab.audience import names
from digitlab.collection import NOT_A_DIGIT
from digitlab.models.store import FLAGSHIPS

CHOICES = range(NOT_A_DIGIT, 10)  # what a network, a judge or a voter says
GRACE_S = 2.0  # for what was sent in time and is still on its way
DRAW_S, FOOL_S, JUDGE_S, GUESS_S = 20.0, 45.0, 40.0, 20.0
# By kind of round, its phases with how long they take; "result" follows, which takes any time.
PHASES = {
    "draw": (("draw", DRAW_S),),
    "fool": (("draw", FOOL_S), ("judge", JUDGE_S)),
    "guess": (("vote", GUESS_S),),
}
MOST_PHONES = 2000  # in all rounds; later ones only watch
MOST_DRAWINGS = 60  # states of one phone's drawings in a round; later ones do not count
MOST_JUDGED = 20  # drawings that one phone may judge in a round
MOST_BEST = 12  # fooling drawings that are remembered
FROM_PHONES = ("drawn", "voted", "named")  # kinds of events; all others are the presenter's


@dataclass(frozen=True)
class Event:
    """Something that has happened.

    Attributes:
        what: "begun", "next" and "ended" move a round; "drawn", "voted" and "named" come from phones; "hidden",
            "unnamed" and "cleared" are the presenter's.
        at: the server's time in seconds.
        round: the number of the round that it belongs to.
        who: the phone, as `who` gives it; of "hidden" and "unnamed", whose drawing or name.
        about: of a vote in "fool", whose drawing.
        order: which of the phone's messages this is; a lower one than that known is out of date.
        value: the digit to draw; that which an author or a voter says; of "next", the number of the phase that ends.
        kind: of a round that begins, one of `PHASES`.
        network: of a "guess" that begins, which one is asked.
        pixels: of a drawing, 784 bytes in base64.
        said: by network, the digit that it says, or `NOT_A_DIGIT`.
        name: what a phone wants to be called.
        language: in which the phone is answered.
    """

    what: str
    at: float = 0.0
    round: int = 0
    who: str = ""
    about: str = ""
    order: int = 0
    value: int = NOT_A_DIGIT
    kind: str = ""
    network: str = ""
    pixels: str = ""
    said: Mapping[str, int] = field(default_factory=dict)
    name: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Phase:
    """A part of a round.

    Attributes:
        number: counts from 0.
        name: "draw", "judge", "vote" or "result".
        begins, ends: by the server's time; what arrives `GRACE_S` later still counts. A result never ends.
    """

    number: int
    name: str
    begins: float
    ends: float | None


@dataclass(frozen=True)
class Drawing:
    """A drawing of a round "fool", with what its author and the networks say."""

    who: str
    pixels: str
    said: Mapping[str, int]
    label: int
    order: int

    @property
    def fooled(self) -> list[str]:
        """The networks that do not read what its author says."""
        return [name for name, digit in self.said.items() if digit != self.label]


def who(phone: str) -> str:
    """What stands for a phone in rounds: nobody can find the phone's secret from it."""
    return hashlib.sha256(phone.encode()).hexdigest()[:16]


def digits_said(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """By network, the digit that it says, or `NOT_A_DIGIT`; of answers as the wall stores them."""
    return {name: one["digit"] if one["is_digit"] else NOT_A_DIGIT for name, one in answers.items()}


class Round:
    """One round; `begun` is the event with which it began."""

    def __init__(self, begun: Event) -> None:
        self.begun = begun
        self.number, self.kind, self.digit, self.network = begun.round, begun.kind, begun.value, begun.network
        self.drawings: dict[str, Drawing] = {}  # of "fool", by author
        self.right: dict[str, dict[str, float]] = {name: {} for name in FLAGSHIPS}  # of "draw": seconds, by author
        self.drew: Counter[str] = Counter()  # how many states of drawings each author has sent
        self.votes: dict[str, dict[str, tuple[int, int]]] = {}  # by author and judge: order and choice; "" for "guess"
        self.judged: Counter[str] = Counter()  # by judge
        self._ends: list[float] = []
        for _, lasts in PHASES[begun.kind]:
            self._ends.append((self._ends[-1] + GRACE_S if self._ends else begun.at) + lasts)

    def phase(self, now: float) -> Phase:
        """The phase at a time."""
        begins = self.begun.at
        for number, ((name, _), ends) in enumerate(zip(PHASES[self.kind], self._ends, strict=True)):
            if now < ends + GRACE_S:
                return Phase(number, name, begins, ends)
            begins = ends + GRACE_S
        return Phase(len(self._ends), "result", begins, None)

    def takes(self, event: Event) -> bool:
        """Whether an event of this round changes anything."""
        phase = self.phase(event.at)
        match event.what:
            case "next":
                return event.value == phase.number and phase.ends is not None and event.at < phase.ends
            case "drawn" if phase.name != "draw" or self.drew[event.who] >= MOST_DRAWINGS:
                return False
            case "drawn" if self.kind == "draw":
                news = [name for name in FLAGSHIPS if self._is_news(event, name)]
                return event.who not in self.drew or bool(news)
            case "drawn":
                before = self.drawings.get(event.who)
                return event.value in range(10) and (before is None or event.order > before.order)
            case "voted":
                return self._takes_vote(event, phase.name)
        return False

    def _is_news(self, event: Event, name: str) -> bool:
        return event.said.get(name) == self.digit and event.who not in self.right[name]

    def _takes_vote(self, event: Event, phase: str) -> bool:
        before = self.votes.get(event.about, {}).get(event.who)
        if event.value not in CHOICES or (before is not None and event.order <= before[0]):
            return False
        if phase == "judge":
            is_first = before is None
            return (
                event.about in self.drawings
                and event.about != event.who
                and (not is_first or self.judged[event.who] < MOST_JUDGED)
            )
        return phase == "vote" and not event.about

    def apply(self, event: Event) -> None:
        """Change what `takes` has accepted."""
        match event.what:
            case "next":
                early = self._ends[event.value] - event.at
                self._ends[event.value :] = [ends - early for ends in self._ends[event.value :]]
            case "drawn":
                self.drew[event.who] += 1
                if self.kind == "draw":
                    for name in FLAGSHIPS:
                        if self._is_news(event, name):
                            self.right[name][event.who] = event.at - self.begun.at
                else:
                    self.drawings[event.who] = Drawing(event.who, event.pixels, event.said, event.value, event.order)
            case "voted":
                votes = self.votes.setdefault(event.about, {})
                self.judged[event.who] += event.who not in votes
                votes[event.who] = (event.order, event.value)

    def to_judge(self, judge: str) -> Drawing | None:
        """The drawing that a phone judges next: one of those with the fewest judges; None if none is left for it."""
        if self.judged[judge] >= MOST_JUDGED:
            return None
        # Everybody begins at another place of the same ring, so that those who ask at once get different drawings.
        ring = sorted(self.drawings)
        mine = bisect_right(ring, judge)
        left = [
            author
            for author in ring[mine:] + ring[:mine]
            if author != judge and judge not in self.votes.get(author, ())
        ]
        return self.drawings[min(left, key=lambda author: len(self.votes.get(author, ())))] if left else None

    def confirmed(self, author: str) -> bool:
        """Whether most of its judges say of a drawing what its author says."""
        choices = [choice for _, choice in self.votes.get(author, {}).values()]
        return 2 * choices.count(self.drawings[author].label) > len(choices)

    def points(self) -> Counter[str]:
        """What each phone gets for this round."""
        points: Counter[str] = Counter()
        if self.kind == "draw":
            for right in self.right.values():
                points.update(right.keys())
        elif self.kind == "fool":
            for author, drawing in self.drawings.items():
                if self.confirmed(author):
                    points[author] += len(drawing.fooled)
        else:
            answer = self.begun.said[self.network]
            points.update(voter for voter, (_, choice) in self.votes.get("", {}).items() if choice == answer)
        return +points

    def score(self) -> Counter[str]:
        """How many drawings each network has read right, and "of" how many."""
        if self.kind == "draw":
            return Counter({name: len(right) for name, right in self.right.items()} | {"of": len(self.drew)})
        score: Counter[str] = Counter()
        for author, drawing in self.drawings.items():
            if self.confirmed(author):
                score["of"] += 1
                score.update(set(drawing.said) - set(drawing.fooled))
        return score

    def best(self) -> list[Drawing]:
        """The drawings that people could read and a network could not; those that fooled both first."""
        found = [one for author, one in self.drawings.items() if one.fooled and self.confirmed(author)]
        return sorted(found, key=lambda one: (-len(one.fooled), -len(self.votes[one.who])))


class State:
    """Everything that the rounds of a lecture have come to.

    Attributes:
        version: grows with every change.
        round: the latest one, None if it was ended.
        number: of the latest round; 0 before the first.
        guesses: how many rounds "guess" there were.
        names: by phone, what everybody is called who has taken part.
    """

    def __init__(self) -> None:
        self.version = self.number = self.guesses = 0
        self.round: Round | None = None
        self.names: dict[str, str] = {}
        self._languages: dict[str, str] = {}  # of the phones in `names`
        self._chosen: set[str] = set()  # phones whose names are not generated ones
        self._looks: dict[str, str] = {}  # phones by how their names look
        self._points: Counter[str] = Counter()  # of rounds before the latest one
        self._score: Counter[str] = Counter()
        self._best: list[Drawing] = []
        self._hidden: set[str] = set()
        self._standings: tuple[tuple[int, bool], dict[str, tuple[int, int]]] = ((-1, False), {})

    def takes(self, event: Event) -> bool:
        """Whether an event changes anything."""
        current = self.round if event.round == self.number else None
        has_room = not event.who or event.who in self.names or len(self.names) < MOST_PHONES
        match event.what:
            case "begun":
                takes = event.kind in PHASES and event.round > self.number
            case "ended":
                takes = current is not None
            case "next" | "drawn" | "voted":
                takes = current is not None and has_room and current.takes(event)
            case "named":
                is_new = self.names.get(event.who) != event.name
                takes = is_new and has_room and self.is_free(event.name, event.who)
            case "unnamed":
                takes = event.who in self._chosen
            case "hidden":
                takes = event.who not in self._hidden and len(self._hidden) < MOST_PHONES
            case _:
                takes = event.what == "cleared"
        return takes

    def apply(self, event: Event) -> bool:
        """Take an event into account; return whether it has changed anything."""
        if not self.takes(event):
            return False
        version = self.version + 1
        match event.what:
            case "cleared":
                # What phones still send belongs to no later round.
                vars(self).update(vars(State()), number=max(self.number, event.round))
            case "begun":
                self._settle()
                self.round, self.number = Round(event), event.round
                self.guesses += event.kind == "guess"
            case "ended":
                self._settle()
            case "named":
                self._call(event.who, event.name)
                self._languages[event.who] = event.language
                self._chosen.add(event.who)
            case "unnamed":
                self._chosen.discard(event.who)
                self._call(event.who, self._generated(event.who, self._languages[event.who]))
            case "hidden":
                self._hidden.add(event.who)
            case _:
                assert self.round is not None
                self.round.apply(event)
                if event.who and event.who not in self.names:
                    self._call(event.who, self._generated(event.who, event.language))
                    self._languages[event.who] = event.language
        self.version = version
        return True

    def _settle(self) -> None:
        """Count the latest round, and forget the rest of it."""
        if self.round is not None:
            self._points += self.round.points()
            self._score += self.round.score()
            self._best = sorted([*self._best, *self.round.best()], key=lambda one: -len(one.fooled))[:MOST_BEST]
            self.round = None

    def name(self, who: str, language: str = "en") -> str:
        """What a phone is called: as it wants, or by a generated name that nobody else has; until it has taken part, in
        the language in which it is answered."""
        return self.names.get(who) or self._generated(who, language)

    def is_free(self, name: str, who: str) -> bool:
        """Whether nobody else's name looks like this one."""
        return self._looks.get(names.look(name)) in (None, who)

    def _generated(self, who: str, language: str) -> str:
        return next(name for name in names.generated(who, language) if self.is_free(name, who))

    def _call(self, who: str, name: str) -> None:
        if who in self.names:
            del self._looks[names.look(self.names[who])]
        self.names[who], self._looks[names.look(name)] = name, who

    def points(self, now: float) -> Counter[str]:
        """By phone, its points; those of the latest round only once its result is known."""
        return self._points + (self.round.points() if self._is_known(now) and self.round else Counter())

    def score(self, now: float) -> Counter[str]:
        """By network, how many drawings it has read right in all rounds, and "of" how many."""
        return self._score + (self.round.score() if self._is_known(now) and self.round else Counter())

    def best(self, now: float) -> list[Drawing]:
        """The best fooling drawings of all rounds that the presenter has not hidden."""
        latest = self.round.best() if self._is_known(now) and self.round else []
        found = sorted([*self._best, *latest], key=lambda one: -len(one.fooled))
        return [one for one in found if one.who not in self._hidden][:MOST_BEST]

    def leaders(self, now: float) -> Iterator[tuple[int, str, int]]:
        """Place, phone and points of everybody who has points, the first place first; equals share theirs."""
        place = 0
        before = None
        for at, (phone, points) in enumerate(sorted(self.points(now).items(), key=lambda one: (-one[1], one[0])), 1):
            place = place if points == before else at
            before = points
            yield place, phone, points

    def standing(self, phone: str, now: float) -> tuple[int, int | None]:
        """Points and place of a phone; no place without points."""
        key = (self.version, self._is_known(now))
        if self._standings[0] != key:  # not sorted anew for each of hundreds of phones
            self._standings = (key, {one: (points, place) for place, one, points in self.leaders(now)})
        return self._standings[1].get(phone, (0, None))

    def _is_known(self, now: float) -> bool:
        return self.round is not None and self.round.phase(now).name == "result"
