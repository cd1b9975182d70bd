"""The Draw page in a real Chromium: drawn with the mouse, read off the screen."""

import base64
import io
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab import ink, serving
from digitlab.models import store
from tests import drawings
from tests.browser import hand
from tests.browser.server import serve
from tests.ink.test_picture import header_only_png, photo

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def report_strokes_after(page, report_ms: int) -> None:
    """Change the 200 ms after which the canvas reports a stroke, and let an undo wait for that as long as it takes."""
    page.add_init_script(
        "const after = setTimeout; window.setTimeout = (then, ms, ...rest) => "
        f"after(then, {{ 200: {report_ms}, 2000: 600000 }}[ms] ?? ms, ...rest)"
    )


def test_draw_every_digit_with_the_mouse(page, server):
    hand.open_page(page, server.url)
    for digit in range(10):
        hand.draw(page, digit)
        hand.expect_answers(page, digit)
        page.keyboard.press("Delete")
        hand.expect_prompt(page)
    hand.no_traceback(page)


@pytest.mark.parametrize("path", ["", "draw"])
def test_deep_link_as_the_first_request_to_a_fresh_server(page, tmp_path, path):
    with serve(tmp_path / "log") as fresh:
        hand.open_page(page, f"{fresh.url}/{path}?left=cnn&right=dnn")
        expect(page.locator(".st-key-answer_left header")).to_contain_text("CNN")
        expect(page.locator(".st-key-answer_right header")).to_contain_text("DNN")
        hand.draw(page, 2)
        hand.expect_answers(page, 2)
        maps = Path(f"/proc/{fresh.pid}/maps")
        if maps.exists():  # Linux: what the process really loaded
            assert "tensorflow/" not in maps.read_text()
            assert "litert" in maps.read_text().lower()
        assert "Traceback" not in fresh.log.read_text()


def test_another_page_as_the_first_request_to_a_fresh_server(page, tmp_path):
    with serve(tmp_path / "log", "tests/browser/two_pages.py") as fresh:
        page.goto(f"{fresh.url}/elsewhere")
        expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's "page not found"


def test_two_digits_are_read_as_a_number(page, server):
    hand.open_page(page, server.url)
    hand.draw(page, 4, left=20, top=80, size=100)
    hand.expect_answers(page, 4)
    hand.draw(page, 2, left=155, top=80, size=100)
    expect(page.locator(".st-key-agreement")).to_contain_text("Both read 42")
    for side in ("answer_left", "answer_right"):
        expect(page.locator(f".st-key-{side} .digits b")).to_have_text(["4", "2"])
    expect(page.locator(".boxes i")).to_have_count(2)
    hand.no_traceback(page)


def test_a_letter_is_no_digit(page, server):
    hand.open_page(page, server.url)
    hand.strokes(page, [np.array([[60, 60], [220, 220]]), np.array([[220, 60], [60, 220]])])
    expect(page.locator(".st-key-agreement")).to_contain_text("This does not look like one digit")
    expect(page.locator(".card.doubtful .digit")).to_have_count(2)
    hand.no_traceback(page)


@pytest.mark.parametrize(("digit", "size"), [(2, 170), (4, 170), (8, 60), (5, 60)])
def test_benchmarks_draw_as_the_canvas_does(page, server, digit, size):
    """`benchmarks.drawings` rasterises strokes without a browser: the models must see nearly the same."""
    hand.open_page(page, server.url)
    where = {"left": 60, "top": 50, "size": size}
    hand.draw(page, digit, **where)
    hand.expect_answers(page, digit)
    data = page.locator("canvas.dc-canvas.lower-canvas").evaluate("canvas => canvas.toDataURL()")
    theirs = ink.read(base64.b64decode(data.partition(",")[2])).pixels
    # Fabric.js leaves out the last point but one of a stroke, so that a corner before it becomes rounder.
    kept = [np.delete(hand.visited(stroke), -2, axis=0) for stroke in drawings.strokes(digit, **where)]
    ours = ink.read(drawings.rasterise(kept, 280, 20)).pixels
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99
    for name in store.FLAGSHIPS:
        one, other = serving.load(name).answer(np.stack([ours, theirs])).probabilities
        assert np.abs(one - other).max() < 0.05


def test_undo_takes_back_one_stroke_at_a_time(page, server):
    hand.open_page(page, server.url)
    hand.draw(page, 1, left=80)
    hand.expect_answers(page, 1)
    hand.expect_reported(page, 1)
    for _ in range(2):  # twice: the second undo goes back to the very same strokes as the first
        box = hand.canvas(page).bounding_box()
        before = page.locator(".seen img").get_attribute("src")
        page.mouse.move(box["x"] + 30, box["y"] + 250)
        page.mouse.down()
        page.mouse.move(box["x"] + 250, box["y"] + 30, steps=5)
        page.mouse.up()
        hand.expect_reported(page, 2)
        page.locator(".st-key-undo button").click()
        expect(page.locator(".seen img")).to_have_attribute("src", before)
        hand.expect_answers(page, 1)
    page.locator(".st-key-undo button").click()
    hand.expect_prompt(page)


@pytest.mark.parametrize("wait_ms", [0, 120, 400])
def test_undo_right_after_a_stroke_takes_back_that_stroke_alone(page, server, wait_ms):
    report_strokes_after(page, 200)
    hand.open_page(page, server.url)
    hand.draw(page, 1, left=80)
    hand.expect_answers(page, 1)
    box = hand.canvas(page).bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 250)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 30, steps=5)
    page.mouse.up()
    page.wait_for_timeout(wait_ms)  # as long as a person hesitates
    page.keyboard.press("Control+z")
    hand.expect_reported(page, 1, revision=2)
    hand.expect_answers(page, 1)


@pytest.mark.parametrize("is_key", [False, True])
def test_undo_waits_for_a_stroke_that_is_reported_late(page, server, is_key):
    report_strokes_after(page, 1200)  # as where the browser has much to do
    hand.open_page(page, server.url)
    hand.draw(page, 1, left=80)
    hand.expect_reported(page, 1)
    hand.draw(page, 7, left=180, size=60)
    if is_key:
        page.keyboard.press("Control+z")
    else:
        page.locator(".st-key-undo button").click()
    hand.expect_reported(page, 1, revision=2)
    hand.expect_answers(page, 1)


def test_upper_right_corner_takes_ink(page, server):
    hand.open_page(page, server.url)
    box = hand.canvas(page).bounding_box()
    right = box["x"] + 0.75 * box["width"]
    page.mouse.move(right, box["y"] - 30)  # from above, where the component's toolbar would appear
    page.mouse.move(right, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(right - 10, box["y"] + 0.9 * box["height"], steps=5)
    page.mouse.up()
    hand.expect_answers(page, 1)


def test_another_page_and_back_keeps_drawing_and_answer(page, tmp_path):
    with serve(tmp_path / "log", "tests/browser/two_pages.py") as two_pages:
        hand.draw_alone(page, two_pages.url, 4)
        page.get_by_role("link", name="Elsewhere").click()
        expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
        page.get_by_role("link", name="Draw").click()
        hand.canvas(page).wait_for()
        hand.expect_answers(page, 4)
        ink_on_canvas = "c => Array.from(c.getContext('2d').getImageData(0, 0, 280, 280).data).some(v => v < 50)"
        expect(hand.canvas(page)).to_be_visible()
        assert page.locator("canvas.dc-canvas.lower-canvas").evaluate(ink_on_canvas)
        page.locator(".st-key-undo button").click()
        page.locator(".st-key-undo button").click()
        hand.expect_prompt(page)


def test_reload_of_a_link_keeps_the_models(page, server):
    hand.open_page(page, f"{server.url}/?right=dnn")
    page.reload()
    expect(page.locator(".st-key-answer_right header")).to_contain_text("DNN")
    hand.open_page(page, f"{server.url}/?left=nobody&source=nowhere")
    expect(page.locator(".st-key-answer_left header")).to_contain_text("DNN")
    hand.no_traceback(page)


def test_steps_unfold(page, server):
    hand.draw_alone(page, server.url, 6)
    page.get_by_text("Every step from the drawing").click()
    expect(page.locator(".steps figure")).to_have_count(4)
    for step in ("Drawing", "Redrawn from its strokes", "Scaled to 20 px", "Centred by mass"):
        expect(page.locator(".steps")).to_contain_text(step)


def test_phone_with_a_finger(browser, server):
    with hand.window(browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as page:
        hand.open_page(page, server.url)
        box = hand.box(hand.canvas(page))
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        touch = page.context.new_cdp_session(page)
        corners = np.concatenate(drawings.strokes(7))
        path = [start + (end - start) * share for start, end in pairwise(corners) for share in np.linspace(0, 1, 12)]
        for number, (x, y) in enumerate(path):
            kind = "touchStart" if number == 0 else "touchMove"
            place = {"x": box["x"] + x, "y": box["y"] + y}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
            hand.frame(page)  # the browser merges what comes faster
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        hand.expect_answers(page, 7)
        hand.expect_reported(page, 1)
        assert page.evaluate("window.scrollY") == 0  # the finger drew, it did not scroll
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        left, right = (page.locator(f".st-key-{side} .card").bounding_box() for side in ("answer_left", "answer_right"))
        assert left["y"] == pytest.approx(right["y"], abs=2)  # side by side on a phone, too
        assert left["x"] + left["width"] <= right["x"] < 360


def upload(page, folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    page.locator("input[type=file]").set_input_files(folder / name)


def test_upload(page, server, tmp_path):
    page.goto(f"{server.url}/?source=Upload")
    upload(page, tmp_path, "photo.jpg", drawings.png(photo(3, seed=3), "JPEG"))
    hand.expect_answers(page, 3)
    for name, data, problem in (
        ("huge.png", header_only_png(13_000, 13_000), "169.0 megapixels; of such PNG files, at most 87 are read"),
        ("text.png", b"this is no picture", "This file holds text, not a picture. Expected PNG, JPEG, HEIC"),
        ("cut.png", drawings.png(photo(3, seed=3))[:20_000], "damaged or cut short"),
        ("blank.png", drawings.png(np.full((50, 50, 3), 255, np.uint8)), "no ink"),
    ):
        upload(page, tmp_path, name, data)
        expect(page.locator(".st-key-agreement")).to_contain_text(problem)
        expect(page.locator(".card ol")).to_have_count(0)
    hand.no_traceback(page)


# What Chromium says has moved, also right after a press of a key, which its own sum leaves out.
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((seen) => seen.getEntries().forEach((one) => { window.shifted += one.value; }))
    .observe({ type: "layout-shift" });
}"""


def test_answers_are_legible_and_on_screen_at_1280_by_720_and_nothing_moves(page, server):
    hand.open_page(page, f"{server.url}/?why=true")
    page.evaluate(SHIFTS)
    hand.draw(page, 9)
    hand.expect_answers(page, 9)
    hand.expect_reported(page, len(drawings.strokes(9)))
    for below in (".reason .why", ".st-key-models button", ".st-key-why"):
        place = hand.box(page.locator(below).first)
        assert place["y"] + place["height"] <= 720, below
    for side in ("answer_left", "answer_right"):
        digit = page.locator(f".st-key-{side} .digit").bounding_box()
        assert digit["height"] >= 120
        card = page.locator(f".st-key-{side} .card").bounding_box()
        assert card["y"] + card["height"] <= 720
    page.get_by_text("Keep what I confirm").click()
    page.get_by_role("button", name="That's right").click()
    expect(page.get_by_text(re.compile("Kept as a 9|It will be kept as soon as"))).to_be_visible()
    page.keyboard.press("Delete")
    hand.expect_prompt(page)
    hand.settle(page)
    for lines in (drawings.strokes(4, left=20, top=80, size=100), drawings.strokes(2, left=155, top=80, size=100)):
        hand.strokes(page, lines)
    expect(page.locator(".st-key-agreement")).to_contain_text("Both read 42")
    hand.expect_reported(page, 3)
    page.keyboard.press("Delete")
    hand.expect_prompt(page)
    hand.strokes(
        page, [np.array([[60, 60], [220, 220]]), np.array([[220, 60], [60, 220]])]
    )  # three lines are said of it
    expect(page.locator(".card.doubtful .digit")).to_have_count(2)
    hand.expect_reported(page, 2)
    hand.settle(page)
    assert page.evaluate("window.shifted") <= 0.02


def test_a_small_drawing_with_a_broad_brush_keeps_its_loops(page, server):
    hand.open_page(page, server.url)
    hand.draw(page, 8, left=115, top=110, size=42)  # the brush of 20 px fills both loops
    hand.expect_answers(page, 8)
    page.get_by_text("Every step from the drawing").click()
    expect(page.get_by_text("Redrawn from its strokes")).to_be_visible()


def two_on_a_large_page() -> bytes:
    """A JPEG of 2,000 x 1,400 px with a 3 at the left and a 7 at the right."""
    paper = Image.new("RGB", (2000, 1400), (246, 244, 238))
    for digit, left in ((3, 200), (7, 1200)):
        digit_alone = Image.fromarray(drawings.canvas(digit)[..., :3]).resize((560, 560))
        paper.paste(digit_alone.point(lambda value: min(value, 240)), (left, 400))
    buffer = io.BytesIO()
    paper.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def test_a_box_dragged_on_the_picture_is_read_alone(page, server, tmp_path):
    page.goto(f"{server.url}/?source=Upload")
    upload(page, tmp_path, "page.jpg", two_on_a_large_page())
    agreement, picture = page.locator(".st-key-agreement"), page.locator(".part-frame")
    expect(agreement).to_contain_text("Both read 37")
    expect(picture.locator(".taken")).to_have_count(2)
    hand.settle(page)
    at = hand.box(picture)

    def drag(*shares: tuple[float, float]) -> None:
        for number, (across, down) in enumerate(shares):
            page.mouse.move(at["x"] + across * at["width"], at["y"] + down * at["height"])
            if number == 0:
                page.mouse.down()
        page.mouse.up()

    drag((0.98, 0.95), (0.8, 0.5), (0.55, 0.2))  # from the lower right corner to the upper left
    expect(agreement).to_contain_text("Both say 7")
    expect(picture.locator(".taken")).to_have_count(1)
    taken = hand.box(picture.locator(".taken"))
    assert taken["x"] > at["x"] + 0.6 * at["width"]
    expect(picture.locator(".chosen")).to_be_visible()
    drag((0.3, 0.3))  # a click chooses nothing
    hand.settle(page)
    expect(agreement).to_contain_text("Both say 7")
    page.get_by_role("button", name="All of it").click()
    expect(agreement).to_contain_text("Both read 37")
    expect(picture.locator(".chosen")).to_be_hidden()
    hand.no_traceback(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_picture_fits_beside_the_answers(browser, server, tmp_path, width):
    with hand.window(browser, viewport={"width": width, "height": 720}) as page:
        page.goto(f"{server.url}/?source=Upload")
        upload(page, tmp_path, "page.jpg", two_on_a_large_page())
        expect(page.locator(".st-key-agreement")).to_contain_text("Both read 37")
        hand.settle(page)
        shown = hand.box(page.locator(".part-frame"))
        assert 0 <= shown["x"] < shown["x"] + shown["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 1280:
            assert shown["y"] + shown["height"] < 720


def test_a_drawing_survives_a_reload_its_link_and_the_dark_and_can_be_erased_stroke_by_stroke(browser, page, server):
    hand.draw_alone(page, server.url, 4)
    drawn = hand.pixels(page)
    page.get_by_role("button", name="Copy link").wait_for()
    expect(page.locator(".along li")).to_have_count(2)
    page.locator(".along input").fill("40")
    expect(page.locator(".film")).to_be_visible()  # the canvas shows a part of the drawing, too
    page.locator(".along input").fill("100")
    expect(page.locator(".film")).to_have_count(0)
    kept = page.evaluate("sessionStorage.getItem('digitlab drawing')")
    page.reload()
    hand.expect_answers(page, 4)
    hand.until(page, lambda: np.array_equal(hand.pixels(page), drawn))
    with hand.window(browser, color_scheme="dark") as dark:
        dark.goto(f"{server.url}/?drawing={kept}")
        hand.expect_answers(dark, 4)
        hand.expect_reported(dark, 2)
        assert np.array_equal(hand.pixels(dark), drawn)
        look = dark.locator(".st-key-canvas_frame > :first-child").first
        expect(look).to_have_css("filter", "invert(1)")
        data = dark.locator("canvas.dc-canvas.lower-canvas").evaluate("canvas => canvas.toDataURL()")
        reported = np.asarray(Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))).convert("L"))
        assert reported[0, 0] == 255  # paper is white for everybody but the eye
    page.get_by_role("button", name="Eraser").click()
    expect(page.get_by_role("button", name="Pen")).to_be_visible()
    hand.settle(page)
    hand.strokes(page, [np.array([[150, 190], [240, 190]])])  # across the upright alone
    expect(page.locator(".told[data-count='1']")).to_have_count(4)
    page.keyboard.press("Control+z")
    hand.expect_answers(page, 4)
    hand.settle(page)
    page.get_by_role("link", name="Collection").focus()  # and by keyboard alone
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator("a.present")).to_be_focused()
    page.locator(".st-key-canvas_frame").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".live .live-status")).to_have_text("Stroke 2 of 2. Press Enter to erase it.")
    page.keyboard.press("Enter")
    expect(page.locator(".told[data-count='1']")).to_have_count(4)
    hand.settle(page)
    page.keyboard.press("Control+z")
    hand.expect_answers(page, 4)
    page.keyboard.press("Delete")
    hand.expect_prompt(page)
    hand.settle(page)
    page.keyboard.press("Control+z")
    hand.expect_answers(page, 4)
    hand.no_traceback(page)
