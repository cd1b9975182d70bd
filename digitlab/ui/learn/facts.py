"""What a page shows, as facts that a lesson's conditions look at, and the placeholders that a lesson's text may have.

Pages make a fact by the function of its kind (`drawing`, `cell`, …); `PLACEHOLDERS` has the names that texts about this
kind of fact may use, and `STORED` those that every text may use: figures of the models in service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitlab import collection
from digitlab.analysis import calibration as of_calibration
from digitlab.analysis import evaluation
from digitlab.analysis.comparison import Comparison
from digitlab.analysis.held_out import HeldOut
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.explain.curves import Curve
from digitlab.ink import Box, Ink
from digitlab.jobs import Status
from digitlab.models import store
from digitlab.pixels import to_bytes
from digitlab.serving import Classifier, Reading
from digitlab.wording import lessons as words
from digitlab.wording.answers import per_cent

# What one of these says of the facts now and when the step began; the latter may be missing.
Placeholder = Callable[[Any, Any], str]


@dataclass(frozen=True)
class Answer:
    """What a model says of one picture, with its second choice; `is_digit` is False where it doubts."""

    model: str
    digit: int
    confidence: float
    second: int
    second_confidence: float
    is_digit: bool = True


@dataclass(frozen=True)
class Drawing:
    """A drawing that was read.

    Attributes:
        answers: of one model or two, from the left, as if it were one digit.
        numbers: what each of them reads, such as "42".
        count: how many separate digits it is read as.
        box: where the ink is: left, top, width and height in px of the drawing.
        strokes: how many there are; 0 for a picture.
        pixels: (784,) bytes, what the models see.
        steps: whether the steps from the drawing to the pixels are open.
        kept: what the reader said it was, None as long as it is not kept.
    """

    answers: tuple[Answer, ...]
    numbers: tuple[str, ...]
    count: int
    box: Box
    strokes: int
    pixels: bytes
    steps: bool = False
    kept: int | None = None

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its ink, in px of the drawing."""
        left, top, width, height = self.box
        return left + width / 2, top + height / 2


@dataclass(frozen=True)
class Reason:
    """What is open of *Why?*.

    Attributes:
        part: one of the page's tabs.
        answers: to the drawing, of one model or two, from the left.
        shifts: for each of them, how many px to the right the picture can move before the answer changes, None if it
            can move as far as it is tried; empty unless the part is "Distort it".
    """

    part: str
    answers: tuple[Answer, ...]
    shifts: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Training:
    """A training that has ended, or goes on.

    Attributes:
        id: of the job.
        state: as of `jobs.Status`.
        network: its name.
        started_at: seconds since 1970.
        learning_rate: of the recipe.
        digits: how many it was trained on.
        history: the epochs done, as in `run.json`; none if it failed in the first.
        is_taught: whether it learned the room's handwriting.
    """

    id: str
    state: str
    network: str
    started_at: float
    learning_rate: float
    digits: int
    history: tuple[Mapping[str, float], ...]
    is_taught: bool = False


@dataclass(frozen=True)
class Cell:
    """An opened cell of a confusion matrix: `count` of the `total` digits labelled `true` were read as `given`."""

    model: str
    true: int
    given: int
    count: int
    total: int


@dataclass(frozen=True)
class Digit:
    """A held-out digit that is open."""

    number: str
    label: int
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Split:
    """Held-out digits on a page: how many there are, and how many of them each model and all of them read wrong."""

    split: str
    digits: int
    models: tuple[str, ...]
    wrong: tuple[int, ...]
    all_wrong: int
    contested: int
    group: str = ""


@dataclass(frozen=True)
class Calibration:
    """How far confidence can be trusted, for each model: its calibration error in [0, 1], and what happens if it only
    answers when it is at least so sure (`least`, in %)."""

    models: tuple[str, ...]
    errors: tuple[float, ...]
    least: float
    answered: tuple[float, ...]
    accuracy: tuple[float, ...]
    wrong: tuple[int, ...]
    wrong_before: tuple[int, ...]


@dataclass(frozen=True)
class Collected:
    """How many drawings are in the collection, and how many of them have a label."""

    drawings: int
    labelled: int


@dataclass(frozen=True)
class Compared:
    """A challenger beside the model in service: accuracies before and after, on MNIST and, if it was taught the room's
    handwriting, on the room's drawings."""

    network: str
    before: float
    after: float
    gained: int
    lost: int
    room_before: float | None = None
    room_after: float | None = None


@dataclass(frozen=True)
class Section:
    """A part of the Dataset page; for one digit, its label, and how many of its pixels are not black."""

    name: str
    label: int | None = None
    inked: int = 0


# ---- from what pages have


def answer(model: str, probabilities: np.ndarray, *, is_digit: bool = True) -> Answer:
    """Of (10,) probabilities."""
    second, first = (int(at) for at in np.argsort(probabilities, kind="stable")[-2:])
    return Answer(model, first, float(probabilities[first]), second, float(probabilities[second]), is_digit)


def drawing(reading: Reading, seen: Ink, names: Sequence[str], strokes: int, **shown: Any) -> Drawing:
    """What models answer to a drawing.

    Args:
        reading: their answers.
        seen: what `ink` made of it.
        names: of the models on the cards, from the left.
        strokes: how many there are.
        shown: `steps` and `kept` as in `Drawing`.
    """
    there = [name for name in dict.fromkeys(names) if name in reading.whole]
    answers = tuple(
        answer(name, reading.whole[name].probabilities, is_digit=reading.whole[name].is_digit) for name in there
    )
    numbers = tuple("".join(str(digit.verdicts[name].digit) for digit in reading.digits) for name in there)
    pixels = to_bytes(seen.pixels).tobytes()
    return Drawing(answers, numbers, len(reading.digits), seen.box, strokes, pixels, **shown)


def reason(
    part: str,
    pixels: np.ndarray,
    models: Sequence[Classifier],
    flips: Callable[[Classifier, np.ndarray], Mapping[str, Curve]],
) -> Reason:
    """What is open of *Why?* about (28, 28) float32 pixels in [0, 1]; `flips` measures the curves of "Distort it"."""
    answers = tuple(answer(model.name, model.answer_one(pixels).probabilities[0]) for model in models)
    shifts = tuple(_holds(flips(model, pixels)["shift"]) for model in models) if part == "Distort it" else ()
    return Reason(part, answers, shifts)


def _holds(curve: Curve) -> float | None:
    return next((flip.value for flip in curve.nearest_flips() if flip.value > 0), None)


def training(status: Status | None) -> Training | None:
    """The last job, if it is a training."""
    if status is None or status.study is not None:
        return None
    recipe = status.recipe
    return Training(
        status.id, status.state, status.network, status.started_at, float(recipe.get("learning_rate", 0)), status.train,
        tuple(status.history), bool(recipe.get("room")),
    )  # fmt: skip


def cell(model: str, counts: np.ndarray, true: int, given: int) -> Cell:
    """A cell of a (10, 10) confusion matrix."""
    return Cell(model, true, given, int(counts[true, given]), int(counts[true].sum()))


def digit(held_out: HeldOut, names: Sequence[str], number: str | None) -> Digit | None:
    """The held-out digit that a page has opened, by its number in the address; None if there is none."""
    split, _, text = (number or "").rpartition("-")
    index = int(text) if text.isdecimal() and len(text) <= mnist.LONGEST_INDEX else -1
    (places,) = (held_out.indices == index).nonzero()
    if not len(places) or split not in (held_out.split, ""):
        return None
    at = int(places[0])
    answers = tuple(answer(name, held_out.probabilities[name][at]) for name in names)
    return Digit(f"{held_out.split}-{index}", int(held_out.labels[at]), answers)


def split(held_out: HeldOut, names: Sequence[str], group: str = "") -> Split:
    """Held-out digits, with the group of them that the page shows."""
    wrong = np.array([held_out.answers(name) != held_out.labels for name in names])
    return Split(
        held_out.split, len(held_out.labels), tuple(names), tuple(int(one.sum()) for one in wrong),
        int(wrong.all(axis=0).sum()), int(held_out.contested().sum()), group,
    )  # fmt: skip


def calibration(held_out: HeldOut, names: Sequence[str], least: float) -> Calibration:
    """How sure models are, and what it helps to let them answer only if they are at least so sure (in %)."""
    given = [(held_out.probabilities[name], held_out.labels) for name in names]
    curves = [of_calibration.selective(*one) for one in given]
    choices = [curve.at(least / 100) for curve in curves]
    return Calibration(
        tuple(names), tuple(float(evaluation.calibration_error(*one)) for one in given), least,
        tuple(choice.share for choice in choices), tuple(choice.accuracy for choice in choices),
        tuple(choice.wrong for choice in choices), tuple(int(curve.wrong[-1]) for curve in curves),
    )  # fmt: skip


def collected() -> Collected:
    """All drawings, and those with a label."""
    return Collected(*collection.count())


def compared(network: str, mnist: Comparison | None, room: Comparison | None) -> Compared | None:
    """A challenger and the model in service; None if there are not both."""
    if mnist is None:
        return None
    return Compared(
        network, mnist.before_summary.accuracy, mnist.after_summary.accuracy, len(mnist.gained), len(mnist.lost),
        None if room is None else room.before_summary.accuracy, None if room is None else room.after_summary.accuracy,
    )  # fmt: skip


def section(name: str, image: np.ndarray | None = None, label: int | None = None) -> Section:
    """A part of the Dataset page, with the (28, 28) digit that it shows."""
    return Section(name, None if label is None else int(label), 0 if image is None else int((image > 0).sum()))


# ---- what texts may say of them


def _of_answers(number: Callable[[Any], Sequence[Answer]]) -> dict[str, Placeholder]:
    """What to say of the left and of the right model's answer; where there is only one, it is both."""

    def of(at: int, say: Callable[[Answer], str]) -> Placeholder:
        return lambda now, _: say(number(now)[at])

    said: dict[str, Callable[[Answer], str]] = {
        "model": lambda one: one.model.upper(),
        "answer": lambda one: str(one.digit),
        "confidence": lambda one: per_cent(one.confidence),
        "second": lambda one: str(one.second),
        "second_confidence": lambda one: per_cent(one.second_confidence),
    }
    return {f"{side}_{name}": of(at, say) for side, at in (("left", 0), ("right", -1)) for name, say in said.items()}


def _each(fields: Mapping[str, tuple[str, Callable[[Any], str]]]) -> dict[str, Placeholder]:
    """The left and the right model's values of fields that have one for each."""

    def of(at: int, field: str, say: Callable[[Any], str]) -> Placeholder:
        return lambda now, _: say(getattr(now, field)[at]) if getattr(now, field) else words.unknown()

    return {
        f"{side}_{name}": of(at, field, say)
        for side, at in (("left", 0), ("right", -1))
        for name, (field, say) in fields.items()
    }


def _simple(**said: Callable[[Any], str]) -> dict[str, Placeholder]:
    def of(say: Callable[[Any], str]) -> Placeholder:
        return lambda now, _: say(now)

    return {name: of(say) for name, say in said.items()}


def _moved(now: Drawing, then: Drawing | None) -> str:
    return words.unknown() if then is None else words.number(distance(now, then))


def _changed(now: Drawing, then: Drawing | None) -> str:
    if then is None:
        return words.unknown()
    pairs = zip(now.pixels, then.pixels, strict=True)
    return words.number(sum(abs(one - other) > 64 for one, other in pairs))  # by more than a quarter of full ink


def distance(now: Drawing, then: Drawing) -> float:
    """How far the middle of the ink has moved, in px of the drawing."""
    return float(np.hypot(now.middle[0] - then.middle[0], now.middle[1] - then.middle[1]))


def _accuracy(of: Training, at: int, quantity: str) -> str:
    return words.share(of.history[at][quantity]) if of.history else words.unknown()


def _loss(of: Training, at: int) -> str:
    return words.loss(of.history[at]["val_loss"]) if of.history else words.unknown()


def _gap(of: Training) -> str:
    if not of.history:
        return words.unknown()
    return words.points(of.history[-1]["accuracy"] - of.history[-1]["val_accuracy"])


def _or_unknown(share: float | None) -> str:
    return words.unknown() if share is None else words.share(share)


PLACEHOLDERS: dict[str, dict[str, Placeholder]] = {
    "drawing": {
        **_of_answers(lambda now: now.answers),
        **_each({"number": ("numbers", str)}),
        **_simple(
            count=lambda now: words.number(now.count),
            strokes=lambda now: words.number(now.strokes),
            width=lambda now: words.number(now.box[2]),
            height=lambda now: words.number(now.box[3]),
            inked=lambda now: words.number(sum(value > 0 for value in now.pixels)),
            kept=lambda now: words.unknown() if now.kept is None else words.label(now.kept),
            doubters=lambda now: words.names([one.model.upper() for one in now.answers if not one.is_digit]),
        ),
        "moved": _moved,
        "changed": _changed,
    },
    "reason": {**_of_answers(lambda now: now.answers), **_each({"shift": ("shifts", words.holds)})},
    "training": _simple(
        network=lambda now: now.network,
        learning_rate=lambda now: words.plain(now.learning_rate),
        training_digits=lambda now: words.number(now.digits),
        epochs=lambda now: words.number(len(now.history)),
        first_accuracy=lambda now: _accuracy(now, 0, "val_accuracy"),
        accuracy=lambda now: _accuracy(now, -1, "val_accuracy"),
        training_accuracy=lambda now: _accuracy(now, -1, "accuracy"),
        first_loss=lambda now: _loss(now, 0),
        loss=lambda now: _loss(now, -1),
        gap=_gap,
    ),
    "cell": _simple(
        model=lambda now: now.model,
        true=lambda now: str(now.true),
        given=lambda now: str(now.given),
        count=lambda now: words.number(now.count),
        total=lambda now: words.number(now.total),
        share=lambda now: words.share(now.count / max(now.total, 1)),
    ),
    "digit": {
        **_of_answers(lambda now: now.answers),
        **_simple(label=lambda now: str(now.label), number=lambda now: now.number),
    },
    "split": {
        **_each({"model": ("models", str), "wrong": ("wrong", words.number)}),
        "left_accuracy": lambda now, _: words.share(1 - now.wrong[0] / now.digits),
        "right_accuracy": lambda now, _: words.share(1 - now.wrong[-1] / now.digits),
        **_simple(
            digits=lambda now: words.number(now.digits),
            all_wrong=lambda now: words.number(now.all_wrong),
            contested=lambda now: words.number(now.contested),
        ),
    },
    "calibration": {
        **_each({
            "model": ("models", str), "error": ("errors", words.points), "answered": ("answered", words.share),
            "accuracy": ("accuracy", words.share), "wrong": ("wrong", words.number),
            "wrong_before": ("wrong_before", words.number),
        }),
        **_simple(least=lambda now: words.plain(now.least)),
    },
    "collected": _simple(
        drawings=lambda now: words.number(now.drawings), labelled=lambda now: words.number(now.labelled)
    ),
    "compared": _simple(
        network=lambda now: now.network,
        before=lambda now: words.share(now.before),
        after=lambda now: words.share(now.after),
        gained=lambda now: words.number(now.gained),
        lost=lambda now: words.number(now.lost),
        room_before=lambda now: _or_unknown(now.room_before),
        room_after=lambda now: _or_unknown(now.room_after),
    ),
    "section": _simple(
        label=lambda now: words.unknown() if now.label is None else str(now.label),
        inked=lambda now: words.number(now.inked),
        black=lambda now: words.number(784 - now.inked),
    ),
    "page": {},
}  # fmt: skip

# Models whose stored figures every text may name, by what they are called there.
_MODELS = {"dnn": "dnn", "cnn": "cnn", "small": "dnn-100"}
_FIGURES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "parameters": lambda run: words.number(run["parameters"]),
    "accuracy": lambda run: words.share(run["metrics"]["validation"]["accuracy"]),
    "training": lambda run: words.share(run["metrics"]["training"]["accuracy"]),
    "test": lambda run: words.share(run["metrics"]["test"]["accuracy"]),
    "wrong": lambda run: words.number(_wrong(run["metrics"]["validation"])),
    "digits": lambda run: words.number(run["metrics"]["validation"]["count"]),
    "error": lambda run: words.points(run["metrics"]["validation"]["calibration_error"]),
    "epochs": lambda run: words.number(len(run["history"])),
    "first_accuracy": lambda run: words.share(run["history"][0]["val_accuracy"]),
    "first_loss": lambda run: words.loss(run["history"][0]["val_loss"]),
    "loss": lambda run: words.loss(run["metrics"]["validation"]["loss"]),
}
STORED = frozenset(f"{model}_{figure}" for model in _MODELS for figure in _FIGURES)


def _wrong(metrics: Mapping[str, Any]) -> int:
    return round(metrics["count"] * (1 - metrics["accuracy"]))


def stored(name: str) -> str:
    """One of `STORED`, as far as this machine's models have it."""
    called, _, figure = name.partition("_")
    with suppress(DigitlabError, KeyError, IndexError, TypeError):
        return _FIGURES[figure](store.read(_MODELS[called]).run)
    return words.unknown()
