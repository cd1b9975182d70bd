"""The page elements of others that digitlab names; what fails here, an upgrade of their maker has changed."""

import json
import re
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from digitlab.ui import streamlit_inside
from digitlab.ui.draw import canvas_inside
from tests.browser import every_page, hand

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def test_streamlit_names_its_page_elements_as_the_style_sheet_does(page, server):
    sheet = Path(streamlit_inside.__file__).with_suffix(".css").read_text(encoding="utf-8")
    names = set(re.findall(r"\.st[A-Z]\w+|\[data-testid=\"[\w-]+\"\]", sheet))
    assert len(names) > 3
    hand.open_page(page, server.url)
    hand.strokes(page, [[[140, 140], [141, 140]]])  # a dot, for its warning
    expect(page.locator(".st-key-agreement")).to_contain_text("only a dot")
    missing = {name for name in names if not page.locator(name).count()}
    every_page.open_page(page, server.url, "curves")
    page.locator("[data-tag]").first.wait_for()
    missing -= {name for name in missing if page.locator(name).count()}
    every_page.open_page(page, server.url, "retrain")
    page.get_by_text("Start training").wait_for()
    missing -= {name for name in missing if page.locator(name).count()}
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Expand sidebar").wait_for()
    missing -= {name for name in missing if page.locator(name).count()}
    page.get_by_label("Expand sidebar").click()
    page.locator("[data-testid$=NavLinkContainer]").last.wait_for()
    missing -= {name for name in missing if page.locator(name).count()}
    assert not missing, "Streamlit's pages have no such elements any more; streamlit_inside.css has rules for them."


def test_the_canvas_is_built_and_reports_as_canvas_inside_expects(page, server):
    reports: list[str] = []

    def connected(socket) -> None:
        to = socket.connect_to_server()

        def heard(message: bytes) -> None:
            widgets = BackMsg.FromString(message).rerun_script.widget_states.widgets
            reports.extend(one.json_value for one in widgets if one.id.endswith("-canvas"))
            to.send(message)

        socket.on_message(heard)
        to.on_message(socket.send)

    page.route_web_socket("**/_stcore/stream", connected)
    hand.open_page(page, server.url)
    assert page.locator(canvas_inside.PAPER).count() == 1, "The canvas's upper element has another name than PAPER."
    toolbar = page.locator(".dc-toolbar")
    assert toolbar.count() == 1, "The canvas's toolbar has another name than in HIDE_TOOLBAR."
    expect(toolbar).to_be_hidden()
    hand.strokes(page, [[[60.0, 60.0], [200.0, 100.0], [140.0, 200.0]]])
    hand.expect_reported(page, 1)
    (found,), picture = canvas_inside.report(json.loads(reports[-1]))
    assert picture is not None, "The canvas reports in another form than `canvas_inside.report` reads."
    assert picture.startswith(b"\x89PNG")
    stroke = canvas_inside.stroke(found)
    assert stroke is not None, "Fabric describes a stroke in another form than `canvas_inside.stroke` reads."
    assert len(stroke["points"]) > 3
