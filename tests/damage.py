"""Damages a model as a bad disk would."""

from pathlib import Path

from digitlab.models import store


def damage(place: Path) -> None:
    """Leave a model without a readable `model.tflite`, and without what that could be made from."""
    (place / store.TFLITE).write_bytes(b"")
    (place / store.GRAPH).unlink(missing_ok=True)
