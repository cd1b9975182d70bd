"""Write a model as a .keras, .tflite or .onnx file."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from digitlab.errors import InvalidValue
from digitlab.models import store
from digitlab.training import guard


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("to", metavar="FILE", help="its ending decides the format")


def run(options: argparse.Namespace) -> int:
    target = Path(options.to)
    kind = target.suffix
    if kind not in {".keras", ".tflite", ".onnx"}:
        raise InvalidValue(f"Expected a file name ending in .keras, .tflite or .onnx, got {options.to!r}.")
    store.read(options.name)
    if kind == ".onnx":
        with guard.importing():
            from digitlab.training import export
        with tempfile.TemporaryDirectory() as folder:
            source, made = Path(folder) / store.KERAS, Path(folder) / "model.onnx"
            source.write_bytes(store.read_file(options.name, store.KERAS))
            difference = export.to_onnx(source, made)
            target.write_bytes(made.read_bytes())
        print(f"{target}: the same answers as {options.name} within {difference:.1g}")
    else:
        target.write_bytes(store.read_file(options.name, store.KERAS if kind == ".keras" else store.TFLITE))
        print(target)
    return 0
