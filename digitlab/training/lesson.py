"""What a room teaches a model: its labelled drawings except those set aside, and a record of what was taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
        latest: the highest number among all labelled drawings, those set aside included.
    """

    drawings: Split
    latest: int


def read(recipe: Recipe) -> Lesson | None:
    """The drawings that a training by this recipe learns from; None if the recipe uses no drawings of the room.

    Raises:
        InvalidValue: too few drawings are labelled.
        DatabaseUnavailable: the collection's database cannot be used.
    """
    if not recipe.room:
        return None
    numbers, images, labels = collection.digits()
    taught = ~collection.is_aside(numbers)
    if len(numbers) < collection.TEACHABLE or not taught.any():
        raise InvalidValue(
            f"Teaching takes at least {collection.TEACHABLE} drawings of this room with a label, found {len(numbers)}."
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
