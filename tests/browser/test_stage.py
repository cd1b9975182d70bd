"""What the last row sees: a canvas as large as the height allows, cards that stand still, focus where the pen is."""

import re

import numpy as np
import pytest

from tests.browser import hand
from tests.browser.every_page import PAGES

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser
CROSS = [np.array([[60, 60], [220, 220]]), np.array([[220, 60], [60, 220]])]
WIDE = [np.array([[20, 140], [260, 150]]), np.array([[20, 120], [260, 130]])]


def test_the_canvas_is_as_large_as_the_height_allows(page, server):
    hand.open_page(page, server.url)
    box = hand.canvas(page).bounding_box()
    below = page.locator(".st-key-clear button").bounding_box()
    assert box["width"] == box["height"] >= 420
    assert below["y"] + below["height"] <= 720


def test_nothing_moves_whatever_is_said(page, server):
    hand.open_page(page, server.url)
    tops = set()
    for lines in ([], CROSS, WIDE):
        if lines:
            hand.strokes(page, lines)
            expect(page.locator(".st-key-agreement")).to_contain_text("does not look like one digit", ignore_case=True)
            hand.expect_reported(page, len(lines))  # the script run replaces the cards
        tops.add(round(page.locator(".st-key-answer_left .card").bounding_box()["y"]))
        if lines:
            page.keyboard.press("Delete")
            hand.expect_prompt(page)
    assert len(tops) == 1


def test_after_clearing_by_key_the_focus_is_on_the_canvas(page, server):
    hand.draw_alone(page, server.url, 4)
    page.keyboard.press("Delete")
    hand.expect_prompt(page)
    expect(page.locator(".st-key-canvas_frame")).to_be_focused()


def test_every_page_is_one_click_away_by_purpose_and_two_on_a_phone(page, server):
    hand.open_page(page, server.url)
    links = page.locator("[data-testid=stTopNavLink]")
    names = links.all_inner_texts()
    assert len(names) == len(PAGES)
    for name in names:
        expect(links.get_by_text(name, exact=True)).to_be_in_viewport(ratio=1)
    label = "(one) => getComputedStyle(one.parentElement, '::before').content"
    told = [said.strip('"') for said in links.evaluate_all(f"(all) => all.map({label})")]
    groups = [(name, said) for name, said in zip(names, told, strict=True) if said != "none"]
    assert groups == [("Confusion", "Understand"), ("Dataset", "Data and training"), ("Present", "Room")]
    links.get_by_text("Models", exact=True).click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
    expect(page).to_have_title("Models · digitlab")
    page.set_viewport_size({"width": 800, "height": 740})
    expect(page.get_by_role("button", name=re.compile(r"\d+ more"))).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Expand sidebar").click()
    links = page.locator("[data-testid=stSidebarNavLink]")
    expect(links).to_have_count(len(PAGES))
    expect(links.last).to_be_in_viewport(ratio=1)
    links.get_by_text("Sweep", exact=True).click()
    expect(page.get_by_role("heading", name="Sweep", exact=True)).to_be_in_viewport()
