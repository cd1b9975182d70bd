"""Picture files made to cost a server as much as they can are refused in words before they do."""

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from digitlab import ink, settings
from digitlab.errors import InkError, NothingDrawn, PictureTooLarge, ReadsOthers, UnreadablePicture
from digitlab.ink import apart, costs, decoding, picture
from digitlab.ui import memory
from tests import drawings
from tests.ink import hostile

MANY = 200_000


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: hostile.png(1, 39_999_999), "1 x 39999999 px; at most 30,000 px are read on a side"),
        (lambda: hostile.png(39_999_999, 1), "at most 30,000 px are read on a side"),
        (lambda: hostile.tiff_of_strips(1, 40_000, 1), "at most 30,000 px are read on a side"),
        (lambda: hostile.jpeg(8000, 5000, scans=1500, sof=0xC2), "in more than 50 steps"),
        (lambda: hostile.jpeg(64, 64, scans=1500, sof=0xC2), "in more than 1000 steps"),
        (lambda: hostile.jpeg(64, 64, before=hostile.segment(0xE1, b"Exif\0\0" + bytes(60_000)) * 17), "more notes"),
        (lambda: hostile.jpeg(64, 64, before=hostile.segment(0xED, bytes(60_000)) * 400), "more notes than picture"),
        (lambda: hostile.tiff_of_many_directories(1001), "more than 1000 pictures"),
        (lambda: hostile.tiff_with_tag(274, 3, MANY, 2), "more than 100,000 values"),
        (lambda: hostile.tiff_with_tag(282, 5, MANY, 8), "more than 100,000 values"),
        (lambda: hostile.tiff_of_tiles(500, 500, 1), "more than 100,000 values"),
        (lambda: hostile.bmp(30_000, 7_000, data=b"\1\0\0\0" * 100), "of such BMP files"),
        (lambda: hostile.avif_with_exif(hostile.tiff_with_tag(274, 3, MANY, 2)), "more than 100,000 values"),
    ],
)  # fmt: skip
def test_what_is_dear_to_decode_is_refused(make, told):
    with pytest.raises(PictureTooLarge) as refused:
        ink.read(make())
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: hostile.png(64, 64, before=hostile.chunk(b"prVt") * MANY),
        lambda: hostile.png(64, 64, after=hostile.chunk(b"prVt") * MANY),
        lambda: hostile.png(64, 64, data=hostile.chunk(b"IDAT") * MANY),
        lambda: hostile.jpeg(64, 64, before=hostile.segment(0xFE) * MANY),
        lambda: hostile.jpeg(64, 64, before=b"\xff" * MANY),
        lambda: hostile.gif(8, 8, MANY),
        lambda: hostile.gif(8, 8, 1, more=b"\x21\xfe" + b"\1a" * MANY + b"\0"),
        lambda: hostile.bmp(3000, 3000, data=b"\1\0" * MANY),
        lambda: b"P5\n" + b" " * MANY + b"8 8\n255\n" + bytes(64),
    ],
)
def test_what_is_cut_into_many_pieces_is_refused(make, monkeypatch):
    monkeypatch.setattr(costs.File, "left", MANY // 4)
    monkeypatch.setattr(costs, "MORE_READS", MANY // 4)
    with pytest.raises(UnreadablePicture, match="so many small pieces"):
        ink.read(make())


def test_pictures_of_pictures_of_pictures_are_refused():
    grids = {1: b"grid", 2: b"grid", 3: b"hvc1"}
    for kinds, parts in ((grids, {1: [2, 2], 2: [3, 3]}), ({1: b"iovl", 2: b"hvc1"}, {1: [2]})):
        with pytest.raises(UnreadablePicture, match="in a rare way"):
            ink.read(hostile.heic(kinds, parts))
    costs.check_heic(hostile.heic({1: b"grid", 2: b"hvc1", 3: b"Exif"}, {1: [2] * 48}))  # as phones do


def test_ordinary_progressive_photos_pass():
    costs.check_jpeg(hostile.jpeg(8000, 6000, scans=40, sof=0xC2))
    costs.check_jpeg(hostile.jpeg(4000, 3000, scans=150, sof=0xC2))


def test_an_end_within_a_note_hides_no_scans():
    note = hostile.segment(0xFE, b"\xff\xd9")
    data = hostile.jpeg(8000, 5000, scans=500, sof=0xC2, before=note, data=b"\0\0" + note)
    with pytest.raises(PictureTooLarge, match="steps"):
        ink.read(data)


def test_large_pages_cost_no_more_than_a_large_picture():
    assert len(list(picture.read(hostile.apng(1000, 1000, 30)))) <= 18
    assert len(list(picture.read(hostile.apng(28, 28, 60)))) == decoding.MOST_PAGES


def test_one_picture_is_read_at_a_time_and_few_wait(monkeypatch):
    at_once, most, done, refused = 0, 0, 0, 0
    data = drawings.png(drawings.canvas(3))
    pages = decoding.pages

    def counted(*given):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.02)
        try:
            yield from pages(*given)
        finally:
            at_once -= 1

    monkeypatch.setattr(decoding, "pages", counted)

    def read() -> None:
        nonlocal done, refused
        try:
            ink.read(data)
            done += 1
        except ReadsOthers:
            refused += 1

    threads = [threading.Thread(target=read) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert done >= 8
    assert done + refused == 30
    assert refused > 0
    with picture.alone():
        monkeypatch.setattr(picture, "PATIENCE_S", 0.01)
        waiting = threading.Thread(target=read)
        waiting.start()
        waiting.join()
    assert done + refused == 31


def test_what_the_process_has_no_memory_left_for_is_refused_for_the_moment(monkeypatch):
    monkeypatch.setattr(decoding, "_left", [])
    for left, told in ((1_100_000, NothingDrawn), (900_000, ReadsOthers)):
        ink.share_memory(lambda left=left: left)
        with pytest.raises(told):
            ink.read(hostile.png(1000, 1000))
    assert memory.LEAST_LEFT <= memory.left() < memory.MOST_BYTES


def test_jpeg_2000_is_read_apart_as_it_is_here():
    """Its decoder lets nothing else run, so that everybody would wait."""
    whole = hostile.saved(Image.fromarray(hostile.GREY), "JPEG2000")
    here = next(picture._read(whole, (40, 40, 200, 200), 90))
    there = next(picture.read(whole, (40, 40, 200, 200), 90))
    assert (there.box, there.size, there.page) == (here.box, here.size, here.page)
    assert (np.asarray(there.pixels) == np.asarray(here.pixels)).all()


def burn(data: bytes) -> None:
    while True:
        pass


def test_a_decoder_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "WALL_S", 1.0)
    with pytest.raises(PictureTooLarge, match="too long"):
        apart.read(b"", burn)


def test_damaged_pictures_are_read_or_refused():
    for name, data in hostile.damaged():
        if "JPEG2000" not in name:  # a process each
            with suppress(InkError):
                ink.read(data)


@pytest.mark.attack
@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
@pytest.mark.parametrize("part", range(hostile.PARTS))
def test_no_picture_takes_more_than_a_few_seconds_and_400_mb(part):
    done = subprocess.run(
        [sys.executable, "-m", "tests.ink.hostile", str(part)], cwd=settings.REPOSITORY, stdout=subprocess.PIPE,
        text=True, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) >= 180 // hostile.PARTS
    assert not [one for one in told if "is no InkError" in one["found"]]
    assert not [one for one in told if one["bytes"] > 400e6]
    assert not [one for one in told if one["seconds"] > 6]  # of a busy processor, a third is lost to others
