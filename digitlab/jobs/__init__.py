"""Jobs: the one training that may run, seen from outside the process that runs it.

Lives here: starting, watching, changing and stopping a training on this machine or another; its process; ready-made
recipes, how long they take, previews of the distorted digits they train on.
Door: `Job`, `start`, `status`, `pause`, `resume`, `stop`, `turn`; the modules `knobs`, `presets`, `speed`, `preview`,
`processes`, `request` and `queue`.
May import: models, networks, data, database, files, settings and errors.
"""

from digitlab.jobs.job import (
    add_epoch,
    asked,
    begin,
    hindrance,
    is_running,
    lock,
    pause,
    resume,
    start,
    status,
    step,
    stop,
    turn,
    waits_for_machine,
    write,
)
from digitlab.jobs.knobs import Change, Knobs
from digitlab.jobs.request import PROMOTE, Job
from digitlab.jobs.status import ACTIVE, Lock, Seen, Status

__all__ = [
    "ACTIVE",
    "PROMOTE",
    "Change",
    "Job",
    "Knobs",
    "Lock",
    "Seen",
    "Status",
    "add_epoch",
    "asked",
    "begin",
    "hindrance",
    "is_running",
    "lock",
    "pause",
    "resume",
    "start",
    "status",
    "step",
    "stop",
    "turn",
    "waits_for_machine",
    "write",
]
