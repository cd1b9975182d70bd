"""Exploring errors in a real Chromium: from a number to the pictures behind it, by mouse, keyboard and link."""

import random
import re
from urllib.parse import urlsplit

import pytest

from digitlab.wording import confusion as words
from tests.browser import hand, map_points
from tests.browser.server import serve

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser
QUICK = "robustness?models=softmax"  # the flagships' thousand digits take seconds


# One of each group of pages, one with a query, a name of before; `test_offline` opens every page by its link.
@pytest.mark.parametrize("path", ["confusion", "retrain", "wall", QUICK, "atlas"])
def test_deep_link_as_the_first_request_to_a_fresh_server(page, tmp_path, path):
    with serve(tmp_path / "log") as fresh:
        page.goto(f"{fresh.url}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's "page not found"
        expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
        hand.no_traceback(page)
        assert "Traceback" not in fresh.log.read_text()


def test_cells_open_their_pictures_by_mouse_and_by_keyboard(page, server):
    page.goto(f"{server.url}/confusion")
    cells, names = page.locator(".matrix").first.locator("button"), words.names()
    expect(cells).to_have_count(100)
    full = [at for at, text in enumerate(cells.all_inner_texts()) if text not in "·" and at % 11]
    for at in random.Random(0).sample(full, 6):
        count = int(cells.nth(at).inner_text())
        cells.nth(at).click()
        expect(page.get_by_role("heading", name=f"dnn: {names[at // 10]} read as {names[at % 10]}")).to_be_visible()
        expect(page.locator("button.tile")).to_have_count(count)
        expect(page).to_have_url(re.compile(f"cell=dnn-{at // 10}-{at % 10}$"))
    cells.nth(33).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="dnn: fours read as fours")).to_be_visible()
    expect(page.locator("button.tile")).to_have_count(min(int(cells.nth(44).inner_text()), 150))
    hand.no_traceback(page)


def test_a_mistake_is_opened_and_changed_with_the_pen(page, server):
    page.goto(f"{server.url}/mistakes?group=any+wrong")
    tile = page.locator("button.tile").nth(3)
    index = tile.get_attribute("data-id")
    tile.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"digit {index}")
    expect(dialog.locator(".card")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"digit=[a-z]+-{index}"))
    answers = [dialog.locator(".card .digit").nth(at).inner_text() for at in range(2)]
    label = dialog.get_by_role("heading").inner_text()
    link = page.get_by_role("link", name="Open in Draw")
    tab = page.context.new_page()
    tab.goto(link.evaluate("link => link.href"))  # not by a click: Debian's headless Chromium 150 does not open a tab
    expect(tab.get_by_text(label)).to_be_visible()
    assert urlsplit(tab.url).path == "/"
    tab.close()
    link.click()
    hand.canvas(page).wait_for()
    for side, answer in zip(("answer_left", "answer_right"), answers, strict=True):
        expect(page.locator(f".st-key-{side} .digit")).to_have_text(answer)
    expect(page.get_by_text(label)).to_be_visible()
    box = hand.canvas(page).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 30)
    before = page.locator(".st-key-answer_left .confidence").inner_text()
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 250, steps=8)
    page.mouse.up()
    expect(page.locator(".st-key-answer_left .confidence")).not_to_have_text(before)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".st-key-answer_left .digit")).to_have_text(answers[0])
    hand.no_traceback(page)


def test_on_a_phone_pictures_come_before_controls_which_stay_unfolded(browser, server):
    with hand.window(browser, viewport={"width": 360, "height": 740}) as phone:
        phone.goto(f"{server.url}/mistakes")
        expect(phone.locator("button.tile").nth(7)).to_be_in_viewport(ratio=1)  # the second row's last
        shown = phone.get_by_role("radio", name="only A wrong")
        expect(shown).to_be_hidden()
        phone.get_by_text("Choose models and digits").click()
        shown.click()
        expect(phone).to_have_url(re.compile("group="))
        hand.settle(phone)
        expect(shown).to_be_visible()
        assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 360


def test_closing_a_digit_takes_it_out_of_the_link(page, server):
    page.goto(f"{server.url}/mistakes?digit=validation-7&split=validation")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("digit="))


def test_gallery_of_300_is_few_requests(page, server):
    page.goto(f"{server.url}/mistakes")
    page.locator("button.tile").first.wait_for()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("radio", name="all", exact=True).click()
    expect(page.locator("button.tile")).to_have_count(300)
    assert len([url for url in requests if not url.startswith("data:")]) <= 8


def opened_map(page):
    """Where the left map is, once all of the page has its place."""
    drawn = page.locator(".map-frame canvas")
    expect(drawn).to_have_count(2)
    hand.settle(page)
    return hand.box(drawn.first)


@pytest.mark.parametrize("wheel", [0, -300])
def test_click_on_the_map_finds_the_digit_after_filter_and_zoom(page, server, wheel):
    page.goto(f"{server.url}/embedding-map?only=4&only=9&wrong=true")
    box = opened_map(page)
    if wheel:
        _, x, y = next(point for point in map_points.points(page) if point[2] < 690)
        page.mouse.move(x, y)
        page.mouse.wheel(0, wheel)
        page.wait_for_function("document.querySelector('.map-frame')._map.view.zoom > 1")
    inside = [
        (index, x, y) for index, x, y in map_points.points(page)
        if abs(x - box["x"] - box["width"] / 2) < box["width"] / 2 - 20 and box["y"] + 20 < y < 700
    ]  # fmt: skip
    for _, x, y in random.Random(0).sample(inside, min(3, len(inside))):
        expected = map_points.nearest(map_points.points(page), x, y)
        page.mouse.move(x, y, steps=3)
        expect(page.locator(".map-hint").first).to_be_visible()
        page.mouse.click(x, y)
        expect(page.locator("button.tile")).to_have_count(1)
        expect(page.get_by_role("heading", name="1 digit selected")).to_be_visible()
        shown = page.locator("button.tile").first
        expect(shown).to_have_attribute("data-id", re.compile(f"^({'|'.join(map(str, expected))})$"))
    hand.no_traceback(page)


def test_lasso_on_one_map_marks_the_other_and_is_in_the_link(page, server):
    page.goto(f"{server.url}/embedding-map?only=4&only=9&wrong=true&drag=selects")
    box = opened_map(page)
    inside = map_points.points(page)
    left, top, right, bottom = (
        box["x"] + 5,
        box["y"] + 5,
        box["x"] + box["width"] - 5,
        min(box["y"] + box["height"], 715),
    )
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=6)
    page.mouse.up()
    expected = {int(index) for index, x, y in inside if left < x < right and top < y < bottom}
    expect(page.locator("button.tile")).to_have_count(len(expected))
    shown = {int(tile.get_attribute("data-id")) for tile in page.locator("button.tile").all()}
    assert shown == expected
    page.wait_for_function(f"document.querySelectorAll('.map-frame')[1]._map.marked.size === {len(expected)}")
    expect(page).to_have_url(re.compile("selected="))
    page.goto(page.url)
    expect(page.locator("button.tile")).to_have_count(len(expected))


def test_two_clicks_lead_to_pictures_that_are_in_view_and_their_link_is_copied(page, server):
    page.goto(server.url)
    page.get_by_role("link", name="Confusion").click()
    page.locator(".matrix").nth(1).locator("button").nth(94).click()
    expect(page.get_by_role("heading", name="cnn: nines read as fours")).to_be_visible()
    hand.settle(page)
    for tile in page.locator("button.tile").all():
        expect(tile).to_be_in_viewport(ratio=1)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over plain HTTP
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("document.querySelector('.share')._share.link()")
    assert {"left=dnn", "right=cnn", "cell=cnn-9-4"} <= set(link.split("?")[1].split("&"))
    assert "split=" in link
    page.get_by_role("radio", name="% of true").click()
    expect(page).to_have_url(re.compile("shown="))
    page.locator("button.tile").first.click()
    page.get_by_role("link", name="Open in Draw").click()
    expect(page.get_by_role("heading", name="Draw a digit")).to_be_visible()
    hand.settle(page)
    page.go_back()  # once, and the whole view is there again
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("radio", name="% of true")).to_be_checked()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".matrix").first.locator("button").nth(27).click()
    expect(page.get_by_role("heading", name="dnn: twos read as sevens")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="cnn: nines read as fours")).to_be_visible()
