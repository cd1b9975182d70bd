"""Every page, dialog and view by axe-core's rules: what people need who hear a page, or see little of it."""

import pytest

from digitlab.ui.lecture.script import VIEWS
from digitlab.wording import glossary
from tests import patience
from tests.browser import hand
from tests.browser.axe import found
from tests.browser.every_page import PAGES, open_page, wait

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

TEXT = """() => {
  const code = [...document.querySelectorAll("main :is(code, pre)")];
  for (const one of code) one.style.display = "none";
  const text = document.querySelector("main").innerText;
  for (const one of code) one.style.display = "";
  return text;
}"""


def in_both(page, what: str) -> list[str]:
    """As `found`, and for the colours of the dark theme, which a page of Streamlit has once it is loaded again."""
    light = found(page, what)
    page.emulate_media(color_scheme="dark")
    if page.locator("[data-testid=stApp]").count():
        page.reload()
        wait(page)
    dark = found(page, f"{what}, dark", runOnly=["color-contrast"])
    page.emulate_media(color_scheme="light")
    return light + dark


def unexplained(page, name: str) -> set[str]:
    """The words of the glossary that stand on a page and are not in its list of explained words."""
    words, listed = glossary.on_page(name), "[...document.querySelectorAll('.words a')].map((one) => one.dataset.term)"
    return set(glossary.occurring(page.evaluate(TEXT), words)) - set(page.evaluate(listed))


def test_axe_finds_nothing_serious_on_any_page_dialog_or_view(page, server):
    problems = []
    for name in PAGES:
        open_page(page, server.url, name)
        if name != "glossary":
            patience.until(lambda name=name: not unexplained(page, name), lambda name=name: unexplained(page, name))
        problems += in_both(page, name)
    open_page(page, server.url, "mistakes")
    page.locator("button.tile").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Draw")
    hand.settle(page)
    problems += in_both(page, "the dialog of a digit")
    hand.draw_alone(page, server.url, 4)
    problems += found(page, "a drawing")
    page.get_by_text("Keep what I confirm").click()
    page.get_by_role("button", name="That's right").click()
    expect(page.locator(".st-key-kept_line")).to_contain_text("Kept")
    page.get_by_role("button", name="Choose models").click()
    expect(page.locator(".offer")).to_be_visible()
    problems += found(page, "the choice of models")
    open_page(page, server.url, "collection")
    page.locator("button.tile").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("It is")
    hand.settle(page)
    problems += in_both(page, "the dialog of a kept drawing")
    page.goto(f"{server.url}/lecture#join")
    page.locator("#view > .join").wait_for()
    for number, view in enumerate(VIEWS, 1):
        page.keyboard.press(str(number))
        page.locator(f"#view > .{view}").wait_for()
        problems += in_both(page, f"the lecture's {view}")
    page.keyboard.press("?")
    page.locator("#help[open]").wait_for()
    problems += in_both(page, "the lecture's keys")
    page.goto(f"{server.url}/lecture/remote")
    page.locator("#remote *").first.wait_for()
    problems += in_both(page, "the remote")
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{server.url}/play")
    page.locator("#paper").wait_for()
    problems += in_both(page, "the phone's page")
    assert problems == []
