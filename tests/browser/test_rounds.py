"""The phone's page by touch, and in a round, in a real Chromium."""

import pytest

from benchmarks import rounds as room
from tests.browser import hand
from tests.browser.test_present import draw

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def test_the_first_tap_after_a_flicked_stroke_counts(browser, server):
    with hand.window(browser, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True) as phone:
        phone.route("**/play/drawing*", lambda route: route.fulfill(json={"problem": "Drawn."}))
        phone.goto(f"{server.url}/play")
        button = hand.box(phone.locator("#no"))
        fingers = phone.context.new_cdp_session(phone)

        def touch(kind: str, *at: float) -> None:
            points = [{"x": at[0], "y": at[1]}] if at else []
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 180, 60)
        for step in range(1, 9):
            touch("touchMove", 180 + 2 * step, 60 + 25 * step)
            hand.pause(phone, 4)
        touch("touchEnd")
        hand.pause(phone, 60)
        touch("touchStart", button["x"] + 20, button["y"] + 20)
        hand.pause(phone, 30)
        touch("touchEnd")
        expect(phone.locator("#no")).to_have_attribute("aria-pressed", "true")
        expect(phone.locator("#say")).to_have_text("Drawn.")


def test_a_label_does_not_overtake_the_last_stroke(browser, server):
    with hand.window(browser, viewport={"width": 360, "height": 640}) as phone:
        phone.goto(f"{server.url}/play")
        draw(phone, 1)
        expect(phone.locator("#say")).to_contain_text("Both say 1")
        held, sent = [], []
        phone.on("request", lambda request: sent.append(request.url.split("?")[0].split("/")[-1]))
        phone.route("**/play/drawing*", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks it)
        draw(phone, 1)
        phone.locator("#right").click()
        phone.wait_for_timeout(500)
        assert "label" not in sent
        held[0].continue_()
        phone.unroute("**/play/drawing*")
        with phone.expect_response("**/play/label*"):
            for route in held[1:]:
                route.continue_()


def test_a_phone_plays_a_round_and_the_hall_sees_it(browser, page, server):
    def act(name: str, **fields) -> dict:
        return room.ask(server.url, "/lecture/act", {"act": name, **fields})

    def state() -> dict:
        return room.ask(server.url, "/lecture/state")["rounds"]

    judges = [room.Phone(server.url) for _ in range(3)]
    page.goto(f"{server.url}/lecture#rounds")
    page.get_by_role("button", name="Begin").wait_for()
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Fool them")).to_be_visible()
    page.keyboard.press("b")
    with hand.window(browser, viewport={"width": 360, "height": 640}) as phone:
        phone.goto(f"{server.url}/play")
        expect(phone.locator("#task")).to_contain_text("people read")
        expect(phone.get_by_role("button", name="Not a digit")).to_be_hidden()
        for button in phone.locator("#digits button:visible").all():
            size = hand.box(button)
            assert size["width"] >= 44
            assert size["height"] >= 44
        phone.keyboard.press("Escape")  # there is no way back from here
        phone.locator("#digits button").nth(8).press("Enter")  # the 7
        expect(phone.locator("#right")).to_have_text("It is a 7")
        draw(phone, 1)
        expect(phone.locator("#say")).to_contain_text("Both say 1")
        for judge in judges:
            judge.connect()
            judge.until_phase("draw")
        expect(page.locator(".line")).to_have_text("Drawings: 1")
        phone.reload()  # as a phone that was locked
        expect(phone.locator("#right")).to_have_text("It is a 7")
        page.keyboard.press("b")
        for judge in judges:
            judge.until(lambda news: news.get("judge"))
            told = judge.news["judge"]
            judge.post("/play/vote", **judge.in_round(), choice=7, about=told["about"])
        expect(phone.locator("#say")).to_contain_text("Nothing is left for you to judge")
        expect(page.locator(".line")).to_have_text("Judged three times: 1 of 1")
        page.keyboard.press("b")
        expect(phone.locator("#task")).to_have_text("People see a 7, and you fooled both: 2 points. Place 1, 2 points")
        expect(page.locator(".fools figure")).to_contain_text("People: 7")
        page.keyboard.press("b")
        phone.locator("#me").click()
        phone.get_by_role("textbox", name="What shall the room call you?").fill("Zoë")
        phone.keyboard.press("Enter")
        expect(phone.locator("#me")).to_have_text("Zoë")
        expect(page.locator(".leaders")).to_contain_text("Zoë")
        for judge in judges:
            judge.lose()
    act("round_clear")
    assert state()["leaders"] == []
    hand.no_traceback(page)
