"""Checks and decodes a picture file or a canvas, whatever it shows."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image

from digitlab import settings
from digitlab.errors import PictureTooLarge, UnreadablePicture

# Not needed: `read` itself refuses such sizes before anything is decoded ...
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
# ... and whoever gives a picture cannot do anything about what Pillow skips in it.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

ORIENTATION_TAG = 0x0112  # EXIF's entry for which way is up
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)  # orientations in which the stored width is the upright picture's height
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
WORKING_SIDE = 512  # px: larger pictures are averaged down to this before their ink is found


def read(data: bytes) -> Image.Image:
    """Check the size and format of a picture file, decode it and turn it upright.

    Args:
        data: the whole file; PNG, JPEG, WebP or BMP.

    Returns:
        The picture in mode "RGBA"; a large JPEG is reduced to a fraction of its size.

    Raises:
        PictureTooLarge: it exceeds `Settings.picture_bytes` or `Settings.picture_pixels`; checked before decoding.
        UnreadablePicture: the file is not a picture, has another format, or is cut short.
    """
    check_bytes(len(data))
    if not data:
        raise UnreadablePicture("This file is empty. Expected PNG, JPEG, WebP or BMP.")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        most = settings.load().picture_pixels
        raise PictureTooLarge(
            f"This picture is far too large: at most {most / 1e6:g} megapixels are read. Save it smaller and try again."
        ) from error
    except Exception as error:  # Pillow parses arbitrary data here and may raise anything
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
    except MemoryError as error:
        raise PictureTooLarge(
            "This picture takes more memory than this machine has left. Save it smaller and try again."
        ) from error
    except Exception as error:  # as above
        raise UnreadablePicture(
            f"This {picture.format} file is damaged or cut short ({error}). Save it again and try once more."
        ) from error


def size(data: bytes) -> tuple[int, int]:
    """Width and height in px of a picture file that `read` has accepted, upright and at full size."""
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    return (height, width) if _orientation(picture) in SIDEWAYS else (width, height)


def check_bytes(count: int) -> None:
    """Refuse a file of `count` bytes if that is too large; works before the file is read.

    Raises:
        PictureTooLarge: `count` exceeds `Settings.picture_bytes`.
    """
    most = settings.load().picture_bytes
    if count > most:
        raise PictureTooLarge(
            f"This file has {count / 1e6:.1f} MB; at most {most / 1e6:g} MB are read. Save it smaller and try again."
        )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Reduce pictures of more than eight bits, stretching the range from their darkest to their lightest value; return
    others unchanged."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.asarray(picture, dtype=np.float64)
    span = max(float(np.ptp(values)), 1e-9)
    return Image.fromarray(np.round(255 * (values - values.min()) / span).astype(np.uint8))


def _upright(pixels: Image.Image, source: Image.Image) -> Image.Image:
    """Turn a photo upright, according to the camera's note of how it was held."""
    turn = _TURNS.get(_orientation(source))
    return pixels if turn is None else pixels.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """EXIF's number for the orientation, or 1 if it is missing or the EXIF data are damaged."""
    try:
        found = picture.getexif().get(ORIENTATION_TAG)
    except Exception:  # as in `read`
        return 1
    return found if isinstance(found, int) else 1


def from_canvas(pixels: np.ndarray) -> Image.Image:
    """A canvas as a picture.

    Args:
        pixels: (h, w, 4) uint8 RGBA.

    Raises:
        UnreadablePicture: the array has another shape or dtype.
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
