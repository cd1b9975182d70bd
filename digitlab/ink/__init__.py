"""Ink: turns a drawing or a picture into the 28 x 28 pixels that MNIST's authors would have made of it.

Lives here: decoding pictures, finding the ink on them, telling separate digits apart, MNIST's format, strokes.
Door: `read`, which returns an `Ink`; `decoded`, for drawings as JSON text; `thinned`, for those that are stored; `cut`,
for a part of one; `as_drawn`, `normalise` and `enlarge` for ink without a background; `preview` of a picture file, the
`EXTENSIONS` of those that are read, and `share_memory`.
May import: settings, pixels and errors.
"""

from digitlab.ink.box import Box
from digitlab.ink.decoding import share_memory
from digitlab.ink.formats import EXTENSIONS
from digitlab.ink.large import SMALL_BYTES, decoded
from digitlab.ink.mnist_format import DIGIT_SIDE, SIDE, STROKE_SHARE, WORKING_SIDE, enlarge, lies_flat, normalise
from digitlab.ink.picture import check_bytes, preview
from digitlab.ink.pipeline import Ink, Step, as_one_digit, from_mnist, legible, read
from digitlab.ink.strokes import BRUSH_PX, CANVAS_PX, PEN, PIXELS, Strokes, as_drawn, cut, smooth
from digitlab.ink.strokes import from_json as strokes_from_json
from digitlab.ink.strokes import parse as parse_strokes
from digitlab.ink.thinning import thinned

__all__ = [
    "BRUSH_PX",
    "CANVAS_PX",
    "DIGIT_SIDE",
    "EXTENSIONS",
    "PEN",
    "PIXELS",
    "SIDE",
    "SMALL_BYTES",
    "STROKE_SHARE",
    "WORKING_SIDE",
    "Box",
    "Ink",
    "Step",
    "Strokes",
    "as_drawn",
    "as_one_digit",
    "check_bytes",
    "cut",
    "decoded",
    "enlarge",
    "from_mnist",
    "legible",
    "lies_flat",
    "normalise",
    "parse_strokes",
    "preview",
    "read",
    "share_memory",
    "smooth",
    "strokes_from_json",
    "thinned",
]
