"""Do a job that the app has written into a file. People use `train`, `sweep` and `measure`."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitlab.jobs import request
from digitlab.training.commands import measure, sweep, train

DO = {"train": train.do, "sweep": sweep.do, "measure": measure.do}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)


def run(options: argparse.Namespace) -> int:
    job = request.take(options.file)
    return DO[job.kind](job)
