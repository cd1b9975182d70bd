"""Jobs: one training, seen from outside the process that runs it.

Lives here: starting, watching and stopping it; its process; ready-made recipes, the time they take, what they see.
Door: `start`, `status`, `pause`, `resume`, `stop`; the modules `presets`, `speed`, `preview` and `processes`.
May import: networks, serving, data, files, settings and errors.
"""

from digitlab.jobs.job import (
    ACTIVE,
    PROMOTE,
    Status,
    folder,
    is_running,
    lock,
    pause,
    resume,
    start,
    status,
    stop,
    wanted,
    write,
)

__all__ = [
    "ACTIVE",
    "PROMOTE",
    "Status",
    "folder",
    "is_running",
    "lock",
    "pause",
    "resume",
    "start",
    "status",
    "stop",
    "wanted",
    "write",
]
