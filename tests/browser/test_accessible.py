"""Every page, dialog and view by axe-core's rules: what people need who hear a page, or see little of it."""

import pytest

from digitlab.ui.lecture.script import VIEWS
from digitlab.wording import glossary
from tests.browser import hand
from tests.browser.every_page import PAGES, open_page, wait

expect = pytest.importorskip("playwright.sync_api").expect
axe_script = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT

pytestmark = pytest.mark.browser

# What stands in Streamlit's own markup, out of our reach: rule, part of the element's HTML, and why it harms nobody.
STREAMLITS: list[tuple[str, str, str]] = []
RULES = ["heading-order"]  # besides those whose impact is serious or critical
# What a script run is about to write anew is pale for a moment.
FIRM = '[data-stale="true"] { opacity: 1 !important; transition: none !important; }'
STILL = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished))"""
TEXT = """() => {
  const code = [...document.querySelectorAll("main :is(code, pre)")];
  for (const one of code) one.style.display = "none";
  const text = document.querySelector("main").innerText;
  for (const one of code) one.style.display = "";
  return text;
}"""
RUN = """(rules) => axe.run(document, { resultTypes: ["violations"], preload: false, selectors: false, ...rules })
  .then((found) => found.violations)"""


def found(page, what: str, **rules: object) -> list[str]:
    """What axe-core finds on a page as it stands now, each with where it is."""
    page.evaluate(f"window.axe || {axe_script}")
    page.add_style_tag(content=FIRM)
    page.evaluate(STILL)
    return [
        f"{what}: {one['id']}, {one['help']}: {node['html'][:200]}"
        for one in page.evaluate(RUN, rules)
        if one["impact"] in ("serious", "critical") or one["id"] in RULES
        for node in one["nodes"]
        if not any(rule == one["id"] and part in node["html"] for rule, part, _ in STREAMLITS)
    ]


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


def is_explained(page, name: str) -> bool:
    """Whether every word of the glossary that stands on a page is in its list of explained words."""
    words, listed = glossary.on_page(name), "[...document.querySelectorAll('.words a')].map((one) => one.dataset.term)"
    return set(glossary.occurring(page.evaluate(TEXT), words)) <= set(page.evaluate(listed))


def test_axe_finds_nothing_serious_on_any_page_dialog_or_view(page, server):
    problems = []
    for name in PAGES:
        open_page(page, server.url, name)
        if name != "glossary":
            hand.until(page, lambda name=name: is_explained(page, name))
        problems += in_both(page, name)
    open_page(page, server.url, "mistakes")
    page.locator("button.tile").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Draw")
    hand.settle(page)
    problems += in_both(page, "the dialog of a digit")
    hand.draw_alone(page, server.url, 4)
    problems += found(page, "a drawing")
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
