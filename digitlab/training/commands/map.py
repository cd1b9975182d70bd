"""Compute the embedding maps of models by t-SNE, and store them."""

from __future__ import annotations

import argparse
import time

from digitlab.analysis import embedding_map
from digitlab.data import mnist
from digitlab.models import store
from digitlab.training import guard


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="*")
    parser.add_argument("--pixels", action="store_true", help="make the pixels' own map, which ships with digitlab")


def run(options: argparse.Namespace) -> int:
    if options.pixels:
        embedding_map.lay_out_pixels(mnist.load())
    with guard.importing():
        from digitlab.training import produce
    for name in options.names:
        stored = store.read(name)
        data = mnist.of_source(stored.run["data"]["source"])
        began = time.perf_counter()
        produce.answer(stored, data)
        produce.complete(stored, data, thorough=True)
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    return 0
