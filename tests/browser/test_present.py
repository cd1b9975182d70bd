"""The audience's phone and the wall, in a real Chromium."""

import re

import numpy as np
import pytest

from digitlab.audience.routes import reply
from digitlab.ink import Box
from digitlab.serving import Digit, Doubt, Reading, Verdict
from tests import drawings
from tests.browser import hand
from tests.browser.conftest import leaves

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def draw(page, digit: int) -> None:
    """Draw on the audience's page."""
    hand.strokes(page, drawings.strokes(digit), page.locator("#paper"))


def told(dnn: tuple, cnn: tuple, digits: int = 1) -> dict:
    """What a phone is told of a drawing: of each model, the digit, its probability and whether it is believed."""
    whole = {}
    for name, (digit, confidence, is_digit) in (("dnn", dnn), ("cnn", cnn)):
        probabilities = np.full(10, (1 - confidence) / 9)
        probabilities[digit] = confidence
        whole[name] = Verdict(digit, probabilities, None if is_digit else Doubt("unlike", models=(name,)), 0.0)
    reading = Reading(whole, (Digit(Box(0, 0, 1, 1), whole),) * digits)
    return reply(reading, 1, None)


def test_who_draws_on_at_once_draws_another_digit(page, server):
    drawn: list[dict] = []

    def answer(route) -> None:  # nothing hangs on the wall of other tests
        drawn.append(route.request.post_data_json)
        route.fulfill(json=told((7, 1, True), (7, 1, True)))

    page.route("**/play/drawing*", answer)
    page.route("**/play/label*", lambda route: route.fulfill(json={"kept": False}))
    page.clock.install(time=0)
    page.clock.pause_at(1)
    page.goto(f"{server.url}/play")
    draw(page, 7)
    expect(page.locator("#say")).to_have_text("Both say 7.")
    page.locator("#right").click()
    expect(page.locator("#say")).to_have_text("Both were right.")
    box = page.locator("#paper").bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 100)
    page.mouse.down()
    page.clock.run_for(1500)  # longer than what was said stands there
    page.mouse.move(middle, box["y"] + 150)
    page.mouse.move(middle, box["y"] + 300)
    page.mouse.up()
    expect(page.locator("#right")).to_be_enabled()
    seven, one = drawn
    assert one["token"] != seven["token"]
    assert [len(stroke) for stroke in one["strokes"]] == [3]
    hand.no_traceback(page)


@pytest.mark.parametrize(
    ("dnn", "cnn", "digits", "words", "button"),
    [
        ((3, 0.999, True), (3, 0.9, False), 1, "DNN says 3. CNN doubts that this is a digit.", "It's a 3"),
        ((4, 0.80, True), (9, 0.85, False), 1, "DNN says 4. CNN doubts that this is a digit.", "It's a 4"),
        ((4, 0.80, False), (9, 0.75, True), 1, "CNN says 9. DNN doubts that this is a digit.", "It's a 9"),
        ((4, 0.80, True), (9, 0.85, True), 1, "They disagree.", "It's a 9"),
        ((4, 0.80, False), (4, 0.85, False), 1, "Both doubt that this is a digit.", ""),
        ((6, 0.80, False), (6, 0.85, False), 2, "This looks like 2 digits. Only one can be read at a time.", ""),
    ],
)
def test_a_phone_never_takes_a_doubted_answer_for_said(page, server, dnn, cnn, digits, words, button):
    page.route("**/play/drawing*", lambda route: route.fulfill(json=told(dnn, cnn, digits)))
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{server.url}/play")
    draw(page, 4)
    expect(page.locator("#say")).to_have_text(words)
    assert page.locator("#say").evaluate("it => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth")
    for name, (digit, _, is_digit) in (("dnn", dnn), ("cnn", cnn)):
        card = page.locator(f"#answers .{name}")
        expect(card.locator("b")).to_have_text(str(digit))
        expect(card.locator("i")).to_contain_text("%" if is_digit else f"if it were a digit: {digit}")
        assert card.evaluate("it => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth")
    if button:
        expect(page.locator("#right")).to_have_text(button)
        expect(page.locator("#right")).to_be_enabled()
    else:
        expect(page.locator("#right")).to_be_disabled()
    expect(page.locator("#wrong")).to_be_enabled(enabled=digits == 1)  # no label is right for several
    assert page.evaluate("document.documentElement.scrollHeight") == 640


def test_a_phone_draws_and_the_wall_fills(browser, page, server):
    page.goto(f"{server.url}/lecture#wall")
    expect(page.locator("#view > .wall")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.press("c")  # off with what other tests have drawn
    expect(page.locator(".tile")).to_have_count(0)
    newest = page.locator(".tile").first
    with hand.window(browser, viewport={"width": 360, "height": 640}) as phone:
        strangers: list[str] = []
        phone.on("request", lambda request: strangers.append(request.url) if leaves(request.url) else None)
        phone.clock.install(time=0)
        phone.clock.pause_at(1)
        phone.goto(f"{server.url}/play")
        box = phone.locator("#paper").bounding_box()
        assert box["width"] == box["height"] == 334  # what the rest leaves
        size = phone.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [360, 640]
        for button in phone.locator("button:visible").all():
            expect(button).to_be_in_viewport(ratio=1)
        draw(phone, 7)
        expect(phone.locator("#say")).to_have_text("Both say 7.")
        expect(newest.locator(".shown")).to_have_text("77")
        phone.get_by_role("button", name="Yes").click()
        expect(phone.locator("#say")).to_have_text(re.compile(r"Both say 7. (Kept\.|It will be kept as soon as .*)"))
        phone.get_by_role("button", name="It was a").click()
        phone.locator("#digits button").nth(1).click()
        expect(phone.locator("#say")).to_have_text(re.compile("You fooled both! (Kept, thank you|It will be kept)"))
        expect(newest.locator(".shown")).to_have_text("17✗7✗")
        expect(page.locator(".score")).to_contain_text("right of 1 confirmed")
        phone.clock.run_for(1500)
        expect(phone.locator("#say")).to_have_text("Draw a digit from 0 to 9.")  # a clean sheet for the next one
        expect(phone.locator("#right")).to_be_disabled()
        phone.reload()
        expect(phone.locator("#yes")).to_have_attribute("aria-pressed", "true")
        assert strangers == []
    newest.locator(".shown").click()
    expect(page.get_by_role("dialog").locator(".says")).to_contain_text("1")
    expect(page.get_by_role("dialog").locator("figure.look")).to_have_count(2)
    page.goto(f"{server.url}/confusion?split=room")
    expect(
        page.get_by_text(re.compile(r"of \d+ digits of the room")).first
    ).to_be_visible()  # the first to read the models
    hand.no_traceback(page)
