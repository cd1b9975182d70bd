"""A word of the field is explained where it stands, by pointer, finger and keyboard, and the page stays as it was."""

import pytest

from tests.browser import hand
from tests.browser.every_page import open_page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

# Where on the screen a dotted word is; none before it is dotted.
PLACE = """([word, where]) => {
  const isThere = (one) => one.toString() === word && one.startContainer.parentElement.closest(where);
  const range = [...(CSS.highlights.get("term") ?? [])].find(isThere);
  const box = range?.getBoundingClientRect();
  return box?.width ? [box.left + box.width / 2, box.top + box.height / 2] : null;
}"""


def place(page, word: str, where: str = "main") -> tuple[float, float]:
    hand.until(page, lambda: page.evaluate(PLACE, [word, where]))
    return tuple(page.evaluate(PLACE, [word, where]))


def test_a_word_is_explained_where_it_stands(page, server, browser):
    tip = page.get_by_role("tooltip")
    open_page(page, server.url, "curves")
    page.mouse.move(*place(page, "loss"))
    expect(tip).to_contain_text("One number for how wrong a model is")
    link = tip.get_by_role("link", name="More in the glossary")
    assert link.get_attribute("href") == "glossary?term=loss"
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.get_by_text("Words on this page").click()
    page.locator(".words a[data-term=epoch]").focus()
    expect(tip).to_contain_text("One pass of a training")

    # React may write the dotted texts anew at any time, and leave the page.
    page.get_by_role("radio", name="accuracy").click()
    hand.settle(page)
    place(page, "accuracy")
    page.get_by_role("link", name="Confusion", exact=True).click()
    expect(page.get_by_role("heading", name="Confusion")).to_be_visible()
    hand.settle(page)
    page.mouse.move(*place(page, "validation digits"))
    expect(tip).to_contain_text("does not learn from")

    # A help bubble has words, too; it stays open and uncovered while they are explained.
    bubble, tip = page.get_by_test_id("stTooltipContent"), page.locator(".term-tip")
    page.get_by_role("link", name="Calibration", exact=True).click()
    expect(page.get_by_role("heading", name="Calibration")).to_be_visible()
    hand.settle(page)
    page.get_by_test_id("stTooltipIcon").first.hover()
    page.mouse.move(*place(page, "validation digits", "[data-testid=stTooltipContent]"), steps=8)
    expect(tip).to_contain_text("does not learn from")
    around, inside = hand.box(tip), hand.box(bubble)
    is_above, is_below = around["y"] + around["height"] <= inside["y"], around["y"] >= inside["y"] + inside["height"]
    assert is_above or is_below
    hand.no_traceback(page)
    assert page.locator(".words").count() == 1

    with hand.window(browser, viewport={"width": 360, "height": 740}, has_touch=True) as phone:
        open_page(phone, server.url, "curves")
        phone.touchscreen.tap(*place(phone, "loss"))
        box = hand.box(phone.get_by_role("tooltip"))
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        phone.touchscreen.tap(340, 730)
        expect(phone.get_by_role("tooltip")).to_be_hidden()
        phone.goto(f"{server.url}/glossary?term=t-sne")
        expect(phone.locator(".asked-for")).to_contain_text("t-SNE")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
