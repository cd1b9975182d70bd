"""Many small digits as one picture, a sheet, of which every tile shows its own part."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from PIL import Image

from digitlab.wording import digits

FRAME_MS = 700
COLUMNS = 50  # in a sheet, since browsers refuse pictures much wider than 16,000 px


def tiles(images: np.ndarray, captions: Sequence[str], marks: Sequence[str] | None = None) -> str:
    """A grid of digits with a caption each.

    Args:
        images: (n, 28, 28) uint8, white ink on black.
        captions: n texts, which also tell screen readers what each tile shows.
        marks: n CSS classes, "" for none.
    """
    if not len(images):
        return ""
    columns = min(len(images), COLUMNS)
    figures = "".join(
        f'<figure class="tile {mark}"><i role="img" aria-label="{escape(caption)}" '
        f'style="--column:{at % columns};--row:{at // columns}"></i><figcaption>{escape(caption)}</figcaption></figure>'
        for at, (caption, mark) in enumerate(zip(captions, marks or [""] * len(captions), strict=True))
    )
    return f'<div class="tiles" style="--sheet:url({sheet(images, columns)});--columns:{columns}">{figures}</div>'


def graded(images: np.ndarray, answers: Sequence[int], labels: np.ndarray) -> str:
    """As `tiles`, for a model's answers: each is marked right or wrong."""
    pairs = [(int(answer), int(label)) for answer, label in zip(answers, labels, strict=True)]
    marks = ["right" if answer == label else "wrong" for answer, label in pairs]
    return tiles(images, [digits.caption(*pair) for pair in pairs], marks)


def sheet(images: np.ndarray, columns: int) -> str:
    """Pictures of the same size, arranged in rows, as one picture.

    Args:
        images: (n, h, w) uint8.
        columns: pictures in a row.

    Returns:
        A data URI.
    """
    count, height, width = images.shape
    rows = -(-count // columns)
    padded = np.zeros((rows * columns, height, width), np.uint8)
    padded[:count] = images
    lines = padded.reshape(rows, columns, height, width).transpose(0, 2, 1, 3)
    return data_uri(lines.reshape(rows * height, columns * width))


def strip(frames: np.ndarray, alt: str) -> str:
    """A row of digits as one picture; of several frames, animated, but for people who asked for less motion.

    Args:
        frames: (frames, n, 28, 28) uint8.
        alt: what the picture shows.

    Returns:
        HTML.
    """
    pictures = [Image.fromarray(np.hstack(list(frame))) for frame in frames]
    moving = data_uri(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=FRAME_MS, loop=0)
    still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{data_uri(pictures[0])}">'
    return f'<picture>{still if len(frames) > 1 else ""}<img src="{moving}" alt="{escape(alt)}"></picture>'


def data_uri(picture: np.ndarray | Image.Image, kind: str = "PNG", **options: object) -> str:
    """A picture as a data URI.

    Args:
        picture: Pillow's, or an array (h, w) or (h, w, 3) uint8.
        kind, options: as Pillow's `Image.save` takes them.
    """
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    buffer = io.BytesIO()
    image.save(buffer, kind, compress_level=1, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
