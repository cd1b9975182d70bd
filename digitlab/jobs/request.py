"""What a job is to do, as data: pages and commands make it, and its process and the queue get it as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from digitlab.errors import InvalidValue
from digitlab.jobs.knobs import Change
from digitlab.language import N_
from digitlab.networks import Recipe

Promote = Literal["never", "if-better", "always"]
PROMOTE = get_args(Promote)


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A training, a sweep that ends with one, or a measurement of how long a training takes.

    A sweep without a trial, a worker or time raises `InvalidValue` on construction.

    Attributes:
        kind: which of these.
        network: a name in the registry.
        recipe: how to train it; of a sweep, the settings that it does not choose.
        promote: when a finished training is put into service without anyone's decision; a sweep's never is.
        trials: how many trials of a sweep should end, those of earlier runs included.
        budget_s: seconds after which a sweep stops; None for no limit.
        workers: processes of a sweep on the machine that runs it; None for one per core.
        space: the hyperparameters that a sweep chooses, as `sweeps.space_from` takes them; None for the usual ones.
        anew: whether a sweep starts a new study instead of continuing the earlier one.
        challenger: whether a sweep trains the best settings in the end.
        left_out: numbers of the room's drawings that are not taught, such as those with disputed labels.
        changes: what is changed on the way, to run a training again that was changed while it learned.
        id: that the app gave the job; "" if it was started in a terminal.
    """

    kind: Literal["train", "sweep", "measure"]
    network: str
    recipe: Recipe
    promote: Promote = "never"
    trials: int = 30
    budget_s: float | None = None
    workers: int | None = None
    space: dict[str, Any] | None = None
    anew: bool = False
    challenger: bool = True
    left_out: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    id: str = ""

    def __post_init__(self) -> None:
        has_time = self.budget_s is None or self.budget_s > 0  # nor is NaN
        if self.trials < 1 or not (self.workers is None or self.workers >= 1) or not has_time:
            raise InvalidValue(N_("A sweep needs at least one trial and one worker, and a budget above 0 seconds."))

    def called(self, name: str) -> Job:
        """The same job with an id."""
        return msgspec.structs.replace(self, id=name)

    def as_data(self) -> dict[str, Any]:
        """The job as `from_data` takes it, ready for JSON."""
        return msgspec.to_builtins(self)


def from_data(data: Any) -> Job:
    """The job that `Job.as_data` made this from.

    Raises:
        InvalidValue: it is none.
    """
    try:
        return msgspec.convert(data, Job)
    except msgspec.ValidationError as error:
        raise InvalidValue(
            N_("This is no job: {error}. Start it again from a page or a terminal."), error=error
        ) from error


def take(path: Path) -> Job:
    """Read a job from a file of JSON, and remove the file.

    Raises:
        InvalidValue: there is no such file, or it holds no job.
    """
    try:
        data = msgspec.json.decode(path.read_bytes())
        path.unlink()
    except (OSError, msgspec.DecodeError) as error:
        raise InvalidValue(N_("There is no job in {path}: {error}."), path=path, error=error) from error
    return from_data(data)
