"""Damages a model as a bad disk would, or as somebody who means harm."""

import hashlib
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from digitlab.models import store

LURE = "![x](http://elsewhere.test/p.png)<img src=http://elsewhere.test/q.png>"  # what a stranger's text may hold
RAN = Path(os.devnull)


def damage(place: Path) -> None:
    """Leave a model without a readable `model.tflite`, and without what that could be made from."""
    (place / store.TFLITE).write_bytes(b"")
    (place / store.GRAPH).unlink(missing_ok=True)


def forge(place: Path, how: Callable[[dict[str, Any]], object] = lambda run: None, **files: bytes) -> None:
    """Change a model's files so that all hashes are right, as a stranger can who makes a model."""
    run = json.loads((place / store.RUN).read_text())
    for name, content in files.items():
        (place / name.replace("_", ".")).write_bytes(content)
    run["sha256"] = {
        file: hashlib.sha256((place / file).read_bytes()).hexdigest()
        for file in (store.GRAPH, *store.HASHED)
        if (place / file).exists()
    }
    how(run)
    (place / store.RUN).write_text(json.dumps(run))


def _in_run(*path: str, to: Any) -> Callable[[Path], None]:
    """Set one entry of `run.json`; the hashes stay right."""

    def change(place: Path) -> None:
        def how(run: dict[str, Any]) -> None:
            *way, last = path
            for key in way:
                run = run[int(key) if key.isdecimal() else key]
            run[int(last) if last.isdecimal() else last] = to

        forge(place, how)

    return change


def _without(key: str) -> Callable[[Path], None]:
    return lambda place: forge(place, lambda run: run.pop(key))


def _write(file: str, content: bytes) -> Callable[[Path], None]:
    return lambda place: (place / file).write_bytes(content)


def _cut(file: str) -> Callable[[Path], None]:
    return lambda place: (place / file).write_bytes((place / file).read_bytes()[:1000])


def _gone(file: str) -> Callable[[Path], None]:
    return lambda place: (place / file).unlink()


def _instead(file: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        (place / file).unlink()
        make(place / file)

    return change


def _forged_file(file: str, content: Callable[[Path], bytes]) -> Callable[[Path], None]:
    return lambda place: forge(place, **{file: content(place)})


def npz(**arrays: Any) -> bytes:
    """The bytes of an archive of arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


class Runs:
    """Runs code wherever it is unpickled."""

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(RAN),)


def _pickled(place: Path) -> bytes:
    return npz(test_map=np.array([Runs()], dtype=object))


def _bomb(_: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("test_map.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"shape": (20 * 2**20,), "fortran_order": False, "descr": "|u1"})
        for _block in range(20):
            member.write(bytes(2**20))
    return buffer.getvalue()


def _older(place: Path) -> None:
    store.read("cnn")  # makes the model.tflite
    (place / store.GRAPH).unlink()
    forge(place)


def _metadata(version: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
    return buffer.getvalue()


NO_JSON = {
    "run.json empty": _write(store.RUN, b""),
    "run.json cut": _cut(store.RUN),
    "run.json no JSON": _write(store.RUN, b"\x00\xff" * 500),
    "run.json a list": _write(store.RUN, b"[]"),
    "run.json deep": _write(store.RUN, b"[" * 100_000),
    "run.json a folder": _instead(store.RUN, Path.mkdir),
    "run.json a loop": _instead(store.RUN, lambda path: path.symlink_to(path)),
    "run.json a pipe": _instead(store.RUN, os.mkfifo),
    "run.json endless": _instead(store.RUN, lambda path: path.symlink_to("/dev/zero")),
    "run.json huge": lambda place: (place / store.RUN).write_bytes(
        (place / store.RUN).read_bytes() + b" " * (17 * 2**20)
    ),
}
WRONG_RUN = {
    **{f"without {key}": _without(key) for key in ("family", "history", "metrics", "data", "recipe", "sha256")},
    "NaN loss": _in_run("history", "0", "loss", to=float("nan")),
    "infinite loss": _in_run("history", "0", "val_loss", to=float("inf")),
    "NaN accuracy": _in_run("metrics", "validation", "accuracy", to=float("nan")),
    "accuracy a text": _in_run("metrics", "validation", "accuracy", to="0.9"),
    "f1 null": _in_run("metrics", "validation", "f1", to=None),
    "history empty": _in_run("history", to=[]),
    "history of numbers": _in_run("history", to=[1, 2]),
    "history huge": _in_run("history", to=[{}] * 20_000),
    "epoch without figures": _in_run("history", "0", to={"number": 1}),
    "kept epoch missing": _in_run("best_epoch", to=999),
    "temperature zero": _in_run("temperature", to=0),
    "temperature true": _in_run("temperature", to=True),
    "parameters a text": _in_run("parameters", to="many"),
    "family unknown": _in_run("family", to="<b>"),
    "summary huge": _in_run("summary", to="x" * 10**6),
    "digits none": _in_run("data", "train", to=0),
    "recipe a list": _in_run("recipe", to=[]),
    "optimizer a number": _in_run("recipe", "optimizer", to=3),
    "hash of another kind": _in_run("sha256", store.KERAS, to="../../x"),
    "inside a list": _in_run("inside", to=[]),
    "rejection a text": _in_run("rejection", to="no"),
    "versions a list": _in_run("versions", to=[1]),
    "room a number": _in_run("data", "room", to=3),
}
WRONG_FILES = {
    **{f"{file} gone": _gone(file) for file in (store.KERAS, store.EVALUATION)},
    **{f"{file} cut": _cut(file) for file in (store.KERAS, store.EVALUATION)},
    **{f"{file} garbage": _write(file, b"\x1f\x8b" * 999) for file in (store.KERAS, store.EVALUATION)},
    f"{store.EVALUATION} a folder": _instead(store.EVALUATION, Path.mkdir),
    f"{store.EVALUATION} a loop": _instead(store.EVALUATION, lambda path: path.symlink_to(path)),
    f"{store.KERAS} is evaluation": lambda place: (place / store.KERAS).write_bytes(
        (place / store.EVALUATION).read_bytes()
    ),
    "no model at all": damage,
}
# With right hashes: somebody made these.
FORGED = {
    "tflite garbage": _forged_file("model_tflite", lambda place: b"TFL3" * 99),
    "tflite empty": _forged_file("model_tflite", lambda place: b""),
    "keras garbage": _forged_file("model_keras", lambda place: b"PK\x03\x04" * 99),
    "keras of nothing": _forged_file("model_keras", lambda place: npz(weights=np.zeros(3))),
    "evaluation garbage": _forged_file("evaluation_npz", lambda place: b"PK\x03\x04" * 99),
    "evaluation empty": _forged_file("evaluation_npz", lambda place: b""),
    "evaluation pickled": _forged_file("evaluation_npz", _pickled),
    "evaluation all pickle": _forged_file("evaluation_npz", lambda place: pickle.dumps(Runs())),
    "evaluation a bomb": _forged_file("evaluation_npz", _bomb),
    "map of wrong shape": _forged_file("evaluation_npz", lambda place: npz(validation_map=np.zeros((5, 9)))),
    "map of texts": _forged_file("evaluation_npz", lambda place: npz(validation_map=np.full((5000, 2), "x"))),
    "map of NaN": _forged_file("evaluation_npz", lambda place: npz(validation_map=np.full((5000, 2), np.nan))),
    "neighbours nowhere": _forged_file(
        "evaluation_npz", lambda place: npz(validation_neighbours=np.full((5000, 3), 65_000, np.uint16))
    ),
    "rejection of wrong size": _in_run("rejection", to={"bias": 0.0, "weights": "1 2 3"}),
    "rejection of words": _in_run("rejection", to={"bias": 0.0, "weights": "one two"}),
    "recipe of a newer version": _in_run("recipe", "optimizer", to="lion"),
    "recipe with more": _in_run("recipe", "fold", to=3),
    "layer of another kind": _in_run("inside", "steps", "1", "kind", to=LURE),
    "layer without inputs": _in_run("inside", "steps", "3", "inputs", to=["nowhere"]),
    "layers none": _in_run("inside", "steps", to=[]),
    "layer of wrong shape": _in_run("inside", "steps", "3", "shape", to=[1, 1, 1]),
    "layers without weights": _in_run("inside", "steps", "5", "weights", to=[]),
    "other layers' settings": _in_run("inside", "steps", "4", "settings", to={"activation": ["x"], "strides": "y"}),
}
OLDER = {  # without a model.graph
    "older without keras": lambda place: (_older(place), (place / store.KERAS).unlink()),
    "older of nothing": lambda place: (_older(place), forge(place, model_keras=b"PK")),
    "older of a shell": lambda place: (_older(place), forge(place, model_keras=_metadata('3" ; rm -rf ~ "'))),
    "older of a list": lambda place: (_older(place), forge(place, model_keras=_metadata([1]))),
}
KINDS = NO_JSON | WRONG_RUN | WRONG_FILES | FORGED | OLDER
