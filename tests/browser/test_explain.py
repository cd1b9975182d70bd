"""Why a model answers as it does, in a real Chromium: opened, moved with a slider, clicked through to the digits."""

import re

import pytest

from tests.browser import hand

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def test_why_is_opened_and_a_slider_flips_the_answers(page, server):
    hand.draw_alone(page, server.url, 4)
    page.locator(".st-key-why label").click()
    expect(page.locator("figure.look")).to_have_count(2)
    expect(page.locator("figure.look").first).to_contain_text("what speaks for 4")
    expect(page).to_have_url(re.compile("why=true"))
    page.get_by_role("radio", name="9", exact=True).click()
    expect(page.locator("figure.look").first).to_contain_text("what speaks for 9 (it says 4)")
    page.get_by_role("tab", name="Distort it").click()
    changed = page.locator(".st-key-what_if_answers .digit")
    expect(changed).to_have_text(["4", "4"])
    expect(page.locator(".st-key-curve_what_if_blur .js-plotly-plot")).to_be_visible()  # the last of them
    page.locator(".st-key-what_if_rotation input").focus()
    page.keyboard.press("End")  # a quarter turn
    expect(changed).not_to_have_text(["4", "4"])
    expect(page.locator(".st-key-answer_left .digit")).to_have_text("4")  # what was drawn stays what it was
    page.get_by_role("button", name="As drawn").click()
    expect(changed).to_have_text(["4", "4"])
    page.get_by_role("tab", name="Fewest pixels").click()
    expect(page.locator("figure.look").nth(1)).to_contain_text("instead of 4")
    hand.no_traceback(page)


def test_a_point_of_a_curve_opens_the_digits_behind_it(page, server):
    page.goto(f"{server.url}/robustness?models=softmax&distortion=rotation")
    heading = page.get_by_role("heading", name="softmax, rotation 90°")
    expect(heading).to_be_visible()
    point = page.locator(".js-plotly-plot .scatterlayer .trace").first.locator(".points path").nth(1)
    hand.settle(page)
    box = hand.box(point)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    heading = page.get_by_role("heading", name="softmax, rotation -60°")
    expect(heading).to_be_visible()
    expect(page).to_have_url(re.compile("at=-60"))
    wrong = int(re.search(r"(\d+) of 1,000", heading.inner_text()).group(1))
    expect(page.locator("button.tile")).to_have_count(min(wrong, 300))
    page.locator("button.tile").first.click()
    expect(page.get_by_role("dialog").locator(".card")).to_have_count(1)
    hand.no_traceback(page)
