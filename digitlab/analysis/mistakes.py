"""Filters and sorts held-out digits: by which model is wrong, by label, answer and confidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.analysis.held_out import HeldOut
from digitlab.language import N_, NP_

ALONE = (NP_("digits", "wrong"), NP_("digits", "right"), NP_("digits", "all"))
DUEL = (
    NP_("digits", "any wrong"), NP_("digits", "only A wrong"), NP_("digits", "only B wrong"),
    NP_("digits", "both wrong"), NP_("digits", "both right"), NP_("digits", "all"),
)  # fmt: skip
ORDERS = (N_("loss"), N_("margin"), N_("disagreement"), N_("index"))


@dataclass(frozen=True)
class Filter:
    """Which digits to show; the default lets all of them pass.

    Attributes:
        group: one of `DUEL`, or of `ALONE` if there is one model.
        label: only digits with this label; None for any.
        given: only digits that at least one model reads as this; None for any.
        least, most: bounds of the left model's confidence, in [0, 1], both included.
        contested: whether to show digits whose label human raters contested.
    """

    group: str = "all"
    label: int | None = None
    given: int | None = None
    least: float = 0.0
    most: float = 1.0
    contested: bool = True


def groups(held_out: HeldOut) -> dict[str, np.ndarray]:
    """Every group as an (n,) bool mask, by name: `ALONE` for the answers of one model, `DUEL` for those of two.

    In a duel, every digit is in exactly one of the four groups "only A wrong", "only B wrong", "both wrong" and
    "both right".
    """
    left, *rest = [held_out.answers(name) != held_out.labels for name in held_out.probabilities]
    if not rest:
        return dict(zip(ALONE, (left, ~left, np.ones_like(left)), strict=True))
    right = rest[0]
    masks = (left | right, left & ~right, right & ~left, left & right, ~left & ~right, np.ones_like(left))
    return dict(zip(DUEL, masks, strict=True))


def select(held_out: HeldOut, wanted: Filter) -> np.ndarray:
    """Positions in `held_out` of the digits that pass the filter, ascending; an unknown group lets all pass."""
    mask = groups(held_out).get(wanted.group, np.ones(len(held_out.labels), dtype=bool)).copy()
    if wanted.label is not None:
        mask &= held_out.labels == wanted.label
    if wanted.given is not None:
        mask &= np.any([held_out.answers(name) == wanted.given for name in held_out.probabilities], axis=0)
    confidence = next(iter(held_out.probabilities.values())).max(axis=1)
    # A stored confidence may be slightly above 1.
    mask &= (confidence >= wanted.least - 1e-6) & (confidence <= wanted.most + 1e-6)
    if not wanted.contested:
        mask &= ~held_out.contested()
    return np.flatnonzero(mask)


def sort(held_out: HeldOut, places: np.ndarray, order: str) -> np.ndarray:
    """Sort positions so that the digits most worth a look come first.

    Args:
        held_out: the digits and their answers.
        places: positions in `held_out`.
        order: what comes first. "loss": the largest cross-entropy, summed over the models; "margin": the smallest
            difference between the probabilities of a model's two likeliest digits; "disagreement": the largest total
            variation distance between the first two models' probabilities (with one model, the same as "margin");
            "index": the order is kept.
    """
    every = [probabilities[places].astype(float) for probabilities in held_out.probabilities.values()]
    if order == "loss":
        labels = held_out.labels[places]
        key = sum(np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-300)) for probabilities in every)
    elif order == "disagreement" and len(every) > 1:
        key = -np.abs(every[0] - every[1]).sum(axis=1) / 2
    elif order == "index":
        key = np.arange(len(places))
    else:
        best = [np.sort(probabilities, axis=1) for probabilities in every]
        key = np.min([ordered[:, -1] - ordered[:, -2] for ordered in best], axis=0)
    return places[np.argsort(key, kind="stable")]
