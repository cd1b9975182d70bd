"""`job`: does a job that the app has written into a file; hidden, since people use `train`, `sweep` and `measure`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from digitlab.jobs import request
from digitlab.training.commands import measure, sweep, train

RUN = {"train": train.run, "sweep": sweep.run, "measure": measure.run}


def add(commands: Any) -> None:
    """Add the command to the parser's subparsers, without a line of help."""
    parser = commands.add_parser("job")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    job = request.take(options.file)
    return RUN[job.kind](job)
