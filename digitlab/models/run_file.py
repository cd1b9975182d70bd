"""The form of a `run.json`, checked once when it is read, so that no reader of a model has to.

Files of models may come from strangers: whatever has another form, a text without an end or a figure that is no number
counts as damage. Entries that this version does not know are left alone, since a newer one may have written them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

MOST_BYTES = 16 * 2**20  # of the whole file; those that ship have up to 24 kB

_Text = Annotated[str, Meta(max_length=1000)]
_Count = Annotated[int, Meta(ge=0, le=10**12)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_Loss = Annotated[float, Meta(ge=0, le=1e9)]
_Seconds = Annotated[float, Meta(ge=0, le=1e9)]
_Number = Annotated[float, Meta(ge=-1e9, le=1e9)]


class _Recipe(msgspec.Struct):
    """What readers take from a recipe one by one; `networks.Recipe` checks the whole where it is told."""

    optimizer: _Text
    schedule: _Text
    augment: _Text
    learning_rate: _Number
    epochs: Annotated[int, Meta(ge=1, le=10**6)]
    examples: Annotated[int, Meta(ge=1, le=10**6)] | None = None
    dropout: _Share | None = None
    augment_end: _Share = 1.0
    written: _Share = 0.0
    room: _Share = 0.0


class _Room(msgspec.Struct):
    drawings: _Count = 0
    latest: _Count = 0


class _Data(msgspec.Struct):
    source: Literal["full", "packaged"]
    train: Annotated[int, Meta(ge=1, le=60_000)]
    room: _Room | UnsetType = UNSET


class _Figures(msgspec.Struct):
    accuracy: _Share
    loss: _Loss | UnsetType = UNSET
    f1: _Share | UnsetType = UNSET
    calibration_error: _Share | UnsetType = UNSET


class _Metrics(msgspec.Struct):
    validation: _Figures
    test: _Figures | UnsetType = UNSET
    training: _Figures | UnsetType = UNSET


class _Epoch(msgspec.Struct):
    number: Annotated[int, Meta(ge=1, le=10**6)]
    loss: _Loss
    accuracy: _Share
    val_loss: _Loss
    val_accuracy: _Share
    elapsed_s: _Seconds


class _Change(msgspec.Struct):
    knob: Literal["learning_rate", "momentum", "noise", "rotation", "epochs"]
    value: Annotated[float, Meta(ge=0, le=1e4)]
    batch: _Count
    at: Annotated[float, Meta(ge=0, le=1e6)]
    elapsed_s: _Seconds


class _Step(msgspec.Struct):
    name: _Text
    kind: _Text
    inputs: list[_Text]
    shape: list[_Count]
    settings: dict[str, Any]
    weights: list[_Text]


class _Inside(msgspec.Struct):
    steps: list[_Step]
    is_mean: bool


class _Rejection(msgspec.Struct):
    bias: _Number
    weights: str


class _Run(msgspec.Struct):
    family: Literal["DNN", "CNN"]
    summary: _Text
    parameters: _Count
    recipe: _Recipe
    seed: _Count
    data: _Data
    best_epoch: int
    metrics: _Metrics
    temperature: Annotated[float, Meta(gt=0, le=1e6)]
    duration_s: _Seconds
    machine: _Text
    trained_at: _Text
    history: Annotated[list[_Epoch], Meta(min_length=1, max_length=10_000)]
    sha256: dict[str, Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]]
    name: _Text | UnsetType = UNSET
    ended: _Text | None = None
    versions: dict[_Text, _Text] | UnsetType = UNSET
    inside: _Inside | UnsetType = UNSET
    rejection: _Rejection | None = None
    changes: Annotated[list[_Change], Meta(max_length=1000)] = []

    def __post_init__(self) -> None:
        if self.best_epoch not in {epoch.number for epoch in self.history}:
            raise ValueError("the epoch whose weights were kept is not in its history")


def read(content: bytes) -> dict[str, Any]:
    """What a `run.json` says.

    Args:
        content: of the file.

    Raises:
        ValueError: it has another form than training writes; the message says where.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES / 2**20:.0f} MB")
    try:
        run = msgspec.json.decode(content)
        msgspec.convert(run, _Run)
    except RecursionError as error:
        raise ValueError("too deep") from error
    return run
