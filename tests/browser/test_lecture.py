"""A lecture in a real Chromium: walked by keys, on three projectors, and by the presenter's phone."""

import shutil
from collections.abc import Iterator

import pytest

from digitlab import settings
from digitlab.models import store
from digitlab.ui.lecture import script
from tests import drawings
from tests.browser import hand
from tests.browser.server import Server, serve
from tests.patience import until

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser
SIZES = [(1024, 768), (1280, 720), (1920, 1080)]
PHONE = (360, 740)  # on which nobody lectures, but somebody may look
OUTSIDE = """() => [...document.querySelectorAll("#view *, #bar *")].filter((one) => {
  const { left, top, right, bottom, width, height } = one.getBoundingClientRect();
  return width && height && getComputedStyle(one).visibility !== "hidden" && !one.closest(".unseen, svg")
    && (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1);
}).map((one) => `${one.tagName}.${one.className}`)"""
SMALL = """() => [...document.querySelectorAll("#view *, #bar *")].filter((one) => {
  const says = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const isSmall = parseFloat(getComputedStyle(one).fontSize) < 0.03 * innerHeight - 0.5;
  return says && isSmall && one.checkVisibility() && !one.closest(".unseen");
}).map((one) => `${one.className} ${one.textContent}`)"""


COVERED = """() => [...document.querySelectorAll(".changes li")].flatMap((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const there = [left + 2, right - 2].flatMap((x) => document.elementsFromPoint(x, (top + bottom) / 2));
  return there.filter((other) => other !== one && other.matches(".changes li, .axes span, .legend"));
}).length"""


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A server with models of its own, since some keys change them."""
    folder = tmp_path_factory.mktemp("lecture")
    for name in store.FLAGSHIPS:
        shutil.copytree(settings.REPOSITORY / "models" / name, folder / name)
    with serve(folder / "log", environment={"DIGITLAB_MODELS": str(folder)}) as running:
        yield running


def fits(page) -> None:
    """Nothing scrolls, nothing stands outside of the screen, and all text is at least 3% of its height."""
    scrolls = (
        "() => [document.documentElement.scrollWidth > innerWidth, document.documentElement.scrollHeight > innerHeight]"
    )
    assert page.evaluate(scrolls) == [False, False]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALL) == []


def begin(page, url: str) -> None:
    """Open the lecture at its first step, wherever a test before has left it."""
    page.goto(f"{url}/lecture#join")
    expect(page.locator("#view > .join")).to_be_visible()
    for _ in script.steps():
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".step")).to_have_text(f"1 / {len(script.steps())}")
    expect(page.locator("#said")).to_have_text(script.steps()[0].words)


def learn(page) -> None:
    """Show a training that was changed at several places, some of them close to each other, as if it ran."""
    points = [[at / 10, min(0.97, 0.5 + at / 20)] for at in range(1, 60)]
    marks = [[0.3, "learning rate 0.005"], [0.4, "noise 0.25 · rotation ±15°"], [4.2, "momentum 0.95"]]
    marks += [[5.5, "learning rate 0.0002"], [5.7, "noise 0"], [5.7, "20 epochs · learning rate 0.05 · momentum 0"]]
    job = {"active": True, "headline": "DNN learns", "left": "ready in about 9 s", "now": "97.0%", "epochs": 10}
    job |= {"curve": points, "validation": [[at, 0.95] for at in range(1, 6)], "service": 0.99, "marks": marks}

    def with_it(route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, json=reply.json() | {"training": {"job": job}})

    page.route("**/lecture/state*", with_it)


def draw(page, digit: int) -> None:
    hand.strokes(page, drawings.strokes(digit), page.locator(".stage canvas"))


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_script_by_arrow_keys_and_then_every_key(browser, server, size):
    steps = script.steps()
    with hand.window(browser, viewport=dict(zip(("width", "height"), size, strict=True))) as page:
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        begin(page, server.url)
        for at, step in enumerate(steps):
            expect(page.locator(".step")).to_have_text(f"{at + 1} / {len(steps)}")
            expect(page.locator(f"#view > .{step.view}")).to_be_visible()
            expect(page.locator("#said")).to_have_text(step.words)
            if step.view == "stage" and step.argument == "why":
                expect(page.locator(".look img")).to_have_count(2)
                expect(page.locator(".reason .why")).to_contain_text("because of")
            elif step.view == "stage" and not page.locator(".card .confidence").count():
                draw(page, 9)  # without its bar at the top, both would say 4
                expect(page.locator(".agreement")).to_contain_text("Both say 9")
            fits(page)
            page.keyboard.press("ArrowRight")
        expect(page.locator(".step")).to_have_text(f"{len(steps)} / {len(steps)}")  # no dead end, and no way beyond it
        for number, view in enumerate(script.VIEWS, 1):
            page.keyboard.press(str(number))
            expect(page.locator(f"#view > .{view}")).to_be_visible()
            page.keyboard.press("?")
            expect(page.locator("#help")).to_be_visible()
            keys = [name.lower() for name in page.locator("#help kbd").all_inner_texts()]
            assert len(keys) == len(set(keys))
            page.keyboard.press("?")
            trains = {"s"} if view == "train" else set()
            for key in set(keys) - {"→", "←", "1–6", "?", "esc", "f"} - trains:
                page.keyboard.press(key)
                page.keyboard.press("Escape") if page.locator("dialog[open]").count() else None
            expect(page.locator(f"#view > .{view}")).to_be_visible()
            fits(page)
            if size == SIZES[0]:
                page.set_viewport_size(dict(zip(("width", "height"), PHONE, strict=True)))
                until(lambda: page.evaluate(OUTSIDE) == [])
                page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        learn(page)
        page.keyboard.press(str(1 + script.VIEWS.index("train")))
        expect(page.locator(".changes li")).to_have_count(6)
        assert page.evaluate(COVERED) == 0
        fits(page)
        page.unroute_all(behavior="wait")
        page.keyboard.press("Escape")
        page.wait_for_url(f"{server.url}/")
        assert problems == []


def test_quick_keys_count_in_the_order_in_which_they_were_pressed(page, server):
    begin(page, server.url)
    late: list = []

    def hold_the_first(route) -> None:
        late.append(route)
        if len(late) > 1:
            route.continue_()

    page.route("**/lecture/act*", hold_the_first)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    late[0].continue_()
    steps = len(script.steps())
    expect(page.locator(".step")).to_have_text(f"2 / {steps}")
    page.wait_for_timeout(1500)  # and there it stays
    expect(page.locator(".step")).to_have_text(f"2 / {steps}")

    page.unroute("**/lecture/act*")
    sent: list = []

    def hold_the_training(route) -> None:
        sent.append(route.request.post_data_json)
        if sent[-1]["act"] == "train_start":
            late.append(route)
        else:
            route.continue_()

    page.route("**/lecture/act*", hold_the_training)
    page.keyboard.press("5")
    expect(page.locator("#view > .train")).to_be_visible()
    for key in ("s", "z", "z", "1"):  # a training takes seconds to start; what has been pressed twice is as before
        page.keyboard.press(key)
    expect(page.locator("#view > .join")).to_be_visible()
    assert [asked.get("on") for asked in sent if asked["act"] == "freeze"] == [True, False]
    late[-1].abort()


def test_a_connection_that_has_silently_gone_is_tried_again(page, server):
    begin(page, server.url)
    page.route("**/lecture/state*", lambda route: None)  # no answer comes
    expect(page.locator("#told")).to_have_text("No connection. Trying again …")
    page.unroute("**/lecture/state*")
    expect(page.locator("#told")).to_have_text("")


def test_every_window_follows_the_remote_control_and_a_reload_stays(browser, page, server):
    begin(page, server.url)
    expect(page.locator(".join")).to_contain_text("python -m digitlab present")  # no phone can come here
    with hand.window(browser, viewport={"width": 360, "height": 640}) as phone:
        phone.goto(f"{server.url}/lecture/remote")
        phone.get_by_role("button", name="Next").click()
        expect(page.locator("#view > .stage")).to_be_visible()
        draw(page, 7)
        expect(page.locator(".agreement")).to_contain_text("Both say 7")
        page.keyboard.press("s")
        expect(page.locator(".left .card header")).to_contain_text("CNN")
        page.keyboard.press("e")
        expect(page.locator(".look")).to_have_count(2)
        page.keyboard.press("e")
        page.keyboard.press("c")
        expect(page.locator(".agreement")).to_have_text("Draw a digit")
        phone.get_by_role("button", name="Back").click()
        expect(page.locator("#view > .join")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") == 360
    page.goto(f"{server.url}/lecture#wall")
    page.reload()
    expect(page.locator("#view > .wall")).to_be_visible()
