"""Which held-out digits to look at, and in which order: by who is wrong, by label, answer and confidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.analysis.held_out import HeldOut

ALONE = ("wrong", "right", "all")
DUEL = ("any wrong", "only left wrong", "only right wrong", "both wrong", "both right", "all")
ORDERS = ("loss", "margin", "disagreement", "index")


@dataclass(frozen=True)
class Filter:
    """What is asked for; the default lets everything pass.

    Attributes:
        group: one of `DUEL`, or of `ALONE` where there is one model.
        label: the digits labelled so, or None.
        given: the digits that some model answered so, or None.
        least, most: bounds of the left model's confidence, in [0, 1], both included.
        contested: whether digits whose label human raters contested are shown.
    """

    group: str = "all"
    label: int | None = None
    given: int | None = None
    least: float = 0.0
    most: float = 1.0
    contested: bool = True


def groups(held_out: HeldOut) -> dict[str, np.ndarray]:
    """Every group as an (n,) bool mask, by name: `ALONE` for the answers of one model, `DUEL` for those of two.

    Of a duel, the four groups "only left wrong", "only right wrong", "both wrong" and "both right" share the digits out
    between them.
    """
    left, *rest = [held_out.answers(name) != held_out.labels for name in held_out.probabilities]
    if not rest:
        return dict(zip(ALONE, (left, ~left, np.ones_like(left)), strict=True))
    right = rest[0]
    masks = (left | right, left & ~right, right & ~left, left & right, ~left & ~right, np.ones_like(left))
    return dict(zip(DUEL, masks, strict=True))


def select(held_out: HeldOut, wanted: Filter) -> np.ndarray:
    """Positions in `held_out` of the digits that pass, ascending; an unknown group lets all pass."""
    mask = groups(held_out).get(wanted.group, np.ones(len(held_out.labels), dtype=bool)).copy()
    if wanted.label is not None:
        mask &= held_out.labels == wanted.label
    if wanted.given is not None:
        mask &= np.any([held_out.answers(name) == wanted.given for name in held_out.probabilities], axis=0)
    confidence = next(iter(held_out.probabilities.values())).max(axis=1)
    # A stored confidence of 1 may be a hair above it.
    mask &= (confidence >= wanted.least - 1e-6) & (confidence <= wanted.most + 1e-6)
    if not wanted.contested:
        mask &= ~held_out.contested()
    return np.flatnonzero(mask)


def sort(held_out: HeldOut, places: np.ndarray, order: str) -> np.ndarray:
    """Positions in the order in which they deserve a look.

    Args:
        held_out: the digits and their answers.
        places: positions in it.
        order: "loss": the greatest cross-entropy first, summed over the models; "margin": the least distance between a
            model's two likeliest digits first; "disagreement": the greatest total variation distance between two
            models' probabilities first (with one model, as "margin"); "index": as they stand.
    """
    every = [probabilities[places].astype(float) for probabilities in held_out.probabilities.values()]
    if order == "loss":
        labels = held_out.labels[places]
        key = sum(np.log(np.maximum(one[np.arange(len(labels)), labels], 1e-300)) for one in every)
    elif order == "disagreement" and len(every) > 1:
        key = -np.abs(every[0] - every[1]).sum(axis=1) / 2
    elif order == "index":
        key = np.arange(len(places))
    else:
        best = [np.sort(one, axis=1) for one in every]
        key = np.min([one[:, -1] - one[:, -2] for one in best], axis=0)
    return places[np.argsort(key, kind="stable")]
