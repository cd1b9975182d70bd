"""Looking inside in a real Chromium: tabs that open, hints that show, units that are traced by mouse and keyboard."""

import re

import pytest

from tests.browser import hand
from tests.browser.server import serve, without_mnist

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 360])
def test_layers_are_hovered_over_and_clicked_through(page, server, width):
    page.set_viewport_size({"width": width, "height": 720})
    hand.open_page(page, f"{server.url}/?why=true&inside=cnn")
    hand.draw(page, 4)
    page.get_by_role("tab", name="Inside").click()
    inside = page.locator(".inside")
    traced, pressed = inside.locator("aside h5"), inside.locator("[aria-pressed=true]")
    expect(traced).to_contain_text("Digit 4: ")
    expect(pressed).to_contain_text("4")
    expect(inside.locator("aside li")).to_have_count(10)
    assert inside.locator("section.maps").count() >= 4

    unit = inside.locator("section.maps").nth(1).locator("button").nth(3)
    unit.hover()
    expect(inside.locator(".inside-hint")).to_contain_text("Map 3 of layer 2")
    expect(inside.locator(".inside-hint i")).to_have_count(2)
    unit.click()
    expect(traced).to_contain_text("Map 3 of layer 2")
    expect(page).to_have_url(re.compile("unit=2-3"))
    expect(inside.locator("section.maps").first.locator("button.adds, button.takes")).to_have_count(10)

    inside.locator("aside li button").first.click()  # on to what feeds it most
    expect(traced).to_contain_text("of layer 1")
    expect(inside.locator("aside li button:enabled")).to_have_count(0)  # the pixels: it ends here
    expect(inside.get_by_text("What it finds")).to_be_visible()

    inside.locator("section.maps").nth(2).locator("button").first.focus()
    page.keyboard.press("ArrowRight")
    expect(inside.locator(".inside-hint")).to_contain_text("Map 1 of layer 3")
    page.keyboard.press("Enter")
    expect(traced).to_contain_text("Map 1 of layer 3")
    assert inside.locator("button:focus").get_attribute("data-id") == "3-1"  # a redraw leaves the focus where it is
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    hand.no_traceback(page)


def test_a_mouse_that_rests_does_not_take_the_hint_from_the_keyboard(page, server):
    page.set_viewport_size({"width": 360, "height": 720})
    hand.open_page(page, f"{server.url}/?why=true&inside=cnn")
    hand.draw(page, 4)
    page.get_by_role("tab", name="Inside").click()
    maps = page.locator(".inside section.maps").nth(1).locator("button")
    maps.nth(3).hover()
    hint = page.locator(".inside-hint")
    expect(hint).to_contain_text("Map 3 of layer 2")
    maps.first.focus()
    page.keyboard.press("ArrowRight")
    expect(hint).to_contain_text("Map 1 of layer 2")
    fourth, eighth = maps.nth(3).bounding_box(), maps.nth(7).bounding_box()
    scrolled = "by => { document.querySelector('.stMain').scrollBy(0, by); return new Promise(requestAnimationFrame); }"
    page.evaluate("window.over = 0; addEventListener('mouseover', () => (window.over += 1), true)")
    page.evaluate(scrolled, max(eighth["y"] - fourth["y"], fourth["height"]))
    page.wait_for_function("window.over")  # a moment later, the browser tells what now lies below the mouse
    expect(hint).to_contain_text("Map 1 of layer 2")
    maps.nth(5).hover()
    expect(hint).to_contain_text("Map 5 of layer 2")


def test_a_unit_is_switched_off_and_scaled_by_keyboard(page, server):
    page.set_viewport_size({"width": 360, "height": 720})
    hand.open_page(page, f"{server.url}/?why=true&inside=dnn&unit=1-7")
    hand.draw(page, 4)
    page.get_by_role("tab", name="Inside").click()
    figures, group = page.locator(".surgery-figures"), page.get_by_role("group", name="Unit 7 of layer 1")
    expect(figures).to_contain_text("Choose a unit of a layer and switch it off")
    group.get_by_role("button", name="Switch off").focus()
    page.keyboard.press("Enter")
    expect(figures).to_contain_text(re.compile(r"This drawing\s*4, .* → 4, .*1,000 held-out digits\s*99.7% right → 99"))
    expect(group).to_contain_text("1 unit is changed")
    expect(page).to_have_url(re.compile("surgery=dnn_1-7-0(&|$)"))
    slider = group.get_by_role("slider", name="Unit 7 of layer 1: It passes on")
    assert slider.get_attribute("aria-valuetext") == "nothing"
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("surgery=dnn_1-7-10(&|$)"))
    expect(group.get_by_role("button", name="Unit 7 of layer 1: × 0.1")).to_be_visible()
    expect(slider).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    group.get_by_role("button", name="All back to normal").click()
    expect(figures).to_contain_text("Choose a unit")
    assert "surgery=" not in page.url
    hand.no_traceback(page)


def test_a_drawing_reminds_of_digits_and_lies_on_the_map(page, tmp_path):
    # Without full MNIST, whose 55,000 digits would be answered in the background, beside all other tests.
    with serve(tmp_path / "log", environment=without_mnist(tmp_path)) as server:
        hand.open_page(page, f"{server.url}/?why=true")
        hand.draw(page, 4)
        page.get_by_role("tab", name="Similar digits").click()
        expect(page.locator(".tiles")).to_have_count(2)  # without a further stroke
        expect(page.locator(".tile figcaption").first).to_have_text("a 4")
        expect(page.locator(".map-frame canvas")).to_have_count(2)
        page.wait_for_function("document.querySelector('.map-frame')._map?.drawing?.length === 2")
        page.get_by_role("link", name="On the whole map").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Embedding map")
        page.wait_for_function("document.querySelector('.map-frame')?._map?.drawing?.length === 2")
        hand.no_traceback(page)
