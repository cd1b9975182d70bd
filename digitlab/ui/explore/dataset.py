"""One digit down to its numbers: a table of them, and a drawing of how its rows become one. Every pixel is exact."""

from __future__ import annotations

import base64
from html import escape

import numpy as np

from digitlab.analysis.dataset import SIDE, row_inputs
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral

# Measures of the drawing of a picture that is laid out as a strip, in units of one pixel of the strip.
_CELL, _LEFT, _STRIP_TOP, _STRIP_HEIGHT = 12, 224, 396, 44
_MARK = "#c2459a"  # has a contrast of at least 3.9:1 to white, black and both page colours; no model has this colour
_BRIGHT = 118  # from this grey value on, black text is easier to read than white


def numbers(image: np.ndarray, *, unit: bool, row: int) -> str:
    """A picture as a table of its pixel values, each on a background of its own grey.

    Args:
        image: (28, 28) uint8.
        unit: whether to show values from 0 to 1, rounded to two decimals, instead of 0 to 255.
        row: the row to mark.

    Returns:
        HTML.
    """
    head = "".join(f'<th scope="col">{column}</th>' for column in range(SIDE))
    body = ""
    for number, values in enumerate(image.tolist()):
        cells = "".join(
            f'<td style="--v:{value}"{" class=bright" if value >= _BRIGHT else ""}>{_number(value, unit)}</td>'
            for value in values
        )
        body += f'<tr{" class=marked" if number == row else ""}><th scope="row">{number}</th>{cells}</tr>'
    label, corner = escape(_("The pixel values, 28 rows of 28")), _("row")
    return (
        f'<div class="numbers" role="region" aria-label="{label}" tabindex="0">'
        f'<table><thead><tr><th scope="col">{corner}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _number(value: int, unit: bool) -> str:
    return numeral(value / 255, ".2f") if unit and 0 < value < 255 else str(value // 255 if unit else value)


def flattening(image: np.ndarray, row: int, alt: str) -> str:
    """A picture and, below it, its rows laid end to end; one row is marked in both.

    Args:
        image: (28, 28) uint8.
        row: the row to mark.
        alt: what the figure shows, for screen readers.

    Returns:
        HTML.
    """
    side, right = SIDE * _CELL, _LEFT + SIDE * _CELL
    top, bottom = _CELL * row, _CELL * (row + 1)
    first, last = row_inputs(row)
    picture, strip = [], []
    for r, c in zip(*(places.tolist() for places in np.nonzero(image)), strict=True):
        fill = f'fill="#{int(image[r, c]):02x}{int(image[r, c]):02x}{int(image[r, c]):02x}"'
        picture.append(f'<rect x="{_LEFT + _CELL * c}" y="{_CELL * r}" width="{_CELL}" height="{_CELL}" {fill}/>')
        strip.append(f'<rect x="{SIDE * r + c}" y="{_STRIP_TOP}" width="1" height="{_STRIP_HEIGHT}" {fill}/>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 788 {_STRIP_TOP + _STRIP_HEIGHT + 4}" '
        f'stroke="{_MARK}" stroke-width="3"><g shape-rendering="crispEdges" stroke="none">'
        f'<rect x="{_LEFT}" y="0" width="{side}" height="{side}" fill="#000"/>{"".join(picture)}'
        f'<rect x="0" y="{_STRIP_TOP}" width="784" height="{_STRIP_HEIGHT}" fill="#000"/>{"".join(strip)}</g>'
        f'<path d="M{_LEFT} {bottom}L{first} {_STRIP_TOP}H{last + 1}L{right} {bottom}Z" fill="{_MARK}" '
        f'fill-opacity="0.2" stroke-width="1"/><g fill="none">'
        f'<rect x="{_LEFT}" y="{top}" width="{side}" height="{_CELL}"/>'
        f'<rect x="{first}" y="{_STRIP_TOP}" width="{SIDE}" height="{_STRIP_HEIGHT}"/></g></svg>'
    )
    # As a picture, since Streamlit removes SVG from HTML.
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode('ascii')}"
    end = _("input {number}")
    ends = "".join(f"<span>{end.format(number=number)}</span>" for number in (0, SIDE * SIDE - 1))
    return (
        f'<figure class="flattening"><img src="{source}" alt="{escape(alt)}"><figcaption>{ends}</figcaption></figure>'
    )
