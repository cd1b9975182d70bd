"""Store what a model's layers make of a digit; answers stay the same."""

from __future__ import annotations

import argparse

from digitlab.models import store, versions
from digitlab.training import guard


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="+")


def run(options: argparse.Namespace) -> int:
    with guard.importing():
        from digitlab.training import export, graph
    for name in options.names:
        stored = store.read(name)
        made = export.with_inside(stored)
        parts = graph.split(store.read_file(name, store.KERAS), made)
        versions.amend(name, stored.run, {store.TFLITE: made, store.GRAPH: parts})
        print(f"{name}: {len(made):,} bytes, {len(made) - len(stored.tflite):+,}", flush=True)
    return 0
