"""A session whose server dies goes on at another one, which knows nothing of it."""

import numpy as np
import pytest

from tests.browser import hand
from tests.browser.elsewhere import balanced

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser
LEFT, RIGHT = {"left": 20, "top": 80, "size": 100}, {"left": 155, "top": 80, "size": 100}


def test_the_drawing_goes_on_where_another_server_takes_the_session(page, server):
    with balanced(server) as balancer:
        hand.open_page(page, balancer.url)
        # The canvas has been told what to show more often than a new session would tell it.
        hand.strokes(page, [np.array([[40.0, 250.0], [90.0, 250.0]])])
        hand.expect_reported(page, 1)
        page.keyboard.press("Delete")
        hand.expect_prompt(page)
        hand.draw(page, 4, **LEFT)
        hand.expect_answers(page, 4)
        hand.expect_reported(page, 2)
        before = hand.pixels(page)
        with page.expect_websocket():
            balancer.fail()
        expect(page.locator(".told[data-revision='1']")).to_have_count(4)  # written by a session that has just begun
        hand.expect_reported(page, 2)
        hand.expect_answers(page, 4)
        assert np.abs(hand.pixels(page) - before).mean() < 1
        hand.settle(page)
        balancer.is_away = True
        balancer.fail()
        # A stroke during which the page notices this would be lost, and be seen to be.
        connection = page.locator("[data-testid=stApp]")
        expect(connection).not_to_have_attribute("data-test-connection-state", "CONNECTED")
        hand.idle(page)
        hand.draw(page, 2, **RIGHT)
        hand.pause(page, 400)  # longer than the canvas waits before it reports a stroke, of which nobody hears
        hand.idle(page)
        balancer.is_away = False
        expect(page.locator(".st-key-agreement")).to_contain_text("Both read 42")
        hand.expect_reported(page, 3)
        page.locator(".st-key-undo button").click()
        hand.expect_answers(page, 4)
        hand.no_traceback(page)
