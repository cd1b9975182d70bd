"""Jobs: the one training that may run, seen from outside the process that runs it.

Lives here: starting, watching and stopping a training on this machine or another; its process; ready-made recipes, how
long they take, previews of the distorted digits they train on.
Door: `Job`, `start`, `status`, `pause`, `resume`, `stop`; the modules `presets`, `speed`, `preview`,
`processes`, `request` and `queue`.
May import: models, networks, data, database, files, settings and errors.
"""

from digitlab.jobs.job import (
    begin,
    hindrance,
    is_running,
    lock,
    pause,
    resume,
    start,
    status,
    stop,
    waits_for_machine,
    wanted,
    write,
)
from digitlab.jobs.request import PROMOTE, Job
from digitlab.jobs.status import ACTIVE, Lock, Status

__all__ = [
    "ACTIVE",
    "PROMOTE",
    "Job",
    "Lock",
    "Status",
    "begin",
    "hindrance",
    "is_running",
    "lock",
    "pause",
    "resume",
    "start",
    "status",
    "stop",
    "waits_for_machine",
    "wanted",
    "write",
]
