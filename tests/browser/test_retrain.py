"""A live demo in a real Chromium: train, watch, promote, draw with it, take it back."""

import re
import shutil

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from digitlab import settings
from tests.browser import hand
from tests.browser.server import serve

pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.training]


@pytest.fixture
def own_server(tmp_path):
    """A server with models of its own: this test exchanges them."""
    models = tmp_path / "models"
    shutil.copytree(settings.REPOSITORY / "models", models, ignore=shutil.ignore_patterns(".*"))
    with serve(tmp_path / "log", environment={"DIGITLAB_MODELS": str(models)}) as running:
        yield running
        assert "Traceback" not in running.log.read_text()


def test_demo_from_click_to_promoted_answers_the_next_stroke_of_an_open_window(page, own_server):
    drawing = page.context.new_page()
    hand.open_page(drawing, f"{own_server.url}/?left=dnn-100&right=dnn-100")
    page.goto(f"{own_server.url}/retrain?network=dnn-100")
    start = page.get_by_role("button", name="Start training")
    expect(page.get_by_text("as measured on this machine")).to_be_visible()
    start.click()
    discard = page.get_by_role("button", name="Discard")
    expect(discard).to_be_visible()
    page.reload()  # the training does not mind
    expect(discard).to_be_visible()
    promote = page.get_by_role("button", name="Promote", exact=True)
    expect(promote).to_be_visible()
    promote.click()
    expect(page.get_by_text("dnn-100 is in service")).to_be_visible()
    hand.draw(drawing, 7)
    hand.expect_answers(drawing, 7)
    page.get_by_role("button", name="Roll back to that of").click()
    expect(page.get_by_text("answers as the version before did")).to_be_visible()
    for opened in (page, drawing):
        hand.no_traceback(opened)


def test_paused_page_does_not_jump_and_discards(page, own_server):
    runs: list[bytes] = []

    def heard(message: bytes) -> None:
        if ForwardMsg.FromString(message).HasField("script_finished"):
            runs.append(message)

    page.on("websocket", lambda opened: opened.on("framereceived", heard))
    page.goto(f"{own_server.url}/retrain?network=resnet&preset=best")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 20"))).to_be_visible()
    expect(page.locator(".tile")).to_have_count(30)
    page.get_by_role("button", name="Pause").click()
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_be_visible()
    height = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight")
    chart = page.locator(".stVegaLiteChart").first.bounding_box()
    resume.click()
    before = len(runs)

    def has_run_on() -> bool:
        assert page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight") == height
        assert page.locator(".stVegaLiteChart").first.bounding_box() == chart
        return len(runs) >= before + 4

    hand.until(page, has_run_on)
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Discarded.")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    hand.no_traceback(page)


def test_start_waits_until_the_number_that_was_typed_is_valid(page, own_server, tmp_path):
    page.goto(f"{own_server.url}/retrain?network=dnn-100&preset=as+published")
    start, refused = (
        page.get_by_role("button", name="Start training"),
        page.get_by_text("Epochs must be a whole number"),
    )
    page.get_by_text("Hyperparameters", exact=True).click()
    epochs, seed = page.get_by_label("Epochs", exact=True), page.get_by_label("Seed", exact=True)
    seed.fill("5")
    seed.press("Enter")
    epochs.fill("999")
    epochs.press("Enter")
    expect(refused).to_contain_text("from 1 to 500, got '999'.")
    expect(start).to_be_disabled()
    start.click(force=True)
    epochs.fill("3")
    epochs.press("Enter")
    expect(refused).to_have_count(0)
    expect(start).to_be_enabled()
    epochs.fill("0")
    start.click()  # which ends the typing, too
    expect(refused).to_contain_text("got '0'.")
    expect(start).to_be_disabled()
    expect(seed).to_have_value("5")
    assert not (tmp_path / "models" / ".job" / "status.json").exists()  # nothing was started
    hand.no_traceback(page)


def test_onnx_is_made_and_downloaded(page, own_server, tmp_path):
    page.goto(f"{own_server.url}/models?model=softmax")
    page.get_by_role("button", name="Make .onnx").click()
    button = page.get_by_role("button", name=".onnx", exact=True)
    expect(button).to_be_visible()
    with page.expect_download() as download:
        button.click()
    download.value.save_as(tmp_path / "softmax.onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    assert [one.name for one in onnxruntime.InferenceSession(tmp_path / "softmax.onnx").get_inputs()] == ["images"]
    hand.no_traceback(page)
