"""What a room teaches a model: its labelled drawings except those set aside or left out, and a record of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitlab import collection
from digitlab.data.mnist import Split
from digitlab.errors import InvalidValue
from digitlab.models import store
from digitlab.networks import Recipe


@dataclass(frozen=True)
class Lesson:
    """Drawings to learn from.

    Attributes:
        drawings: pixels and labels.
        latest: the highest number among all labelled drawings, those set aside or left out included.
    """

    drawings: Split
    latest: int


def read(recipe: Recipe, left_out: Sequence[int] = ()) -> Lesson | None:
    """The drawings that a training by this recipe learns from; None if the recipe uses no drawings of the room.

    Args:
        recipe: of the training.
        left_out: numbers of drawings that are not taught.

    Raises:
        InvalidValue: too few drawings are labelled.
        DatabaseUnavailable: the collection's database cannot be used.
    """
    if not recipe.room:
        return None
    numbers, images, labels = collection.digits()
    stay = ~np.isin(numbers, left_out)
    taught = stay & ~collection.is_aside(numbers)
    if stay.sum() < collection.TEACHABLE or not taught.any():
        without = f" without the {(~stay).sum()} left out" if not stay.all() else ""
        raise InvalidValue(
            f"Teaching takes at least {collection.TEACHABLE} drawings of this room with a label, found "
            f"{stay.sum()}{without}."
        )
    return Lesson(Split(images[taught], labels[taught]), int(numbers.max()))


def record(recipe: Recipe, lesson: Lesson | None) -> dict[str, Any]:
    """The entry for `run.json`: how many `drawings` are taught, and the `latest` number up to which drawings may have
    been taught, in this training or to the model it starts from."""
    before = store.read(recipe.start).run["data"].get("room") if recipe.start else None
    if lesson is None:
        return {} if before is None else {"room": before}
    latest = max(lesson.latest, before["latest"] if before else 0)
    return {"room": {"drawings": len(lesson.drawings), "latest": latest}}
