"""The collection as files: pictures with a table, or arrays in MNIST's format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from digitlab.collection.change import NOT_A_DIGIT
from digitlab.collection.drawings import Drawing


def pictures(drawings: Iterable[Drawing]) -> bytes:
    """A ZIP file with a 28 x 28 PNG and the strokes of each drawing, and `drawings.csv` with labels and answers.

    The label of what is no digit is "none"; it is empty if nobody has said.
    Only one drawing at a time is in memory, and what stands in the files.
    """
    lines: list[tuple[list[Any], dict[str, Any]]] = []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for drawing in drawings:
            picture, strokes = f"pictures/{drawing.id:05}.png", f"strokes/{drawing.id:05}.json"
            file = io.BytesIO()
            Image.fromarray(drawing.pixels).save(file, "PNG")
            archive.writestr(picture, file.getvalue())
            archive.writestr(strokes, json.dumps(drawing.strokes))
            said = {
                f"{name}_{column}": answer.get(what, "")
                for name, answer in drawing.answers.items()
                for column, what in (("answer", "digit"), ("confidence", "confidence"))
            }
            label = {None: "", NOT_A_DIGIT: "none"}.get(drawing.label, drawing.label)
            lines.append(([drawing.id, picture, strokes, drawing.drawn_at.isoformat(), label], said))
        table = io.StringIO()
        rows = csv.writer(table, lineterminator="\n")
        names = _columns(sorted({column.rpartition("_")[0] for _, said in lines for column in said}))
        rows.writerow(["number", "picture", "strokes", "drawn_at", "label", *names])
        rows.writerows([*line, *(said.get(name, "") for name in names)] for line, said in lines)
        archive.writestr("drawings.csv", table.getvalue())
    return out.getvalue()


def arrays(drawings: Iterable[Drawing]) -> bytes:
    """An `.npz` file in MNIST's format with the labelled digits: `x` (n, 28, 28) uint8 and `y` (n,) uint8."""
    labelled = [(drawing.pixels, drawing.label) for drawing in drawings if drawing.label not in (None, NOT_A_DIGIT)]
    out = io.BytesIO()
    images = np.array([pixels for pixels, _ in labelled], np.uint8).reshape(-1, 28, 28)
    np.savez_compressed(out, x=images, y=np.array([label for _, label in labelled], np.uint8))
    return out.getvalue()


def _columns(names: Sequence[str]) -> list[str]:
    return [column for name in names for column in (f"{name}_answer", f"{name}_confidence")]
