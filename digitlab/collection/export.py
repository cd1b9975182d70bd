"""The collection as files: pictures with a table, or arrays in MNIST's format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np
from PIL import Image

from digitlab.collection.drawings import Drawing


def pictures(drawings: Sequence[Drawing]) -> bytes:
    """A ZIP file with a 28 x 28 PNG and the strokes of each drawing, and `drawings.csv` with labels and answers."""
    names = sorted({name for drawing in drawings for name in drawing.answers})
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["number", "picture", "strokes", "drawn_at", "label", *_columns(names)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for drawing in drawings:
            picture, strokes = f"pictures/{drawing.id:05}.png", f"strokes/{drawing.id:05}.json"
            file = io.BytesIO()
            Image.fromarray(drawing.pixels).save(file, "PNG")
            archive.writestr(picture, file.getvalue())
            archive.writestr(strokes, json.dumps(drawing.strokes))
            said = [drawing.answers.get(name, {}).get(what, "") for name in names for what in ("digit", "confidence")]
            label = "" if drawing.label is None else drawing.label
            rows.writerow([drawing.id, picture, strokes, drawing.drawn_at.isoformat(), label, *said])
        archive.writestr("drawings.csv", table.getvalue())
    return out.getvalue()


def arrays(drawings: Sequence[Drawing]) -> bytes:
    """An `.npz` file in MNIST's format with the labelled drawings: `x` (n, 28, 28) uint8 and `y` (n,) uint8."""
    labelled = [drawing for drawing in drawings if drawing.label is not None]
    out = io.BytesIO()
    images = np.array([drawing.pixels for drawing in labelled], np.uint8).reshape(-1, 28, 28)
    np.savez_compressed(out, x=images, y=np.array([drawing.label for drawing in labelled], np.uint8))
    return out.getvalue()


def _columns(names: Sequence[str]) -> list[str]:
    return [column for name in names for column in (f"{name}_answer", f"{name}_confidence")]
