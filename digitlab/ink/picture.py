"""A picture file or a canvas, checked and decoded: nothing is known yet of what it shows."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, UnidentifiedImageError

from digitlab import settings
from digitlab.errors import PictureTooLarge, UnreadablePicture

# Pillow warns of sizes that `read` refuses in words, long before it would decode them.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

ORIENTATION_TAG = 0x0112  # EXIF: which way is up
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)  # orientations whose width is the upright picture's height
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
WORKING_SIDE = 512  # px: larger pictures are averaged down to this before ink is sought


def read(data: bytes) -> Image.Image:
    """Decode a picture file, upright, after checking its size and format.

    Args:
        data: the whole file; PNG, JPEG, WebP or BMP.

    Returns:
        The picture in mode "RGBA"; a large JPEG at a fraction of its size.

    Raises:
        PictureTooLarge: over `Settings.picture_bytes` or `Settings.picture_pixels`; checked before decoding.
        UnreadablePicture: not a picture, of another format, or cut short.
    """
    check_bytes(len(data))
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(f"This picture is far too large: {error}. Save it smaller and try again.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadablePicture(
            "This file is not a picture that can be read. Expected PNG, JPEG, WebP or BMP."
        ) from error
    width, height = picture.size
    most = settings.load().picture_pixels
    if width * height > most:
        raise PictureTooLarge(
            f"This picture has {width} x {height} = {width * height / 1e6:.1f} megapixels; at most "
            f"{most / 1e6:g} are read. Save it smaller and try again."
        )
    try:
        picture.draft("RGB", (2 * WORKING_SIDE, 2 * WORKING_SIDE))  # JPEG only: decode at a fraction of the size
        picture.load()
        return _upright(_eight_bits(picture).convert("RGBA"), picture)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(
            f"This {picture.format} file is damaged or cut short ({error}). Save it again and try once more."
        ) from error


def size(data: bytes) -> tuple[int, int]:
    """Width and height of a picture that `read` has taken, in its own px, upright."""
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    return (height, width) if _orientation(picture) in SIDEWAYS else (width, height)


def check_bytes(count: int) -> None:
    """Refuse a file of `count` bytes if that is too large; it need not have been read for this.

    Raises:
        PictureTooLarge: over `Settings.picture_bytes`.
    """
    most = settings.load().picture_bytes
    if count > most:
        raise PictureTooLarge(
            f"This file has {count / 1e6:.1f} MB; at most {most / 1e6:g} MB are read. Save it smaller and try again."
        )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Pictures of more than eight bits, stretched from their darkest to their lightest; others as they are."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.asarray(picture, dtype=np.float64)
    span = max(float(np.ptp(values)), 1e-9)
    return Image.fromarray(np.round(255 * (values - values.min()) / span).astype(np.uint8))


def _upright(pixels: Image.Image, source: Image.Image) -> Image.Image:
    """Turn a photo as its camera says it was held."""
    turn = _TURNS.get(_orientation(source))
    return pixels if turn is None else pixels.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """EXIF's number for it, 1 where there is none. Damaged notes of a camera do not make a picture unreadable."""
    try:
        found = picture.getexif().get(ORIENTATION_TAG)
    except Exception:  # Pillow parses what is in the file: anything can come of it
        return 1
    return found if isinstance(found, int) else 1


def from_canvas(pixels: np.ndarray) -> Image.Image:
    """A canvas as a picture.

    Args:
        pixels: (h, w, 4) uint8 RGBA.

    Raises:
        UnreadablePicture: another shape or dtype.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise UnreadablePicture(
            f"A drawing is an (h, w, 4) uint8 RGBA array; this one is {pixels.shape} {pixels.dtype}."
        )
    return Image.fromarray(pixels, "RGBA")


def fitted(picture: Image.Image) -> Image.Image:
    """The picture averaged down until its longer side is at most `WORKING_SIDE` px."""
    factor = WORKING_SIDE / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)
