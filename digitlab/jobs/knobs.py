"""What can be changed while a network learns, as data: pages ask for it, and the training notes what it changed, and
where."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from digitlab.errors import InvalidValue
from digitlab.language import N_
from digitlab.networks import HYPERPARAMETERS, Hyperparameter

MOST_CHANGES = 200  # of one training
MOMENTUM = {"adam": 0.9, "adamw": 0.9, "sgd": 0.0}  # what each optimizer begins with; others have none to change
SLOW_S = (1.0, 2.0, 4.0)  # seconds for each batch in slow motion; pages look as often
RANGES = {
    "learning_rate": HYPERPARAMETERS["learning_rate"],
    "momentum": Hyperparameter("Momentum", "", 0.0, 0.99, name="momentum", kind=float),
    "noise": Hyperparameter("Noise", "", 0.0, 0.5, name="noise", kind=float),
    "rotation": Hyperparameter("Rotation", "", 0.0, 45.0, name="rotation", kind=float),
}
Knob = Literal["learning_rate", "momentum", "noise", "rotation", "epochs"]
Pace = Literal["full", "slow", "step"]
_Count = Annotated[int, Meta(ge=0, le=10**6)]


class Knobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a running training is to go on; the defaults change nothing. Values out of range raise `InvalidValue`.

    Attributes:
        learning_rate: takes the place of the recipe's: the value itself or, with a schedule, the peak which the
            schedule goes on to scale; None for the recipe's.
        momentum: of SGD, or beta 1 of Adam and AdamW, the memory of their mean gradient; None for the usual one.
        noise: standard deviation of Gaussian noise on every pixel, which is from 0 to 1.
        rotation: every digit is turned by up to so many degrees, evenly and in both directions.
        more: epochs to add at the end. The cosine schedule is stretched to the new end; a distortion that falls with
            the steps stays as it is at the old one. Early stopping may still end the training before.
        pace: "full" speed, "slow" (a batch every `rest_s` seconds) or "step" (a batch for each of `steps`).
        rest_s: seconds.
        steps: how many batches were asked for one by one.
    """

    learning_rate: float | None = None
    momentum: float | None = None
    noise: float = 0.0
    rotation: float = 0.0
    more: _Count = 0
    pace: Pace = "full"
    rest_s: Annotated[float, Meta(ge=SLOW_S[0], le=SLOW_S[-1])] = SLOW_S[0]
    steps: _Count = 0

    def __post_init__(self) -> None:
        for name, range_ in RANGES.items():
            if (value := getattr(self, name)) is not None:
                range_.check(value)

    def with_changes(self, **changes: Any) -> Knobs:
        """A copy with some values changed.

        Raises:
            InvalidValue: there is no such value, or it is out of range.
        """
        return from_data({**self.as_data(), **changes})

    def as_data(self) -> dict[str, Any]:
        """The values as `from_data` takes them, ready for JSON."""
        return msgspec.to_builtins(self)


class Change(msgspec.Struct, frozen=True):
    """Something that was changed while a network learned.

    Attributes:
        knob: what; "epochs" is how many there will be.
        value: from here on.
        batch: how many batches were done before, over all epochs; with it, the same training can be run again.
        at: how many epochs, with the share of the one that was going on.
        elapsed_s: seconds since training began, without pauses.
    """

    knob: Knob
    value: Annotated[float, Meta(ge=0, le=1e4)]
    batch: Annotated[int, Meta(ge=0, le=10**12)]
    at: Annotated[float, Meta(ge=0, le=1e6)]
    elapsed_s: Annotated[float, Meta(ge=0, le=1e9)]


def from_data(data: Any) -> Knobs:
    """The knobs that were made into this JSON.

    Raises:
        InvalidValue: it is none, or a value is out of range.
    """
    try:
        return msgspec.convert(data, Knobs)
    except msgspec.ValidationError as error:
        raise InvalidValue(N_("These are no knobs of a training: {error}."), error=error) from error


def changes_of(run: dict[str, Any]) -> tuple[Change, ...]:
    """What was changed in the training of a `run.json`; its form has been checked."""
    return tuple(msgspec.convert(run.get("changes", []), list[Change]))
