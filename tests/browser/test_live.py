"""Answers while the pen still moves, in a real Chromium."""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import drawings
from tests.browser import hand
from tests.browser.server import serve

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = pytest.mark.browser

# Every text that stood in the line above the cards at the end of a frame.
RECORD = """() => {
  window.said = [];
  const look = () => {
    const text = document.querySelector(".st-key-agreement").textContent.trim();
    if (window.said.at(-1) !== text) window.said.push(text);
    requestAnimationFrame(look);
  };
  look();
}"""


class Script:
    """The way between the page and its script run, which can be blocked."""

    def __init__(self, page) -> None:
        self.blocked = False
        page.route_web_socket("**/_stcore/stream", self._connected)

    def _connected(self, socket) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if self.blocked else server.send(message))
        server.on_message(socket.send)


def half(page, digit: int, **where: float) -> np.ndarray:
    """Draw a digit of one stroke with the mouse, and leave the pen down; returns where it is."""
    box = hand.box(hand.canvas(page))
    (line,) = drawings.strokes(digit, **where)
    points = hand.visited(np.float64(line)) * box["width"] / 280 + [box["x"], box["y"]]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
        hand.frame(page)
    return points[-1]


def test_answers_stand_before_pen_up_grey_and_unspoken_and_then_firm(page, server):
    hand.open_page(page, server.url)
    expect(page.locator(".seen .awaited")).to_be_visible()
    half(page, 3)
    hand.expect_answers(page, 3)  # the pen is down
    expect(page.locator(".card.moving")).to_have_count(2)
    expect(page.locator(".agreement.moving")).to_have_count(1)
    expect(page.locator(".live .live-status")).to_be_empty()
    expect(page.locator(".seen img")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".card.moving")).to_have_count(0)
    expect(page.locator(".live .live-status")).to_contain_text("Both say 3")
    hand.no_traceback(page)


def test_pen_up_is_answered_while_the_script_run_is_blocked(page, server):
    script = Script(page)
    hand.open_page(page, server.url)
    script.blocked = True
    hand.draw(page, 4)
    hand.expect_answers(page, 4)
    expect(page.locator(".card.moving")).to_have_count(0)
    expect(page.locator(".live .live-status")).to_contain_text("Both say 4")
    assert page.locator(".st-key-answer_left .told").get_attribute("data-count") == "0"


def test_the_script_run_answers_while_live_answers_are_blocked(page, server):
    page.route("**/live/**", lambda route: route.abort())
    hand.open_page(page, server.url)
    hand.draw(page, 4)
    hand.expect_answers(page, 4)
    assert page.locator(".st-key-answer_left .told").get_attribute("data-count") == "2"
    expect(page.locator(".live .live-status")).to_contain_text("Both say 4")


def test_one_question_at_a_time(page, server):
    on_their_way, most, answers = set(), [], []

    def goes(request) -> None:
        if "/live/" in request.url:
            on_their_way.add(request)
            most.append(len(on_their_way))
            if "/answer?" in request.url:
                answers.append(request)

    def comes(request) -> None:
        on_their_way.discard(request)

    page.on("request", goes)
    page.on("requestfinished", comes)
    page.on("requestfailed", comes)
    hand.open_page(page, server.url)
    x, y = half(page, 3)

    def is_asked_often() -> bool:
        page.mouse.move(x, y + len(most) % 2)
        return len(most) > 3

    hand.until(page, is_asked_often)
    page.mouse.up()
    expect(page.locator(".live .live-status")).to_contain_text("Both say 3")
    expect(page.locator(".along li")).to_have_count(2)
    hand.expect_reported(page, 1)
    hand.until(page, lambda: not on_their_way)
    asked = len(answers)
    hand.pause(page, 1500)  # longer than any pause between two questions: nothing new, nothing asked
    assert len(answers) == asked
    # By the page's own clock, since a request's end may be told after the next one's start.
    spans = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.name.includes('/live/'))"
        ".map(one => [one.startTime, one.responseEnd])"
    )
    assert len(spans) >= asked > 3
    assert all(begun >= ended - 1 for (_, ended), (begun, _) in itertools.pairwise(sorted(spans)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads what a process has loaded from /proc")
def test_a_server_that_only_reads_drawings_does_not_load_what_tables_need(page, tmp_path):
    with serve(tmp_path / "log") as fresh:
        hand.draw_alone(page, fresh.url, 3)
        loaded = Path(f"/proc/{fresh.pid}/maps").read_text()
    assert "litert" in loaded
    assert [library for library in ("pandas", "pyarrow", "sklearn", "sqlalchemy") if library in loaded] == []


def test_what_was_refused_is_asked_again_while_the_pen_rests(page, server):
    refused = []

    def refuse(route) -> None:
        refused.append(route)
        route.fulfill(status=503, json={"problem": "Others come first."})

    hand.open_page(page, server.url)
    page.route("**/live/answer*", refuse)
    half(page, 3)
    hand.until(page, lambda: refused)
    page.unroute("**/live/answer*")
    hand.expect_answers(page, 3)  # the pen is down and rests
    expect(page.locator(".card.moving")).to_have_count(2)
    page.mouse.up()
    hand.expect_answers(page, 3)


def test_one_slow_answer_does_not_silence_a_pen(page, server):
    slowed = []

    def slow(route) -> None:
        reply = route.fetch()
        told = {"took_ms": 30_000} if reply.ok and not slowed else {}
        route.fulfill(status=reply.status, json=reply.json() | told)
        slowed.extend(told)

    hand.open_page(page, server.url)
    page.route("**/live/answer*", slow)
    half(page, 3)
    hand.expect_answers(page, 3)  # though three times 30 s have not passed
    page.unroute_all(behavior="ignoreErrors")


def test_an_older_script_run_never_shows(page, server):
    hand.open_page(page, server.url)
    half(page, 3, left=20, top=80, size=100)
    page.mouse.up()
    page.evaluate(RECORD)
    half(page, 7, left=155, top=80, size=100)  # meanwhile the script run of the 3 comes
    expect(page.locator(".told[data-count='1']")).not_to_have_count(0)
    page.mouse.up()
    expect(page.locator(".agreement")).to_contain_text("Both read 37")
    hand.expect_reported(page, 2)
    said = page.evaluate("window.said")
    later = said[next(at for at, text in enumerate(said) if "separate digits" in text) :]
    assert not [text for text in later if text.startswith("✓ Both say 3")]


def test_undo_and_clear_reach_the_live_answers(page, server):
    hand.open_page(page, server.url)
    half(page, 3, left=20, top=80, size=100)
    page.mouse.up()
    hand.expect_answers(page, 3)
    half(page, 7, left=155, top=80, size=100)
    page.mouse.up()
    expect(page.locator(".agreement")).to_contain_text("Both read 37")
    page.keyboard.press("Control+z")
    hand.expect_answers(page, 3)
    half(page, 1, left=155, top=80, size=100)
    expect(page.locator(".agreement")).to_contain_text("31")
    page.mouse.up()
    expect(page.locator(".agreement")).to_contain_text("Both read 31")
    page.keyboard.press("Delete")
    hand.expect_prompt(page)
    half(page, 7)
    hand.expect_answers(page, 7)
    page.mouse.up()
    hand.expect_answers(page, 7)


def test_a_stroke_that_overtakes_a_clear_is_answered_while_the_pen_rests(page, server):
    hand.draw_alone(page, server.url, 3)
    (line,) = drawings.strokes(7)
    paper = hand.box(hand.canvas(page))
    points = hand.visited(np.float64(line)) * paper["width"] / 280 + [paper["x"], paper["y"]]
    page.keyboard.press("Delete")
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:  # at once: the script run that clears comes when the pen rests
        page.mouse.move(*point)
    hand.expect_answers(page, 7)


def test_a_timeline_waits_for_the_answer_and_is_asked_for_once(page, server):
    held, asked, given = [], [], []

    def answer(route) -> None:
        if route.request.post_data_json["final"]:
            held.append(route)
        else:
            route.fulfill(status=503, json={"problem": "Others come first."})

    page.route("**/live/answer*", answer)
    page.on("request", lambda request: "/timeline?" in request.url and asked.append(request))
    # A busy server refuses some, which are asked for again.
    page.on("response", lambda reply: "/timeline?" in reply.url and reply.ok and given.append(reply))
    hand.open_page(page, server.url)
    hand.draw(page, 3)
    hand.until(page, lambda: held)
    hand.expect_reported(page, 1)
    hand.pause(page, 1000)  # longer than a timeline is planned ahead
    assert asked == []
    held[0].continue_()
    expect(page.locator(".along li")).to_have_count(2)
    hand.pause(page, 1000)
    assert len(given) == 1


def test_the_timeline_can_be_gone_through_again(page, server):
    hand.open_page(page, server.url)
    hand.draw(page, 5)
    hand.expect_answers(page, 5)
    words = page.locator(".along li")
    expect(words).to_have_count(2)
    expect(words.first).to_contain_text("DNN settled on 5 at")
    hand.expect_reported(page, 2)  # the script run has written its own
    whole = hand.pixels(page)
    slider = page.locator(".along input")
    slider.fill("30")
    expect(page.locator(".card.moving")).to_have_count(2)
    assert np.abs(hand.pixels(page) - whole).mean() > 10
    slider.fill("100")
    expect(page.locator(".card.moving")).to_have_count(0)
    hand.expect_answers(page, 5)
    # The canvas moves the ends by a fiftieth of a pixel. That changes single pixels by up to 14 of 255, more or less
    # with its size on the screen.
    assert np.abs(hand.pixels(page) - whole).mean() < 0.5
    slider.click(position={"x": slider.evaluate("it => it.clientWidth") / 3, "y": 8})
    expect(page.locator(".card.moving")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator(".along li")).to_have_count(0)


def test_with_less_motion_no_bar_glides(browser, server):
    for motion, seconds in (("no-preference", "0.12s"), ("reduce", "0s")):
        with hand.window(browser, reduced_motion=motion) as page:
            hand.draw_alone(page, server.url, 7)
            bar = "getComputedStyle(document.querySelector('.card li i'), '::before').transitionDuration"
            assert page.evaluate(bar) == seconds


def test_a_finger_is_answered_while_it_moves(browser, server):
    with hand.window(browser, viewport={"width": 360, "height": 740}, has_touch=True) as page:
        hand.open_page(page, server.url)
        box = hand.box(hand.canvas(page))
        (line,) = drawings.strokes(3)
        points = np.float64(line) * box["width"] / 280 + [box["x"], box["y"]]
        client = page.context.new_cdp_session(page)
        for at, (x, y) in enumerate(points):
            touch = {"type": "touchMove" if at else "touchStart", "touchPoints": [{"x": x, "y": y}]}
            client.send("Input.dispatchTouchEvent", touch)
            hand.frame(page)
        hand.expect_answers(page, 3)
        expect(page.locator(".card.moving")).to_have_count(2)
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        hand.expect_answers(page, 3)
        expect(page.locator(".card.moving")).to_have_count(0)


def test_a_digit_put_on_the_canvas_is_left_to_the_script_run(page, server):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    page.goto(f"{server.url}/mistakes")
    page.locator("button.tile").first.click()
    page.get_by_role("link", name="Open in Draw").click()
    hand.canvas(page).wait_for()
    expect(page.locator(".card ol")).to_have_count(2)
    half(page, 1, left=150)
    page.mouse.up()
    hand.expect_reported(page, 2)
    half(page, 7, left=20)
    page.mouse.up()
    page.keyboard.press("Control+z")  # before the canvas has reported the 7
    hand.expect_reported(page, 2, revision=2)
    assert asked == []
    hand.no_traceback(page)
