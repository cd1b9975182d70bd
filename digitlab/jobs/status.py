"""What is known of the one training, whether files on this machine keep it or a database that machines share."""

from __future__ import annotations

import base64
import platform
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

import msgspec
import numpy as np
from msgspec import Meta

from digitlab.jobs.knobs import Change, Knobs
from digitlab.jobs.request import Job
from digitlab.language import gettext as _

_Number = Annotated[float, Meta(ge=-1e9, le=1e9)]
_Seconds = Annotated[float, Meta(ge=0, le=1e11)]
RUNNING = ("preparing", "training", "paused", "finishing")
ACTIVE = ("queued", *RUNNING)


class _Recipe(msgspec.Struct):
    epochs: Annotated[int, Meta(ge=1)]


class _Epoch(msgspec.Struct):
    number: int
    loss: _Number
    accuracy: _Number
    val_loss: _Number
    val_accuracy: _Number


class _Gallery(msgspec.Struct):
    indices: list[Annotated[int, Meta(ge=0, lt=5000)]]
    answers: list[Annotated[int, Meta(ge=0, le=9)]]

    def __post_init__(self) -> None:
        if len(self.indices) != len(self.answers):
            raise ValueError("its gallery has not one answer for each digit")


class Seen(msgspec.Struct):
    """The first digits of a batch in slow motion.

    Attributes:
        batch: the number of the batch, over all epochs, from 1.
        size: how many digits the batch has.
        pixels: 784 bytes for each digit shown, as the network saw it; base64.
        labels: of these; -1 for what is no digit.
        answers: what the network said of each before it learned from this batch.
        loss: of the whole batch, in nats.
    """

    batch: int
    size: int
    pixels: Annotated[str, Meta(max_length=50_000)]
    labels: list[Annotated[int, Meta(ge=-1, le=9)]]
    answers: list[Annotated[int, Meta(ge=0, le=9)]]
    loss: _Number

    def images(self) -> np.ndarray:
        """(n, 28, 28) uint8."""
        return np.frombuffer(base64.b64decode(self.pixels), np.uint8).reshape(-1, 28, 28)

    def __post_init__(self) -> None:
        if not len(self.images()) == len(self.labels) == len(self.answers):
            raise ValueError("its batch has not one label and one answer for each digit")


class _Form(msgspec.Struct):
    """What `Status` says of its fields that its types do not."""

    network: Annotated[str, Meta(pattern="^[a-z0-9-]+$", max_length=64)]
    recipe: _Recipe
    started_at: _Seconds
    updated_at: _Seconds
    history: list[_Epoch] = []
    curve: list[tuple[_Number, _Number, _Number]] = []
    gallery: _Gallery | None = None
    left_s: _Seconds | None = None
    changes: Annotated[list[Change], Meta(max_length=1000)] = []
    seen: Seen | None = None


@dataclass(frozen=True)
class Status:
    """What a worker last wrote about itself.

    Attributes:
        id: of the job.
        pid: of the worker's process; 0 while the job is queued.
        origin: "page" or "terminal", where it was started.
        network: which network is trained.
        recipe: how it is trained, as `Recipe.as_dict` gives it.
        promote: as of `Job`.
        state: one of `ACTIVE`, or how it ended: "done", "discarded", "failed", "killed".
        message: what the job is doing, or how it ended, in words.
        started_at, updated_at: seconds since 1970.
        source: "full" or "packaged", the digits it trains on; None before they are read.
        train: how many digits it trains on.
        batches: in each epoch; 0 before training.
        batch: batches done in the current epoch.
        history: the epochs done, as in `run.json`.
        curve: points [epochs done (fractional), loss in nats, accuracy in [0, 1]]; loss and accuracy are means since
            the point before.
        left_s: seconds until it is done, as estimated when this was written; None when not known yet.
        gallery: None, or what the network says of some held-out digits: `indices` (into the 5,000 packaged digits)
            and `answers`, with one entry per digit.
        promoted: whether the finished network was put into service at once.
        study: of the sweep, if the job is one; None for a single training.
        host: name of the worker's machine; "" where that was not noted.
        changes: what was changed while it learned, as `knobs.Change` has it.
        seen: None, or in slow motion the latest batch, as `Seen` has it.
        film: what the network made of some digits after each epoch, as `analysis.film` packs it; "" for nothing.
    """

    id: str
    pid: int
    origin: str
    network: str
    recipe: dict[str, Any]
    promote: str
    state: str = "preparing"
    message: str = "Starting."
    started_at: float = field(default_factory=time.time)
    updated_at: float = 0.0
    source: str | None = None
    train: int = 0
    batches: int = 0
    batch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    curve: list[list[float]] = field(default_factory=list)
    left_s: float | None = None
    gallery: dict[str, list[int]] | None = None
    promoted: bool = False
    study: str | None = None
    host: str = field(default_factory=platform.node)
    changes: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, Any] | None = None
    film: str = ""

    @classmethod
    def of(cls, job: Job, pid: int, **changes: Any) -> Status:
        """The first status of a job."""
        origin = "page" if job.id else "terminal"
        return cls(job.id or uuid.uuid4().hex, pid, origin, job.network, job.recipe.as_dict(), job.promote, **changes)

    @classmethod
    def from_data(cls, data: Any) -> Status:
        """The status that `dataclasses.asdict` made this of.

        Raises:
            ValueError: it is none.
        """
        msgspec.convert(data, _Form)
        return msgspec.convert(data, cls)

    @property
    def active(self) -> bool:
        """Whether the worker is still working, or has yet to begin."""
        return self.state in ACTIVE

    @property
    def takes_changes(self) -> bool:
        """Whether it is a single training that is learning now: nothing of a sweep can be changed."""
        return self.state in ("training", "paused") and self.study is None

    def who(self) -> str:
        """Which network is being trained or waits, since when, and from where it was started, as part of a sentence."""
        since = time.strftime("%H:%M", time.localtime(self.started_at))
        started = _("started from a page") if self.origin == "page" else _("started from a terminal")
        said = _("{network} has been training since {since}, {started} (process {pid})")
        if self.state == "queued":
            said = _("{network} has waited since {since} for a machine that trains, {started}")
        elif self.host not in ("", platform.node()):
            said = _("{network} has been training since {since}, {started} (process {pid} on {host})")
        return said.format(network=self.network, since=since, started=started, pid=f"{self.pid}", host=self.host)


class Lock(Protocol):
    """The lock that a worker holds while it lives; it becomes free however the worker or its machine ends."""

    def take(self, patience_s: float = 0.0) -> bool:
        """Take the lock, waiting up to `patience_s` seconds if another holds it; return whether it is held now."""

    def is_held(self) -> bool:
        """Whether it is still held, according to the file or the database that keeps it."""

    def release(self) -> None:
        """Give the lock back."""

    def __enter__(self) -> Lock: ...

    def __exit__(self, *_: object) -> None: ...


class Board(Protocol):
    """Where the one training's lock, its status and what it is asked to do are kept.

    Any of its methods may raise `DatabaseUnavailable` or `OSError`.
    """

    def lock(self) -> Lock:
        """The worker's lock, not yet taken."""

    def is_running(self) -> bool:
        """Whether a worker is alive."""

    def alone(self, then: Callable[[], None]) -> None:
        """Call `then` while no worker can begin; do nothing if a worker is alive."""

    def read(self) -> Status | None:
        """The status last written, whether or not its worker is alive."""

    def begin(self, status: Status) -> None:
        """Write the first status of a worker that has taken the lock.

        Raises:
            NothingToKeep: the job was discarded while it was queued.
        """

    def write(self, status: Status) -> None:
        """Publish a status: the worker's own, or that of a worker which was found dead."""

    def asked(self, job: str) -> tuple[str, Knobs]:
        """What the worker of this job is asked to do, and how to go on learning."""

    def ask(self, job: str, want: str) -> None:
        """Ask the worker of this job for something."""

    def turn(self, job: str, change: Callable[[Knobs], Knobs]) -> None:
        """Change how this job is to go on, whoever else changes it at the same time."""
