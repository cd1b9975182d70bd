"""Selections and reports as files that other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitlab.analysis.held_out import HeldOut

ACROSS = 20  # digits per row of a sheet
TILE_PX, CAPTION_PX = 56, 16


def csv_of(columns: Mapping[str, Sequence[object]]) -> str:
    """Columns as CSV text with a header; floats have six decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([f"{value:.6f}" if isinstance(value, float) else value for value in row])
    return text.getvalue()


def selection(held_out: HeldOut, places: np.ndarray) -> str:
    """Some held-out digits as CSV: split, index, label, and each model's answer, confidence and loss.

    Args:
        held_out: the digits and their answers.
        places: positions in `held_out`.
    """
    labels = held_out.labels[places]
    columns: dict[str, list[object]] = {
        "split": [held_out.split] * len(places),
        "index": held_out.indices[places].tolist(),
        "label": labels.tolist(),
    }
    for name, all_probabilities in held_out.probabilities.items():
        probabilities = all_probabilities[places].astype(float)
        columns[f"{name}_answer"] = probabilities.argmax(axis=1).tolist()
        columns[f"{name}_confidence"] = probabilities.max(axis=1).tolist()
        columns[f"{name}_loss"] = (-np.log(probabilities[np.arange(len(labels)), labels])).tolist()
    return csv_of(columns)


def sheet(images: np.ndarray, captions: Sequence[str]) -> bytes:
    """Digits with captions as one PNG, twenty in a row, black on white paper.

    Args:
        images: (n, 28, 28) uint8, white ink on black; n at least 1.
        captions: n short texts.
    """
    rows = -(-len(images) // ACROSS)
    paper = Image.new("L", (min(len(images), ACROSS) * TILE_PX, rows * (TILE_PX + CAPTION_PX)), 255)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(12)
    for at, (image, caption) in enumerate(zip(images, captions, strict=True)):
        x, y = at % ACROSS * TILE_PX, at // ACROSS * (TILE_PX + CAPTION_PX)
        paper.paste(Image.fromarray(255 - image).resize((TILE_PX, TILE_PX), Image.Resampling.NEAREST), (x, y))
        pen.text((x + TILE_PX // 2, y + TILE_PX + 1), caption, fill=0, font=font, anchor="ma")
    buffer = io.BytesIO()
    paper.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
