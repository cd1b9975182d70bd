"""What a room teaches: its labelled drawings without those set aside, and a record of what was taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from digitlab import collection
from digitlab.data.mnist import Split
from digitlab.errors import InvalidValue
from digitlab.networks import Recipe
from digitlab.serving import store


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
    """What a training by this recipe is taught; None where it has nothing to do with the room.

    Raises:
        InvalidValue: too few drawings are labelled.
        DatabaseUnavailable: their database cannot be used.
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
    """For `run.json`: `drawings` taught, and the `latest` number that may have been, now or to the model begun with."""
    before = store.read(recipe.start).run["data"].get("room") if recipe.start else None
    if lesson is None:
        return {} if before is None else {"room": before}
    latest = max(lesson.latest, before["latest"] if before else 0)
    return {"room": {"drawings": len(lesson.drawings), "latest": latest}}
