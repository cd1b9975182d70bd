"""Run the trainings here that apps leave to other machines (PostgreSQL)."""

from __future__ import annotations

import argparse

from digitlab import database
from digitlab.errors import InvalidValue, TrainingUnavailable
from digitlab.jobs import processes


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add none."""


def run(options: argparse.Namespace) -> int:
    if not processes.can_train():
        raise TrainingUnavailable("This machine cannot train: it lacks TensorFlow, or DIGITLAB_TRAIN_ELSEWHERE is set.")
    if not database.is_shared():
        raise InvalidValue(
            "A worker takes trainings from a PostgreSQL: name the one of the apps in DIGITLAB_DATABASE "
            "(postgresql://user:password@host/name)."
        )
    from digitlab.jobs import queue  # imports SQLAlchemy

    queue.serve(lambda line: print(line, flush=True))
    return 0
