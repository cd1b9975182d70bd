"""Jobs: one training, seen from outside the process that runs it.

Lives here: starting, watching and stopping it, on this machine or another; its process; ready-made recipes, the time
they take, what they see.
Door: `start`, `status`, `pause`, `resume`, `stop`; the modules `presets`, `speed`, `preview`, `processes` and `queue`.
May import: serving, networks, data, database, files, settings and errors.
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
from digitlab.jobs.status import ACTIVE, PROMOTE, Lock, Status

__all__ = [
    "ACTIVE",
    "PROMOTE",
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
