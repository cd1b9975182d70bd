"""A lesson in a real Chromium: it notices what is drawn, survives a reload, and never covers the page."""

import re

import pytest

from tests.browser import hand

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def test_a_lesson_notices_drawings_goes_on_after_a_reload_and_covers_nothing(page, server):
    page.goto(f"{server.url}/learn")
    page.locator(".st-key-start_see button").click()
    panel = page.locator(".st-key-lesson")
    panel.get_by_role("link", name="Draw").click()
    hand.canvas(page).wait_for()
    hand.settle(page)
    hand.draw(page, 3)
    expect(panel.get_by_role("status")).to_contain_text("Noticed")
    expect(panel).to_contain_text("sure that it is a 3")
    panel.get_by_role("button", name="Next").click()
    expect(panel).to_contain_text("Step 2 of 7")
    side = panel.bounding_box()
    assert hand.box(hand.canvas(page))["x"] >= side["x"] + side["width"]
    page.reload()
    expect(panel).to_contain_text("Step 2 of 7")
    hand.expect_answers(page, 3)
    page.set_viewport_size({"width": 360, "height": 740})
    bar = panel.get_by_role("button", name="From the line to the numbers (2/7)")
    expect(bar).to_be_in_viewport(ratio=1)
    expect(panel.get_by_role("button", name="Skip this step")).to_be_hidden()
    main = hand.box(page.locator("[data-testid=stMain]"))
    assert main["y"] + main["height"] <= hand.box(bar)["y"] + 1
    page.locator("[data-testid=stExpander] summary").last.click()
    expect(panel.get_by_role("button", name="✓ Done: From the line")).to_be_visible()
    hand.no_traceback(page)


def test_a_link_to_the_page_on_which_it_stands_is_its_address_from_then_on(page, server):
    lesson = {"digitlab_lesson": "two-ways", "digitlab_lesson_two-ways": "2.two-ways"}
    page.context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in lesson.items()])
    page.goto(f"{server.url}/?digit=validation-7&why=true")
    expect(page.get_by_role("tab", name="For and against")).to_have_attribute("aria-selected", "true")
    hand.settle(page)
    page.locator(".st-key-lesson").get_by_role("link", name="Draw").click()
    opened = page.get_by_role("tab", name="Distort it")
    expect(opened).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("part=Distort"))
    page.locator(".st-key-steps summary").click()
    hand.settle(page)
    expect(opened).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Fewest pixels").click()  # only a part of the page runs
    expect(page).to_have_url(re.compile("part=Fewest"))
    german = page.get_by_role("link", name="Deutsch")
    german.hover()
    expect(german).to_have_attribute("href", re.compile("part=Fewest.*lang=de"))
    hand.no_traceback(page)
