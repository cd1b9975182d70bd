"""The rule of `access` on a real server: by link, by a forged message, by guessing."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitlab.models import store, versions
from tests.browser import hand
from tests.browser.axe import found
from tests.browser.elsewhere import balanced
from tests.browser.server import serve
from tests.patience import PATIENCE_S, until

expect = pytest.importorskip("playwright.sync_api").expect
websockets = pytest.importorskip("websockets")

pytestmark = pytest.mark.browser


@pytest.fixture
def two_versions(models_dir):
    """Flagships of which one can be rolled back."""
    with versions.challenging("cnn", dict(store.read("cnn").run)) as folder:
        for file in store.HASHED:
            (folder / file).write_bytes((store.read("cnn").place / file).read_bytes())
    versions.promote("cnn")
    return models_dir


def before() -> int | None:
    """Tells the version in service from others; None between the two renames of an exchange."""
    try:
        return store.places("cnn").current.stat().st_ino
    except FileNotFoundError:
        return None


def roll_back(page, url: str) -> None:
    page.goto(f"{url}/models?model=cnn")
    page.get_by_role("button", name="Roll back").click()


def unlock(page) -> list[str]:
    """Give a wrong password, then the right one; what axe-core finds meanwhile."""
    problems = []
    for word, said in (("sesame", "That is not the password."), ("open sesame", None)):
        if not page.get_by_role("textbox", name="Password").is_visible():
            page.locator(".st-key-presenter_door button").first.click()
            expect(page.get_by_role("textbox", name="Password")).to_be_visible()
            problems += found(page, "the presenter's door")
        page.get_by_role("textbox", name="Password").fill(word)
        page.keyboard.press("Enter")
        if said:
            expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator(".st-key-presenter_lock")).to_be_visible()
    return problems


def unlock_lecture(page, url: str) -> list[str]:
    """The same in the lecture, by its key, and then another key there."""
    problems = []
    page.goto(f"{url}/lecture#stage")
    expect(page.locator("#view > .stage")).to_be_visible()
    for word, said in (("sesame", "That is not the password."), ("open sesame", None)):
        if said:
            page.keyboard.press("l")
        else:  # the field that has just been closed has the focus for a moment
            page.locator("#lock input").dispatch_event("keydown", {"key": "l"})
        page.get_by_label("Password").fill(word)
        if said:
            problems += found(page, "the lecture's lock")
        page.keyboard.press("Enter")
        if said:
            expect(page.locator("#told")).to_have_text(said)
            page.keyboard.press("Escape")
            expect(page.locator("#lock")).to_be_hidden()
    expect(page.locator("#lock")).to_be_hidden()
    page.reload()
    expect(page.locator("#view > .stage")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#view > .join")).to_be_visible()
    return problems


def test_presenter_only_actions_need_the_password(page, tmp_path, two_versions):
    settings = {"DIGITLAB_PASSWORD": "open sesame", "DIGITLAB_MODELS": str(two_versions)}
    with serve(tmp_path / "log", environment=settings) as server:
        here = before()
        page.goto(f"{server.url}/lecture/remote")
        expect(page.get_by_label("Password")).to_be_visible()
        problems = found(page, "the remote's lock")
        roll_back(page, server.url)
        expect(page.get_by_text("Only the presenter may roll back a model")).to_be_visible()
        assert before() == here
        problems += unlock(page)
        page.get_by_role("button", name="Roll back").click()
        expect(page.get_by_text("Only the presenter may")).to_have_count(0)
        until(lambda: before() not in {None, here})
        hand.no_traceback(page)
        page.reload()
        expect(page.locator(".st-key-presenter_lock")).to_be_visible()
        other = page.context.new_page()
        # By a link on another site, with which browsers send no cookie: the page's own socket has it.
        other.route(
            "https://**",
            lambda route: route.fulfill(content_type="text/html", body=f"<a href={server.url}/collection>there</a>"),
        )
        other.goto("https://elsewhere.example")
        other.get_by_role("link").click()
        expect(other.locator(".st-key-presenter_lock")).to_be_visible()
        other.get_by_role("button", name="Lock again").click()
        expect(other.locator(".st-key-presenter_door")).to_be_visible()
        page.get_by_role("button", name="Roll back").click()
        expect(page.get_by_text("Only the presenter may roll back a model")).to_be_visible()
        problems += unlock_lecture(page.context.new_page(), server.url)
        until(lambda: "allowed to move the lecture on" in server.log.read_text())
        (cookie,) = [one for one in page.context.cookies() if one["name"].startswith("digitlab_presenter")]
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        log = server.log.read_text()
    assert cookie["value"] not in log
    for words in ("refused to roll back", "wrong password", "right password", "allowed to roll back"):
        assert words in log
    assert "sesame" not in log
    assert problems == []


def test_who_just_runs_streamlit_opens_a_server_that_is_read_only_and_says_so(page, tmp_path, two_versions):
    with serve(tmp_path / "log", environment={"DIGITLAB_MODELS": str(two_versions)}, address=None) as server:
        here = before()
        roll_back(page, server.url)
        expect(page.get_by_text("Only the presenter may roll back a model")).to_be_visible()
        assert before() == here
        hand.open_page(page, server.url)
        notice = page.get_by_text("This server is public and read-only.")
        expect(notice).to_be_visible()
        clear = page.get_by_role("button", name="Clear").bounding_box()
        assert clear["y"] + clear["height"] <= 720 - 20  # the canvas and its buttons stay where they are
        assert notice.bounding_box()["y"] > clear["y"] + clear["height"]


def test_a_proxy_makes_a_server_without_password_read_only(browser, tmp_path, two_versions):
    with serve(tmp_path / "log", environment={"DIGITLAB_MODELS": str(two_versions)}) as server:
        here = before()
        with balanced(server, stands_for="203.0.113.9") as proxy, hand.window(browser) as page:
            roll_back(page, proxy.url)
            expect(page.get_by_text("Only the presenter may roll back a model")).to_be_visible()
        assert before() == here
        with hand.window(browser) as page:
            roll_back(page, server.url)
            until(lambda: before() not in {None, here})


def test_a_forged_message_is_refused(tmp_path, two_versions):
    """What a browser would never send: session state by its names, and the press of a button, from another host."""
    with serve(tmp_path / "log", environment={"DIGITLAB_MODELS": str(two_versions)}) as server:
        here = before()
        with ThreadPoolExecutor() as threads:  # Playwright has a loop of its own in this one
            threads.submit(asyncio.run, _forge(server.url)).result()
        assert before() == here
        assert "refused to roll back" in server.log.read_text()


async def _forge(url: str) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    address = f"{url.replace('http', 'ws')}/_stcore/stream"
    headers = {"X-Forwarded-For": "203.0.113.9"}
    async with websockets.connect(address, additional_headers=headers, subprotocols=["streamlit"], max_size=None) as to:

        async def run(pressed: str | None = None, forged: tuple[str, ...] = ()) -> str | None:
            """Run the Models page with a button pressed and names in the session state; its roll-back button's id."""
            message = BackMsg()
            message.rerun_script.page_name = "models"
            message.rerun_script.query_string = "model=cnn"
            for name in forged:
                message.rerun_script.widget_states.widgets.add(id=name, bool_value=True)
            if pressed:
                message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
            await to.send(message.SerializeToString())
            found = None
            with contextlib.suppress(asyncio.TimeoutError):
                while True:
                    got = ForwardMsg.FromString(await asyncio.wait_for(to.recv(), PATIENCE_S))
                    element = got.delta.new_element if got.HasField("delta") else None
                    if element and element.HasField("button") and element.button.label.startswith("Roll back"):
                        found = element.button.id
                    if got.HasField("script_finished"):
                        break
            return found

        button = await run()
        assert button
        await run(button)
        await run(button, forged=("is_presenter", "presenter", "_presenter_said", "session"))


@pytest.mark.parametrize(
    ("name", "origin"),
    [("127.0.0.1", "http://127.0.0.1:3000"), ("127.0.0.1", "https://evil.example"), ("evil.example", None)],
    ids=["another local port", "another site", "a rebound name"],
)
def test_a_page_of_another_site_gets_no_session(server, name, origin):
    port = int(server.url.rpartition(":")[2])

    async def connect() -> None:
        address = f"ws://{name}:{port}/_stcore/stream"
        async with websockets.connect(address, host="127.0.0.1", port=port, origin=origin, subprotocols=["streamlit"]):
            pass

    with ThreadPoolExecutor() as threads, pytest.raises(websockets.InvalidStatus) as refused:
        threads.submit(asyncio.run, connect()).result()
    assert refused.value.response.status_code == 403
