"""Paper as people have it: tables, lines, frames, shadows, edges. The ink of the digit is found, and nothing else."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from PIL import Image

from digitlab import ink, serving
from digitlab.errors import NothingDrawn
from digitlab.ink import foreground
from tests import drawings

WIDTH, HEIGHT = 800, 600


def cover(digit: int, size: float = 300, brush: float = 20, left: float = 250, top: float = 150) -> np.ndarray:
    """(600, 800) float: how much of each pixel a pen covers."""
    side = max(WIDTH, HEIGHT)
    lines = drawings.rasterise(drawings.strokes(digit, left, top, size), side, brush)[:HEIGHT, :WIDTH, 0]
    return 1 - lines / 255.0


def paper(seed: int = 0, grey: float = 0.85, noise: float = 0.01) -> np.ndarray:
    """(600, 800, 3): paper under light from one side."""
    light = np.linspace(1, 0.8, WIDTH)[None, :, None]
    grain = np.random.default_rng(seed).normal(0, noise, (HEIGHT, WIDTH, 3))
    return grey * light + grain


def with_ink(rgb: np.ndarray, share: np.ndarray, colour: tuple[float, float, float] = (0.1, 0.1, 0.3)) -> np.ndarray:
    return rgb * (1 - share[..., None]) + np.array(colour) * share[..., None]


def as_picture(rgb: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(rgb, 0, 1) * 255).round().astype(np.uint8)).convert("RGBA")


def overlap(rgb: np.ndarray, true: np.ndarray) -> float:
    """Intersection over union of the ink that is found and the ink that is there."""
    raw = foreground.find_ink(as_picture(rgb))
    seen = cv2.warpPerspective(raw.ink, raw.to_picture, (rgb.shape[1], rgb.shape[0])) >= 0.5
    return float((seen & (true >= 0.5)).sum() / (seen | (true >= 0.5)).sum())


@pytest.mark.parametrize("contrast", [0.05, 0.1])
def test_faint_pencil(contrast):
    true = cover(5)
    assert overlap(with_ink(paper(), contrast * true, (0, 0, 0)), true) > 0.8


@pytest.mark.parametrize("digit", [2, 3, 7])
@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("darkness", [0.25, 0.6])
def test_lines_of_the_paper_are_left_out_and_strokes_mended(digit, squared, darkness):
    true, lines = cover(digit, brush=14), np.zeros((HEIGHT, WIDTH), np.uint8)
    for at in range(-40, 900, 45):
        cv2.line(lines, (0, at), (WIDTH, at + 14), 255, 2, cv2.LINE_AA)
        if squared:
            cv2.line(lines, (at, 0), (at - 10, HEIGHT), 255, 2, cv2.LINE_AA)
    rgb = with_ink(paper(), darkness * lines / 255, (0.2, 0.2, 0.25))
    rgb = with_ink(rgb, 0.6 * true, (0.2, 0.2, 0.2))
    assert overlap(rgb, true) > 0.8
    raw = foreground.find_ink(as_picture(rgb))
    assert [name for name, _ in raw.steps] == ["Lines of the paper left out"]
    _, _, stats, _ = cv2.connectedComponentsWithStats((raw.ink >= 0.5).astype(np.uint8))
    assert stats[1:, cv2.CC_STAT_AREA].max() > 0.99 * stats[1:, cv2.CC_STAT_AREA].sum()  # no gap splits the stroke


def test_a_long_straight_stroke_is_no_line_of_the_paper():
    true = np.zeros((HEIGHT, WIDTH))
    true[40:560, 400:404] = 1
    assert overlap(with_ink(np.ones((HEIGHT, WIDTH, 3)), true), true) > 0.9


@pytest.mark.parametrize("table", [0.2, 0.99])
def test_a_sheet_on_a_table_is_laid_flat(table):
    sheet = with_ink(paper(grey=0.75), cover(4))
    corners = np.array([[90, 60], [700, 90], [760, 540], [40, 560]], np.float32)
    square = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    view = cv2.getPerspectiveTransform(square, corners)
    on = cv2.warpPerspective(np.ones((HEIGHT, WIDTH)), view, (WIDTH, HEIGHT))[..., None]
    rgb = cv2.warpPerspective(sheet, view, (WIDTH, HEIGHT)) * on + table * (1 - on)
    true = cv2.warpPerspective(cover(4), view, (WIDTH, HEIGHT))
    assert overlap(rgb, true) > 0.85
    assert foreground.find_ink(as_picture(rgb)).steps[0][0] == "Sheet found"


@pytest.mark.parametrize("soft", [1, 15])
@pytest.mark.parametrize("digit", [3, 8])
def test_the_edge_of_a_shadow_is_not_ink(soft, digit):
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    shade = cv2.GaussianBlur((x + 0.5 * y < 520).astype(float), (0, 0), soft)
    true = cover(digit)
    assert overlap(with_ink(paper(), true) * (1 - 0.5 * shade[..., None]), true) > 0.85


@pytest.mark.parametrize("digit", [0, 1, 6, 8])
@pytest.mark.parametrize("frame", ["box", "circle", "open circle", "cell", "edges", "underline"])
def test_frames_edges_and_underlines_are_not_the_digit(frame, digit):
    true = cover(digit, brush=24)
    lines = np.zeros((HEIGHT, WIDTH), np.uint8)
    if frame == "box":
        cv2.rectangle(lines, (180, 90), (620, 510), 255, 6)
    elif frame == "circle":
        cv2.circle(lines, (400, 300), 260, 255, 6)
    elif frame == "open circle":
        cv2.ellipse(lines, (400, 300), (280, 260), 0, 10, 360, 255, 6)
    elif frame == "cell":
        for one, other in (
            ((150, 0), (154, 600)),
            ((650, 0), (646, 600)),
            ((0, 80), (800, 84)),
            ((0, 520), (800, 520)),
        ):
            cv2.line(lines, one, other, 255, 5)
    elif frame == "edges":
        lines[:30], lines[:, -25:] = 255, 255
    else:
        cv2.line(lines, (220, 520), (580, 525), 255, 10)
    rgb = with_ink(with_ink(np.ones((HEIGHT, WIDTH, 3)), lines / 255.0), true)
    assert overlap(rgb, true) > 0.95


def test_what_the_border_cuts_off_is_not_the_digit():
    true, beside = cover(3), cover(8, left=680)
    assert overlap(with_ink(np.ones((HEIGHT, WIDTH, 3)), np.maximum(true, beside)), true) > 0.95


def test_a_digit_that_touches_the_border_on_its_own_stays():
    true = cover(5)
    rows, columns = np.flatnonzero((true > 0.5).any(axis=1)), np.flatnonzero((true > 0.5).any(axis=0))
    true = true[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert overlap(with_ink(np.ones((*true.shape, 3)), true), true) > 0.95


@pytest.mark.parametrize("digit", [0, 4, 6, 8, 9])
def test_loops_are_no_frames(digit):
    for brush in (4, 20, 60):
        true = cover(digit, brush=brush)
        assert overlap(with_ink(np.ones((HEIGHT, WIDTH, 3)), true), true) > 0.95


def test_broad_strokes_keep_their_inside():
    true = cover(8, size=420, brush=90, top=90, left=150)
    assert overlap(with_ink(paper(), true), true) > 0.9


def test_uneven_strokes_stay_connected():
    true = cover(2)
    flow = np.clip(np.abs(np.linspace(-1, 1, WIDTH)), 0.3, 1)[None]
    assert overlap(with_ink(np.ones((HEIGHT, WIDTH, 3)), true * flow), true) > 0.9


def test_ink_of_half_transparency_is_full_ink():
    canvas = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    canvas[..., 3] = (100 * cover(2)).round()
    assert foreground.find_ink(Image.fromarray(canvas)).ink.max() == 1


@pytest.mark.parametrize("spread", [0.1, 0.6])
def test_noise_is_nothing(spread):
    noise = np.random.default_rng(0).normal(0.5, spread, (300, 300, 1)) * np.ones(3)
    with pytest.raises(NothingDrawn):
        foreground.find_ink(as_picture(noise))


def test_lines_alone_are_nothing():
    rgb = paper()
    rgb[50::40] *= 0.7
    with pytest.raises(NothingDrawn):
        foreground.find_ink(as_picture(rgb))


def test_a_small_digit_is_boxed_in_px_of_the_picture():
    page = np.ones((2000, 1500, 3))
    page[1200:1300, 700:760] = 1 - cover(3, 90, 8, 5, 5)[:100, :60, None]
    box = ink.read(drawings.png((page * 255).astype(np.uint8))).box
    assert 695 <= box.left < box.right <= 770
    assert 1195 <= box.top < box.bottom <= 1305


def test_small_photographed_digits_are_read():
    for digit in range(10):
        rgb = with_ink(paper(), cover(digit, size=36, brush=4, left=500, top=400))
        pixels = ink.read(drawings.png((np.clip(rgb, 0, 1) * 255).astype(np.uint8))).pixels
        assert serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == digit


def test_strokes_are_read_without_opencv():
    code = "import sys, digitlab.ink as ink; ink.strokes_from_json; print('cv2' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
