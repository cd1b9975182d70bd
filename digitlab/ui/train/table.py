"""The parts of the Models page: the table, and figures, recipe, downloads, versions and usage of one model."""

from __future__ import annotations

import functools
import io
import json
import re
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import streamlit as st

from digitlab import files, serving
from digitlab.jobs import processes
from digitlab.models import replica, store
from digitlab.ui import boundary, presenter
from digitlab.wording import models as words
from digitlab.wording.language import N_, pgettext
from digitlab.wording.language import gettext as _

TIMED_ANSWERS = 30
MOST_BYTES = 4096  # of the metadata in a .keras file


def rows() -> list[dict[str, Any]]:
    """One mapping for each model that can be read; the page warns of damaged ones."""
    rows = []
    for name in store.names():
        with boundary.in_place(st.warning), st.spinner(_("Measuring the models …")):
            rows.append(_row(name, store.fingerprint(name)))
    for problem in replica.this.problems():  # problems of the shared store, if there is one
        st.warning(problem)
    return rows


@st.cache_data(max_entries=100, show_spinner=False)
def _row(name: str, fingerprint: tuple[object, ...]) -> dict[str, Any]:
    """What `run.json` says of a model, and how fast it answers here. With a new fingerprint, both are read again."""
    stored = store.read(name)
    run, metrics = stored.run, stored.run["metrics"]
    reported = metrics.get("test") or metrics["validation"]  # there is no test without full MNIST
    return {
        "name": name,
        "family": run["family"],
        "parameters": run["parameters"],
        "megabytes": len(stored.tflite) / 1e6,
        "validation_accuracy": metrics["validation"]["accuracy"],
        "accuracy": metrics["test"]["accuracy"] if "test" in metrics else None,
        "loss": reported.get("loss"),
        "f1": reported.get("f1"),
        "calibration_error": reported.get("calibration_error"),
        "duration_s": run["duration_s"],
        "answer_us": _answer_us(name),
    }


def _answer_us(name: str) -> float:
    """Median microseconds that one answer takes."""
    model, image = serving.load(name), np.zeros((1, 28, 28), np.float32)
    return float(np.median([model.answer(image).elapsed_s for _ in range(TIMED_ANSWERS)])) * 1e6


def show(table: Sequence[dict[str, Any]]) -> None:
    """Show the rows as a sortable table."""
    shares = ("validation_accuracy", "accuracy", "calibration_error")
    shown = [{**row, **{name: 100 * row[name] for name in shares if row[name] is not None}} for row in table]
    on = _("On test digits, or on validation digits where a model was trained without full MNIST")
    number = st.column_config.NumberColumn
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        key="table",
        column_config={
            "name": st.column_config.TextColumn(_("Model"), pinned=True),  # stays in sight on phones
            "family": _("Family"),
            "parameters": number(_("Parameters"), format="localized"),
            "megabytes": number(_("Size, MB"), format="%.2f", help=_("Of the .tflite file")),
            "validation_accuracy": number(_("Validation, %"), format="%.2f", help=_("Accuracy on validation digits")),
            "accuracy": number(
                _("Test, %"),
                format="%.2f",
                help=_("Accuracy on test digits; none where a model was trained without full MNIST"),
            ),
            "loss": number(_("Loss, nats"), format="%.4f", help=on),
            "f1": number(_("F1"), format="%.4f", help=_("{on}; mean over the ten digits").format(on=on)),
            "calibration_error": number(
                _("Calibration error, %"), format="%.2f", help=_("{on}; expected, 15 bins").format(on=on)
            ),
            "duration_s": number(_("Trained in, s"), format="%.0f"),
            "answer_us": number(
                _("Answers in, µs"),
                format="%.0f",
                help=_("Here: median of {count} answers").format(count=TIMED_ANSWERS),
            ),
        },
    )


def about(stored: store.StoredModel) -> None:
    """Show a model's figures and its recipe."""
    figures, recipe = st.columns([2, 3], gap="large")
    with figures:
        st.markdown(_("**How right it is**"))
        alt = _("Accuracy, loss and F1 of {model} on each split").format(model=stored.name)
        st.table(words.reached(stored.run), hide_index=True, alt=alt)
        st.caption(words.training_figures(stored.run))
        st.caption(words.reported(stored.name))
    with recipe:
        st.markdown(_("**How it was trained**"))
        with boundary.in_place(st.warning):
            alt = _("The recipe of {model}").format(model=stored.name)
            st.table(words.choices(stored.run), alt=alt)


def points(table: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows for a chart of accuracy: that on validation digits where a model has none on test digits."""
    return [
        row | {"accuracy": row["validation_accuracy"] if row["accuracy"] is None else row["accuracy"]} for row in table
    ]


def downloads(name: str) -> None:
    """Show a button for each format of a model's file."""
    for kind, file, what in (
        ("keras", store.KERAS, _("Weights and architecture, for Keras")),
        ("tflite", store.TFLITE, _("What this app runs, for LiteRT")),
    ):
        st.download_button(
            f".{kind}", functools.partial(store.read_file, name, file), file_name=f"{name}.{kind}",
            icon=":material/download:", help=what,
        )  # fmt: skip
    made = _onnx_made().get((name, store.fingerprint(name)))
    if made is not None:
        st.download_button(
            ".onnx", made, file_name=f"{name}.onnx", icon=":material/download:", help=_("For ONNX Runtime")
        )
    elif st.button(_("Make .onnx"), icon=":material/sync:", help=_("Takes some seconds; its answers are checked, too")):
        with boundary.in_place():
            presenter.require(N_("export a model"))
            with st.spinner(_("Exporting and checking …")):
                _onnx_made()[name, store.fingerprint(name)] = processes.onnx(name)
            st.rerun()


@st.cache_resource
def _onnx_made() -> dict[tuple, bytes]:
    """The ONNX files made so far, by model and fingerprint; a few megabytes each."""
    return {}


def versions_of(name: str) -> None:
    """Show a model's versions: the one in service, the one before, and a challenger that waits."""
    rows = []
    for what, place in zip(
        (pgettext("version", "in service"), pgettext("version", "before"), pgettext("version", "challenger")),
        store.places(name),
        strict=True,
    ):
        if store.is_whole(place):
            run = store.read_run(place)
            rows.append(
                {
                    "version": what,
                    "trained_at": run["trained_at"].replace("T", " ")[:16],
                    "digits": run["recipe"].get("examples") or run["data"]["train"],
                    "epochs": len(run["history"]),
                    "accuracy": 100 * run["metrics"]["validation"]["accuracy"],
                }
            )
    number = st.column_config.NumberColumn
    st.dataframe(
        rows, hide_index=True, height="content", width="content", key="versions",
        column_config={
            "version": _("Version"), "trained_at": _("Trained (UTC)"),
            "digits": number(_("Digits"), format="localized"), "epochs": _("Epochs"),
            "accuracy": number(_("Validation accuracy, %"), format="%.2f"),
        },
    )  # fmt: skip


def _keras_of(name: str) -> str:
    """The oldest Keras that certainly reads a model's `.keras` file."""
    if store.GRAPH in store.read(name).run["sha256"]:
        return store.OLDEST_KERAS
    content = store.read_file(name, store.KERAS)
    with suppress(*files.UNREADABLE), zipfile.ZipFile(io.BytesIO(content)) as archive:
        version = json.loads(archive.open("metadata.json").read(MOST_BYTES))["keras_version"]
        if re.fullmatch(r"[0-9]+(\.[0-9]+)*", version):  # people may paste it into a shell
            return version
    return store.OLDEST_KERAS


def usage(name: str, temperature: float) -> str:
    """The lines of Python that run a downloaded model on a (28, 28) array in [0, 1]: a block for each format."""
    return f"""\
# picture: (28, 28) in [0, 1], white ink on black; as here, probabilities = softmax(logits / {temperature:g})

# {name}.tflite: pip install ai-edge-litert
from ai_edge_litert.interpreter import Interpreter
run = Interpreter("{name}.tflite").get_signature_runner("{store.ANSWER}")
logits = run(images=picture[None].astype("float32"))["logits"]

# {name}.keras: pip install "keras>={_keras_of(name)}" tensorflow
import keras
logits = keras.models.load_model("{name}.keras")(picture[None])

# {name}.onnx: pip install onnxruntime
import onnxruntime
session = onnxruntime.InferenceSession("{name}.onnx")
logits = session.run(["logits"], {{"images": picture[None].astype("float32")}})[0]
"""
