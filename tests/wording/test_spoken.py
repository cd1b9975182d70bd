"""German where people look: on a page, on phones, in the lecture, and in an answer while the pen moves."""

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest

from digitlab import audience
from digitlab.access.languages import Languages
from digitlab.language import LANGUAGES, gettext, pgettext, speaking
from digitlab.settings import REPOSITORY
from digitlab.ui import languages, runs, streamlit_inside
from digitlab.ui.draw import live
from digitlab.ui.lecture import routes as lecture
from tests.patience import PATIENCE_S

SEVEN = {"width": 280, "height": 280, "brush": 20, "strokes": [[[70, 60], [200, 60], [120, 230]]]}


@pytest.fixture(scope="module")
def client() -> TestClient:
    routes = [*audience.routes(), *live.routes(), *lecture.routes()]
    return TestClient(Languages(Starlette(routes=routes)))


def german(sentence: str) -> str:
    with speaking("de"):
        said = gettext(sentence)
    assert said != sentence
    return said


@pytest.mark.parametrize(
    ("path", "sentence"), [("/play", "Clear"), ("/lecture", "Freeze the wall"), ("/lecture/remote", "Next")]
)
def test_pages_of_our_own_are_german(client, path, sentence):
    asked = client.get(path, headers={"accept-language": "de-CH, en;q=0.5"}).text
    assert '<html lang="de">' in asked
    assert german(sentence) in asked.encode().decode("unicode_escape", "ignore") + asked
    assert '<html lang="en">' in client.get(path, headers={"accept-language": "fr"}).text
    assert '<html lang="it">' in client.get(f"{path}?lang=it").text


def test_phones_and_the_lecture_offer_the_other_languages(client):
    phone = client.get("/play?lang=de").text
    assert re.findall(r'hreflang="(\w+)" href="\?lang=(\w+)"', phone) == [("en", "en"), ("es", "es"), ("it", "it")]
    assert '<b lang="de" aria-current="true">Deutsch</b>' in phone
    words = re.search(r'id="words">(.*?)</script>', client.get("/lecture?lang=de").text, re.DOTALL)
    assert json.loads(words[1])["languages"] == LANGUAGES


def test_an_answer_while_the_pen_moves_is_german(client):
    asked = {**SEVEN, "models": ["dnn", "cnn"], "final": True}
    told = client.post("/live/answer?lang=de", json=asked).json()
    shown = german("What the models see: 28\u00a0×\u00a028\u00a0pixels")
    assert shown in told["seen"]
    assert re.search(r"\d,\d+\u00a0%", told["left"])
    refused = client.post("/live/answer?lang=de", json={**asked, "models": []}).json()
    assert refused["problem"] == german("Expected models: one name or two.")


def test_a_page_is_german_and_stays_so(monkeypatch):
    monkeypatch.setattr(ScriptRunner, "_run_script", ScriptRunner._run_script)
    streamlit_inside.before_runs(runs.turn, languages.begin_run)
    app = AppTest.from_file(str(REPOSITORY / "pages" / "present" / "collection.py"), default_timeout=PATIENCE_S)
    app.query_params["lang"] = "de"
    app.run()
    assert app.title[0].value == german("Collection")
    del app.query_params["lang"]  # as a link within the app does
    app.run()
    assert app.title[0].value == german("Collection")
    which = app.segmented_control(key="which")
    with speaking("de"):  # as the browser, which sends what it shows
        assert which.options[0] == pgettext("drawings", "all") != "all"
        which.set_value("read wrong").run()
    assert app.query_params["which"] in ("read wrong", ["read wrong"])


def test_links_to_other_languages_name_every_chosen_value():
    def page() -> None:
        from digitlab.ui import languages

        languages.foot()

    app = AppTest.from_function(page, default_timeout=PATIENCE_S)
    app.query_params["models"] = ["dnn", "cnn"]
    app.run()
    assert "?models=dnn&amp;models=cnn&amp;lang=de" in app.get("html")[0].proto.body
