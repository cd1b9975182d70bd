"""The address for the audience as a QR code, for a screen or a terminal."""

from __future__ import annotations

import io

import segno


def image(address: str) -> str:
    """A QR code as the data URI of an SVG picture: dark on white, with the quiet zone that readers need."""
    return segno.make(address, micro=False, error="m").svg_data_uri(dark="#000", light="#fff", border=4, omitsize=True)


def text(address: str) -> str:
    """A QR code in half blocks, for a terminal."""
    out = io.StringIO()
    segno.make(address, micro=False, error="l").terminal(out, border=2, compact=True)
    return out.getvalue()
