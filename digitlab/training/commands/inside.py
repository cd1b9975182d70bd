"""Store what a model's layers make of a digit; answers stay the same."""

from __future__ import annotations

import argparse

from digitlab.models import store, versions
from digitlab.training import guard


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="+")


def run(options: argparse.Namespace) -> int:
    with guard.importing():
        from digitlab.training import export
    for name in options.names:
        stored = store.read(name)
        changed = export.with_inside(stored)
        versions.amend(name, stored.run, changed)
        size = len(changed.get(store.TFLITE, stored.tflite))
        print(f"{name}: {size:,} bytes, {size - len(stored.tflite):+,}", flush=True)
    return 0
