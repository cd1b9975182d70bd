"""The wall of the lecture and the presenter's phone, in a real Chromium."""

import uuid

import pytest

from tests import drawings
from tests.browser import hand

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

# Of the tiles: how many lie outside the wall or on another one, and the height of a tile in px.
_LAID_OUT = """() => {
  const wall = document.querySelector(".field").getBoundingClientRect();
  const tiles = [...document.querySelectorAll(".tile")].map((tile) => tile.getBoundingClientRect());
  const outside = tiles.filter((it) => it.left < wall.left || it.top < wall.top || it.right > wall.right || it.bottom > wall.bottom);
  const meet = tiles.filter((a, at) => tiles.slice(at + 1).some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
  const scrolls = [...document.querySelectorAll("html, body, #view, #view *")].filter((it) =>
    !it.closest(".tile, #corner, .unseen") && (it.scrollHeight > it.clientHeight + 1 && getComputedStyle(it).overflowY !== "visible"));
  return [outside.length, meet.length, scrolls.length, tiles[0]?.height];
}"""  # noqa: E501


class Room:
    """People who draw, and the presenter, without their screens."""

    def __init__(self, page, url: str) -> None:
        self._ask, self._url = page.request.post, url
        self.act("clear")

    def act(self, name: str, **asked) -> None:
        assert "problem" not in self._ask(f"{self._url}/lecture/act", data={"act": name, **asked}).json()

    def draw(self, *digits: int) -> None:
        """Draw digits, all of which are said to be a 7."""
        for digit in digits:
            token, lines = uuid.uuid4().hex, [line.tolist() for line in drawings.strokes(digit)]
            fields = {"width": 280, "height": 280, "brush": 20, "strokes": lines}
            assert self._ask(f"{self._url}/play/drawing", data={"token": token, **fields}).ok
            assert self._ask(f"{self._url}/play/label", data={"token": token, "label": 7}).ok


def test_the_wall_fills_the_screen_and_hides_by_key(page, server):
    room = Room(page, server.url)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/lecture#wall")
    expect(page.locator(".nothing")).to_be_visible()
    tiles, drawn = page.locator(".tile"), 0
    heights = []
    for count in (1, 4, 35):
        room.draw(*[7, 4, *[number % 10 for number in range(33)]][drawn:count])
        drawn = count
        expect(tiles).to_have_count(count)
        for width, height in ((1024, 768), (1920, 1080), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            hand.frame(page)
            hand.frame(page)
            *wrong, tile = page.evaluate(_LAID_OUT)
            assert wrong == [0, 0, 0], (count, width)
        heights.append(tile)
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > 720 / 2
    expect(page.locator(".score")).to_contain_text("right of 35 confirmed")
    oldest = tiles.last
    expect(oldest.locator(".dnn")).to_have_text("7✓")
    expect(tiles.nth(33).locator(".cnn")).to_have_text("4✗")

    number = oldest.get_attribute("data-number")
    oldest.hover()
    page.keyboard.press("h")
    expect(page.locator(f"[data-number='{number}']")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator(f"[data-number='{number}']")).to_have_count(1)
    tiles.last.locator(".shown").click()
    expect(page.locator(".opened figure")).to_have_count(2)
    expect(page.locator(".opened .why")).to_contain_text("No part of the ink alone decides")
    page.keyboard.press("Escape")  # closes the drawing, and does not leave the lecture
    expect(page.locator(".opened")).to_have_count(0)
    tiles.last.locator(".shown").click()
    page.keyboard.press("h")
    expect(page.locator(".opened")).to_have_count(0)
    expect(tiles).to_have_count(34)
    tiles.first.hover()
    tiles.first.locator(".hide").click()
    expect(tiles).to_have_count(33)
    room.act("clear")


def test_drawings_wait_for_approval_on_the_presenters_phone(browser, page, server):
    room = Room(page, server.url)
    page.goto(f"{server.url}/lecture#wall")
    tiles = page.locator(".tile")
    room.draw(7)
    expect(tiles).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator(".news")).to_have_text("Only after approval")
    page.keyboard.press("z")
    expect(page.locator(".news strong")).to_have_text("FROZEN")
    page.keyboard.press("z")
    expect(page.locator(".news strong")).to_have_count(0)
    room.draw(1, 2)
    expect(page.locator(".news")).to_have_text("2 wait for approval")
    with hand.window(browser, viewport={"width": 360, "height": 640}) as phone:
        phone.goto(f"{server.url}/lecture/remote")
        expect(phone.locator(".queue li")).to_have_count(2)
        phone.get_by_role("button", name="Reject").first.click()
        expect(phone.locator(".queue li")).to_have_count(1)
        phone.get_by_role("button", name="Approve", exact=False).last.click()
        expect(phone.locator(".queue li")).to_have_count(0)
    expect(tiles).to_have_count(2)
    expect(tiles.first.locator(".dnn")).to_have_text("2✗")
    page.keyboard.press("a")
    page.keyboard.press("c")
    page.keyboard.press("c")
    expect(tiles).to_have_count(0)
