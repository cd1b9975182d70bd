"""The commands around training, a module for each; most of them need TensorFlow."""

from __future__ import annotations

from typing import Any

from digitlab.training.commands import drawings, export, inside, job, measure, sweep, teach, train, worker
from digitlab.training.commands import map as mapping


def add(commands: Any) -> None:
    """Add the commands to the parser's subparsers."""
    for command in (train, teach, sweep, worker, measure, mapping, inside, drawings, export, job):
        command.add(commands)
