"""Every hyperparameter of a training, each defined once: its type, its range, and what people read about it.

To add one, add a field to `Recipe`: the form, the command line and its help, sweeps, checks and JSON follow from it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_type_hints

import msgspec

from digitlab.errors import InvalidValue
from digitlab.language import N_, NP_
from digitlab.language import gettext as _

LONG_EPOCHS = 5  # a training with at least this many epochs over all digits is long
MEAN, DEVIATION = 0.1307, 0.3081  # of the pixels of MNIST's 60,000 training digits, in [0, 1]
# Distillation (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015).
TEACHER_TEMPERATURE = 4.0


@dataclass(frozen=True)
class Hyperparameter:
    """What is known of a field of `Recipe`.

    Attributes:
        title: its name on a page, marked for translators, as the next two.
        description: what it is, for the form and the command line.
        least, most: the range of a number.
        choices: the values of a text, marked for translators with its name as context; a text without choices names a
            model, "" none.
        none: what people type for None, where that is allowed.
        zero: the description for a form in which 0 stands for None.
        offered: the values that the form offers; empty for all of the range.
        is_in_form: whether the form has a field for it.
        is_tunable: whether a sweep may choose it: not what says what is trained and for how long.
        name: of the field.
        kind: int, float or str.
    """

    title: str
    description: str
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    none: str | None = None
    zero: str = ""
    offered: tuple[int, ...] = ()
    is_in_form: bool = True
    is_tunable: bool = True
    name: str = ""
    kind: type = str

    @property
    def values(self) -> str:
        """Which values are allowed, in words."""
        bounds = {"least": short(self.least or 0), "most": short(self.most or 0)}
        if self.choices:
            words = _("one of {choices}").format(choices=", ".join(self.choices))
        elif self.least is None:
            words = _("the name of a model")
        elif self.kind is int:
            words = _("a whole number from {least} to {most}").format(**bounds)
        else:
            words = _("a number from {least} to {most}").format(**bounds)
        return _("{values}, or {none}").format(values=words, none=self.none) if self.none else words

    def check(self, value: Any) -> None:
        """Raise `InvalidValue` if this value is not allowed."""
        if value is None and self.none:
            return
        is_kind = isinstance(value, int | float if self.kind is float else self.kind) and not isinstance(value, bool)
        is_in_range = self.least is None or self.most is None or (is_kind and self.least <= value <= self.most)
        if not is_kind or not is_in_range or (self.choices and value not in self.choices):
            raise InvalidValue(
                N_("{name} must be {values}, got {value!r}."), name=self.name, values=self.values, value=value
            )

    def parse(self, text: str) -> Any:
        """The value that somebody typed.

        Raises:
            InvalidValue: it is not allowed.
        """
        if text == self.none:
            return None
        try:
            value = self.kind(text)
        except ValueError:
            value = text
        self.check(value)
        return value


def short(number: float) -> str:
    """A number as people type it: 0.001, 1e-08, 55000."""
    return str(number) if isinstance(number, int) else f"{number:.12g}"


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a network is trained. Values out of range raise `InvalidValue` on construction."""

    # fmt: off
    epochs: Annotated[int, Hyperparameter(
        N_("Epochs"), N_("Passes over the training digits"), 1, 500, is_tunable=False,
    )] = 10
    examples: Annotated[int | None, Hyperparameter(
        N_("Training digits"), N_("If not all, then equally many of each digit"), 10, 60_000, none="all",
        is_tunable=False,
    )] = None
    batch_size: Annotated[int, Hyperparameter(
        N_("Batch size"), N_("Digits per gradient step"), 1, 8192, offered=(16, 32, 64, 128, 256, 512, 1024),
    )] = 128
    learning_rate: Annotated[float, Hyperparameter(N_("Learning rate"), N_("Peak step size"), 1e-8, 10.0)] = 1e-3
    schedule: Annotated[str, Hyperparameter(
        N_("Learning-rate schedule"),
        N_("cosine: warm-up over the first tenth of the steps, then decay to zero along a cosine"),
        choices=(NP_("schedule", "constant"), NP_("schedule", "cosine")),
    )] = "constant"
    scaling: Annotated[str, Hyperparameter(
        N_("Input scaling"),
        N_(
            "unit: pixels divided by 255, so from 0 to 1. standardised: besides, minus the mean of the training pixels "
            "(0.1307) and divided by their standard deviation (0.3081)"
        ),
        choices=(NP_("scaling", "unit"), NP_("scaling", "standardised")),
    )] = "unit"
    optimizer: Annotated[str, Hyperparameter(
        N_("Optimizer"), N_("The rule by which gradients change the weights"),
        choices=("adam", "adamw", "sgd", "rmsprop"),
    )] = "adam"
    dropout: Annotated[float | None, Hyperparameter(
        N_("Dropout"), N_("Share of units to drop, where the network has dropout"), 0.0, 0.95,
        none="default",
    )] = None
    augment: Annotated[str, Hyperparameter(
        N_("Distortion"), N_("Of the training digits; drawn: as people draw"),
        choices=(NP_("augment", "none"), NP_("augment", "gentle"), NP_("augment", "drawn")),
    )] = "none"
    augment_end: Annotated[float, Hyperparameter(
        N_("Distortion at the end"), N_("Its strength in the last step; it falls from 1 in the second half"), 0.0, 1.0,
    )] = 1.0
    written: Annotated[float, Hyperparameter(
        N_("Other forms of digits"),
        N_(
            "Share of digits in forms from other countries, such as a crossed 7; it falls with the distortion, to a "
            "half at most"
        ), 0.0, 0.3,
    )] = 0.0
    non_digits: Annotated[float, Hyperparameter(
        N_("Non-digits"),
        N_(
            "Share of letters and scribbles, which should look like no digit; it falls with the distortion, to a half "
            "at most"
        ), 0.0, 0.3,
    )] = 0.0
    corrupted: Annotated[float, Hyperparameter(
        N_("Corrupted pictures"),
        N_(
            "Share of pictures with another background, less contrast, noise, lines or missing patches; it falls with "
            "the distortion, to a half at most"
        ), 0.0, 0.5,
    )] = 0.0
    ema: Annotated[float, Hyperparameter(
        N_("Weight averaging (EMA)"), N_("Momentum of the weights' moving average; 0 for none"), 0.0, 0.99999,
    )] = 0.0
    patience: Annotated[int | None, Hyperparameter(
        N_("Early stopping after"), N_("Epochs without a better validation loss"), 1, 500, none="never",
        zero=N_("Epochs without a better validation loss; 0 to never stop early"), is_tunable=False,
    )] = None
    teacher: Annotated[str, Hyperparameter(
        N_("Teacher"), N_("A model whose answers are learned instead of the labels (distillation)"),
        is_tunable=False,
    )] = ""
    seed: Annotated[int, Hyperparameter(
        N_("Seed"), N_("With the same one and on the same machine, a training gives the same numbers"),
        0, 2**31 - 1, is_tunable=False,
    )] = 1
    room: Annotated[float, Hyperparameter(
        N_("Drawings of the room"), N_("Share of digits replaced by labelled drawings of the collection"), 0.0, 0.5,
        is_in_form=False, is_tunable=False,
    )] = 0.0
    start: Annotated[str, Hyperparameter(
        N_("Begun with"), N_("A model of the same network, from whose weights the training starts (fine-tuning)"),
        is_in_form=False, is_tunable=False,
    )] = ""
    # fmt: on

    def __post_init__(self) -> None:
        for name, hyperparameter in HYPERPARAMETERS.items():
            hyperparameter.check(getattr(self, name))

    @property
    def is_long(self) -> bool:
        """Whether a training takes so long that the extra time of a thorough finish (a t-SNE map, three views of every
        held-out digit) does not matter."""
        return self.examples is None and self.epochs >= LONG_EPOCHS

    def with_changes(self, **changes: Any) -> Recipe:
        """A copy with some values changed."""
        return msgspec.structs.replace(self, **changes)

    def as_dict(self) -> dict[str, object]:
        """The values by name, ready for JSON."""
        return msgspec.structs.asdict(self)


def _described() -> dict[str, Hyperparameter]:
    """The hyperparameters by name, in the order of the fields of `Recipe`."""
    described = {}
    for name, annotated in get_type_hints(Recipe, include_extras=True).items():
        kinds, about = get_args(annotated)
        kind = next(iter(get_args(kinds)), kinds)  # without None
        described[name] = dataclasses.replace(about, name=name, kind=kind)
    return described


HYPERPARAMETERS = _described()
