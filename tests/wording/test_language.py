"""Which language is spoken to whom, and how it writes numbers."""

import pickle
import threading

import pytest
from babel.numbers import format_decimal, format_percent
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from digitlab import language
from digitlab.access.languages import COOKIE, Languages
from digitlab.errors import DamagedModel, NothingDrawn
from digitlab.language import LANGUAGES, N_, accepted, gettext, named, ngettext, numeral, speaking

OTHERS = sorted(set(LANGUAGES) - {"en"})
NUMBERS = [0, 7, 999, 1234, 12345, 1234567, 0.5, -3.25, 1234.5, 98765.43]


@pytest.fixture
def german(monkeypatch):
    """A small catalogue instead of the real one, which translators may change."""
    texts = {
        "Draw a digit": "Ziffer malen", "{share:.1%} of {count:,}": "{share:.1%} von {count:,}",
        "The model {name} lacks its file {file}.": "Dem Modell {name} fehlt die Datei {file}.",
        "{damage} The version before it answers in its place.": "{damage} Es antwortet die Version davor.",
    }  # fmt: skip

    class Small:
        gettext = staticmethod(lambda sentence: texts.get(sentence, sentence))
        ngettext = staticmethod(lambda one, several, count: one if count == 1 else several)

    monkeypatch.setattr(language, "_catalogue", lambda _: Small)
    with speaking("de"):
        yield


@pytest.mark.parametrize("spoken", OTHERS)
def test_numbers_are_written_as_cldr_has_them(spoken):
    with speaking(spoken):
        for number in NUMBERS:
            assert numeral(number, ",.2f") == format_decimal(number, "#,##0.00", locale=spoken)
        assert numeral(1234567, ",") == format_decimal(1234567, locale=spoken)
        assert numeral(0.99, ".0%") == format_percent(0.99, locale=spoken)
    assert numeral(1234.5, ",.2f") == "1,234.50"


def test_a_sentence_writes_its_numbers_in_its_language(german):
    assert gettext("Draw a digit") == "Ziffer malen"
    assert gettext("{share:.1%} of {count:,}").format(share=0.986, count=12345) == "98,6\u00a0% von 12.345"
    assert gettext("not in the catalogue") == "not in the catalogue"
    assert gettext("") == ""
    assert ngettext("{count} thing", "{count} things", 2).format(count=2) == "2 things"


def test_another_thread_speaks_english_until_it_is_told_otherwise(german):
    said = []
    thread = threading.Thread(target=lambda: said.append(gettext("Draw a digit")))
    thread.start()
    thread.join()
    assert said == ["Draw a digit"]


def test_an_error_speaks_the_language_of_whoever_reads_it(german):
    damage = DamagedModel(N_("The model {name} lacks its file {file}."), name="cnn", file="run.json")
    error = pickle.loads(
        pickle.dumps(DamagedModel(N_("{damage} The version before it answers in its place."), damage=damage))
    )
    assert str(error) == "Dem Modell cnn fehlt die Datei run.json. Es antwortet die Version davor."
    with speaking("en"):
        assert str(error) == "The model cnn lacks its file run.json. The version before it answers in its place."
    assert str(pickle.loads(pickle.dumps(NothingDrawn()))).startswith("There is no ink")
    assert str(DamagedModel("with {braces}")) == "with {braces}"


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "en"), ("de", "de"), ("fr;q=0.9, de-AT;q=0.8, en;q=0.5", "de"), ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("es;q=0.1,it;q=0.2", "it"), ("de;q=0, es;q=x, it;q=0.3", "it"), ("*", "en"), ("de;q=9", "en"), (",;=", "en"),
    ],
)  # fmt: skip
def test_the_browser_says_which_languages_it_prefers(header, wanted):
    assert accepted(header) == wanted


@pytest.mark.parametrize(("tag", "wanted"), [("de", "de"), ("DE_at", "de"), ("fr", None), ("", None), (None, None)])
def test_tags_name_languages(tag, wanted):
    assert named(tag) == wanted


def client() -> TestClient:
    async def told(_) -> PlainTextResponse:
        return PlainTextResponse(language.current())

    return TestClient(Languages(Starlette(routes=[Route("/", told)])))


PAGE = {"accept": "text/html"}


def test_the_address_comes_first_then_the_cookie_then_the_browser():
    asks = client()
    assert asks.get("/", headers={"accept-language": "it"}).text == "it"
    assert asks.get("/?lang=es", headers={"accept-language": "it"}).text == "es"
    assert COOKIE not in asks.cookies  # no page was asked for
    assert asks.get("/?x=1&lang=es", headers={**PAGE, "accept-language": "it"}).text == "es"
    assert asks.cookies[COOKIE] == "es"
    assert asks.get("/", headers={"accept-language": "it"}).text == "es"
    assert asks.get("/?lang=de").text == "de"


@pytest.mark.parametrize("query", ["lang=fr", "lang=", "lang", "lang=de%0d%0ax", "lang=" + "d" * 5000, "lang=%ff"])
def test_what_is_no_language_is_ignored(query):
    answer = client().get(f"/?{query}", headers=PAGE)
    assert (answer.text, answer.headers.get("set-cookie")) == ("en", None)


def test_the_cookie_stays_with_this_site_and_tells_nothing_else():
    cookie = client().get("/?lang=de", headers=PAGE).headers["set-cookie"]
    assert cookie.split("; ")[0] == f"{COOKIE}=de"
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
