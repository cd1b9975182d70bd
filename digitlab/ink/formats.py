"""Tells by a file's first bytes which picture format it has, or what else it seems to be; its name may be wrong."""

from __future__ import annotations

import codecs
import io
import zipfile

from digitlab.language import N_
from digitlab.language import gettext as _

EXTENSIONS = {
    "PNG": ("png", "apng"),
    "JPEG": ("jpg", "jpeg", "jpe", "jfif", "mpo"),
    "HEIC": ("heic", "heif", "hif"),
    "AVIF": ("avif",),
    "WebP": ("webp",),
    "TIFF": ("tif", "tiff"),
    "GIF": ("gif",),
    "BMP": ("bmp", "dib"),
    "JPEG 2000": ("jp2", "j2k", "jpx", "j2c", "jpc", "jpf"),
    "PGM, PPM and PBM": ("pgm", "ppm", "pbm", "pnm"),
}
"""The formats that are read, and how their files' names may end, without the dot and in small letters."""

EXPECTED = N_("Expected PNG, JPEG, HEIC, AVIF, WebP, TIFF, GIF, BMP, JPEG 2000, PGM, PPM or PBM.")

_READ = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (8, b"WEBP", "WebP"),
    (0, b"II\x2a\0", "TIFF"),
    (0, b"MM\0\x2a", "TIFF"),
    (0, b"II\x2b\0", "TIFF"),
    (0, b"MM\0\x2b", "TIFF"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
_AS_PNG = N_("save it as PNG")
_UNPACK = N_("unpack it and choose a picture")
_CHOOSE = N_("choose a picture")
_AS_PICTURE = N_("save it as PNG or JPEG")
_PHOTO = N_("save one picture of it as PNG or JPEG")
_REFUSED = (
    (0, b"%PDF-", "PDF", _AS_PNG),
    (0, b"%!PS", "PostScript", _AS_PNG),
    (0, b"\xc5\xd0\xd3\xc6", "EPS", _AS_PNG),
    (0, b"8BPS", "Photoshop's PSD", _AS_PNG),
    (0, b"gimp xcf", "GIMP's XCF", N_("export it as PNG")),
    (0, b"\xff\x0a", "JPEG XL", _AS_PICTURE),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL", _AS_PICTURE),
    (8, b"CR\x02", N_("A camera's raw file (CR2)"), _AS_PICTURE),
    (0, b"FUJIFILMCCD-RAW", N_("A camera's raw file (RAF)"), _AS_PICTURE),
    (0, b"IIU\0", N_("A camera's raw file (RW2)"), _AS_PICTURE),
    (0, b"IIRO", N_("A camera's raw file (ORF)"), _AS_PICTURE),
    (0, b"IIRS", N_("A camera's raw file (ORF)"), _AS_PICTURE),
    (0, b"MMOR", N_("A camera's raw file (ORF)"), _AS_PICTURE),
    (0, b"FOVb", N_("A camera's raw file (X3F)"), _AS_PICTURE),
    (0, b"\x76\x2f\x31\x01", "OpenEXR", _AS_PNG),
    (0, b"#?RADIANCE", "Radiance HDR", _AS_PNG),
    (0, b"DDS ", "DDS", _AS_PNG),
    (0, b"\0\0\1\0", N_("An icon (ICO)"), _AS_PNG),
    (-18, b"TRUEVISION-XFILE", "TGA", _AS_PNG),
    (0, b"icns", N_("An icon (ICNS)"), _AS_PNG),
    (0, b"qoif", "QOI", _AS_PNG),
    (0, b"P7\n", "PAM", _AS_PNG),
    (0, b"SIMPLE  =", "FITS", _AS_PNG),
    (128, b"DICM", "DICOM", N_("save the picture as PNG")),
    (0, b"AT&TFORM", "DjVu", N_("save the page as PNG")),
    (0, b"\xd7\xcd\xc6\x9a", "WMF", _AS_PNG),
    (40, b" EMF", "EMF", _AS_PNG),
    (4, b"ftypcrx", N_("A camera's raw file (CR3)"), _AS_PICTURE),
    (4, b"ftypqt", N_("A film (MOV, such as a live photo's)"), _PHOTO),
    (4, b"ftyp", N_("A film (MP4)"), _PHOTO),
    (4, b"moov", N_("A film (MOV)"), _PHOTO),
    (4, b"mdat", N_("A film (MOV)"), _PHOTO),
    (0, b"\x1a\x45\xdf\xa3", N_("A film (WebM or MKV)"), _PHOTO),
    (8, b"AVI ", N_("A film (AVI)"), _PHOTO),
    (8, b"WAVE", N_("A sound (WAV)"), _CHOOSE),
    (0, b"ID3", N_("A sound (MP3)"), _CHOOSE),
    (0, b"OggS", N_("An Ogg file"), _CHOOSE),
    (0, b"7z\xbc\xaf\x27\x1c", N_("A 7z archive"), _UNPACK),
    (0, b"Rar!", N_("A RAR archive"), _UNPACK),
    (0, b"\x1f\x8b", N_("A packed file (gzip)"), _UNPACK),
    (0, b"\xd0\xcf\x11\xe0", N_("An old Office document"), N_("save the picture in it as PNG")),
    (0, b"{\\rtf", "RTF", N_("save the picture in it as PNG")),
    (0, b"SQLite format 3", N_("A database"), _CHOOSE),
    (0, b"\x7fELF", N_("A program"), _CHOOSE),
    (0, b"MZ", N_("A program"), _CHOOSE),
    (0, b"\x93NUMPY", N_("A NumPy array"), _AS_PNG),
)
_NEAR_THE_START = (
    (b"%pdf-", "PDF", _AS_PNG),
    (b"<svg", "SVG", _AS_PNG),
    (b"<!doctype html", N_("A web page (HTML)"), N_("save the picture on it, not the page")),
    (b"<html", N_("A web page (HTML)"), N_("save the picture on it, not the page")),
)
_IN_ZIP = (
    ("word/", N_("A Word document (DOCX)"), N_("save the picture in it as PNG")),
    ("xl/", N_("An Excel sheet (XLSX)"), N_("save the picture in it as PNG")),
    ("ppt/", N_("A PowerPoint file (PPTX)"), N_("save the slide as PNG")),
    ("content.xml", N_("An OpenDocument file"), N_("save the picture in it as PNG")),
    ("Index/Document.iwa", N_("An iWork document"), N_("save the picture in it as PNG")),
    ("mergedimage.png", N_("A layered picture (KRA or ORA)"), N_("export it as PNG")),
    ("Document.archive", N_("A Procreate picture"), N_("share it as PNG")),
)


def named(data: bytes) -> str | None:
    """The format of a file, one of `EXTENSIONS`, or None if it has none of them.

    Args:
        data: the whole file, or its first 1,024 bytes.
    """
    if data[8:10] == b"CR":  # Canon's raw files begin as a TIFF
        return None
    name = next((name for at, magic, name in _READ if data[at:].startswith(magic)), None)
    if data[4:8] == b"ftyp":
        size = min(int.from_bytes(data[:4], "big"), 128)
        brands = [data[at : at + 4] for at in (8, *range(16, size, 4))]
        is_heic = brands[0] in _HEIC_BRANDS
        name = "AVIF" if b"avif" in brands or b"avis" in brands else "HEIC" if is_heic else None
    elif data[:1] == b"P" and data[1:2] in tuple(b"%c" % kind for kind in b"123456f") and data[2:3].isspace():
        name = "PGM, PPM and PBM"
    return name


def refusal(data: bytes) -> str:
    """What to tell of a file that has no format of `EXTENSIONS`, as a sentence or two.

    Args:
        data: the whole file.
    """
    name, remedy = _known(data)
    if name:
        return _("{name} is not read: {remedy}.").format(name=_(name), remedy=_(remedy))
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{") and b'"strokes"' in data[:100_000]:
        return _("These are strokes, which are read from files whose name ends in .json: rename it.")
    if _is_text(start):
        return _("This file holds text, not a picture. {expected}").format(expected=_(EXPECTED))
    return _("This file is not a picture that can be read. {expected}").format(expected=_(EXPECTED))


def _known(data: bytes) -> tuple[str | None, str]:
    """What a file is, and what to do instead."""
    for at, magic, name, remedy in _REFUSED:
        if data[at:].startswith(magic):
            return name, remedy
    if data.startswith(b"PK\3\4"):
        packed = _packed(data)
        for part, name, remedy in _IN_ZIP:
            if any(file.startswith(part) for file in packed):
                return name, remedy
        return N_("A ZIP archive"), N_("unpack it and choose a picture")
    start = data[:1024].lower()
    return next(((name, remedy) for part, name, remedy in _NEAR_THE_START if part in start), (None, ""))


def _packed(data: bytes) -> list[str]:
    try:
        return zipfile.ZipFile(io.BytesIO(data)).namelist()[:10_000]
    except Exception:  # damaged in any way
        return []


def _is_text(start: bytes) -> bool:
    """Whether the beginning of a file, which may end within a character, is text."""
    encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
    return bool(text) and all(sign.isprintable() or sign.isspace() for sign in text.replace("\ufffd", "\0"))
