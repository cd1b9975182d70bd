"""Pages in another language: what Streamlit's own elements say, too, which it knows in English only."""

import re

import pytest

from digitlab import language
from digitlab.wording import streamlits
from tests.browser import every_page, hand

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

SAID = """() => [...document.querySelectorAll("main *, header *, #stFloatingOverlayPortal *")].flatMap((one) => [
  ...["aria-label", "placeholder", "title"].map((name) => one.getAttribute(name)),
  ...[...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data),
].map((text) => text?.trim()).filter(Boolean))"""


def in_english(page, german: dict[str, str]) -> list[str]:
    patterns = [re.escape(phrase).replace(r"\{it\}", ".+") for phrase, said in german.items() if phrase != said]
    return [text for text in page.evaluate(SAID) if re.fullmatch("|".join(patterns), text)]


@pytest.mark.parametrize("at", ["models", "?source=Upload", "mistakes"])
def test_streamlits_own_words_are_translated_while_the_page_changes(page, server, at):
    with language.speaking("de"):
        german = streamlits.phrases()
    page.goto(f"{server.url}/{at}{'&' if '?' in at else '?'}lang=de")
    every_page.wait(page)
    hand.until(page, lambda: not in_english(page, german))
    if at == "models":
        page.locator("[data-testid=stDataFrame]").first.hover()
        page.get_by_role("button", name="Als CSV herunterladen").first.hover()
        expect(page.get_by_role("tooltip").get_by_text("Als CSV herunterladen")).to_be_visible()
        page.get_by_role("combobox", name="Modell").click()
        page.get_by_role("combobox", name="Modell").fill("nothing that there is")
        expect(page.get_by_text("Nichts gefunden")).to_be_visible()
        hand.until(page, lambda: not in_english(page, german))
    if at == "?source=Upload":
        expect(page.locator("[data-testid=stFileUploader]").get_by_text("Hochladen").first).to_be_visible()


def test_pages_in_english_are_left_alone(page, server):
    page.goto(f"{server.url}/models?lang=en")
    every_page.wait(page)
    page.locator("[data-testid=stDataFrame]").first.hover()
    expect(page.get_by_role("button", name="Download as CSV").first).to_be_visible()
    expect(page.locator(".st-key-streamlits")).to_have_count(0)
