"""The tabs "Inside" and "Reminds it of" without a browser."""

import json
import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from digitlab import serving
from digitlab.explain import nearest
from digitlab.models import store
from tests.patience import PATIENCE_S, until


def page(tab: str, *names: str) -> AppTest:
    """A page with nothing but one of the tabs, for a drawn 4."""

    def script(tab: str, names: tuple[str, ...]) -> None:
        from digitlab import ink, serving
        from digitlab.ui.draw import inside, reminds
        from tests import drawings

        models = [serving.load(name) for name in names]
        {"inside": inside, "reminds": reminds}[tab].show(ink.read(drawings.canvas(4)).pixels, models)

    return AppTest.from_function(script, default_timeout=PATIENCE_S, kwargs={"tab": tab, "names": names})


def component(app: AppTest) -> dict:
    """What the component of the tab is told."""
    (found,) = app.get("bidi_component")
    return json.loads(found.proto.json)


@pytest.mark.parametrize("name", store.names())
def test_every_model_shows_its_layers_and_why_the_winner_wins(name):
    app = page("inside", name).run()
    assert not app.exception
    data = component(app)
    rows, layers = data["rows"], data["rows"][1:-1]
    assert [row["kind"] for row in rows[:1] + rows[-1:]] == ["pixels", "answers"]
    assert all(row["sheet"].startswith("data:image/png") and row["units"] for row in rows)
    assert all(re.match(rf"Layer {number}: \d+ (units|feature maps)$", row["title"])
               for number, row in enumerate(layers, 1))  # fmt: skip
    assert data["chosen"] == [len(rows) - 1, 4]
    assert data["trace"]["title"].startswith("Digit 4: ")
    assert len(data["trace"]["bars"]) == 10
    assert data["trace"]["bars"][0][4] in {1, -1}


def test_a_link_opens_a_unit_and_nonsense_opens_the_winner():
    app = page("inside", "cnn-simple")
    app.query_params["unit"] = "1-5"
    data = component(app.run())
    assert data["chosen"] == [1, 5]
    assert data["trace"]["title"].startswith("Map 5 of layer 1")
    assert data["trace"]["seen"] is not None
    for nonsense in ("1", "9-1", "0-0", "2-100", "1-99999999999", "a-b", "-1--1"):
        app.query_params["unit"] = nonsense
        assert component(app.run())["chosen"] == [3, 4], nonsense


def test_a_link_switches_units_off_and_nonsense_changes_nothing():
    app = page("inside", "cnn-simple")
    app.query_params["unit"] = "1-5"
    plain = component(app.run())
    assert plain["surgery"]["unit"] == "Map 5 of layer 1"
    assert plain["surgery"]["changed"] == []
    app.query_params["surgery"] = "cnn-simple_1-5-0_2-7-150"
    told = component(app.run())["surgery"]
    assert [each[-1] for each in told["changed"]] == ["Map 5 of layer 1: off", "Unit 7 of layer 2: × 1.5"]
    assert (told["perCent"], told["factors"][0], len(told["factors"])) == (0, "nothing", 21)
    shown = "".join(element.proto.body for element in app.get("html"))
    figures = re.findall(r"<p>([^<]*)<span>(.*?) → <b>(.*?)</b>", shown)
    (_, before, after), (title, right, right_after) = figures
    assert title == "1,000 held-out digits"
    assert before.startswith("4, ")
    assert after.startswith("4, ")
    assert (before, right) != (after, right_after)
    assert all(re.fullmatch(r"9\d\.\d% right", share) for share in (right, right_after))
    for nonsense in ("dnn_1-5-0", "cnn-simple_9-0-0_0-0-0_1-32-0", "cnn-simple_a", "1-5-0", "cnn-simple_1-5-100"):
        app.query_params["surgery"] = nonsense
        assert component(app.run())["surgery"]["changed"] == [], nonsense


def test_changes_go_into_the_link_and_out_of_it(monkeypatch):
    from digitlab.ui.draw import surgery

    query: dict[str, str] = {}
    monkeypatch.setattr(st, "query_params", query)
    surgery.change("cnn", (), [1, 5, 0])
    assert query == {"surgery": "cnn_1-5-0"}
    surgery.change("cnn", ((1, 5, 0),), [2, 3, 150])
    assert query == {"surgery": "cnn_1-5-0_2-3-150"}
    surgery.change("cnn", ((1, 5, 0), (2, 3, 150)), [1, 5, 100])
    assert query == {"surgery": "cnn_2-3-150"}
    surgery.change("cnn", tuple((1, unit, 0) for unit in range(surgery.MOST)), [2, 0, 0])
    assert query["surgery"].count("_") == surgery.MOST
    surgery.change("cnn", ((2, 3, 150),), [])
    assert query == {}


def test_which_units_can_go_is_told_and_drawn():
    app = page("inside", "dnn-100")
    app.query_params["prune"] = "true"
    app.run()
    assert not app.exception
    (said,) = [one.value for one in app.markdown if one.value.startswith("With all 100 units")]
    assert re.search(r"Without the \d+ least important ones it still reads 9\d\.\d% right\.", said)
    (table,) = [one.proto.body for one in app.get("html") if 'class="as-table"' in one.proto.body]
    head, first, *_, last = re.findall(r"<tr>(.*?)</tr>", table)
    assert [*re.findall(r">([^<]+)</th>", head)] == ["units left", "least important first", "at random"]
    assert [re.search(r'"row">(\d+)<', row)[1] for row in (first, last)] == ["5", "100"]
    assert len(set(re.findall(r"<td>([^<]+)</td>", last))) == 1


def test_either_model_can_be_looked_into():
    app = page("inside", "dnn-100", "lenet-5").run()
    assert len(component(app)["rows"]) == 3
    app.segmented_control[0].set_value("lenet-5").run()
    assert len(component(app)["rows"]) == 6
    assert not app.exception


def test_model_stored_without_its_inside_is_told_in_one_sentence(monkeypatch):
    st.cache_resource.clear()
    monkeypatch.delitem(serving.load("dnn-100").run, "inside")
    app = page("inside", "dnn-100").run()
    assert not app.exception
    assert [one.value for one in app.info] == [
        "dnn-100 was stored without its inside. `python -m digitlab inside dnn-100` adds it."
    ]


def test_reminds_of_digits_that_ship_where_there_is_nothing_else(no_mnist, monkeypatch):
    linked = []  # there is no other page in this app of one
    monkeypatch.setattr(st, "page_link", lambda page, query_params, **rest: linked.append((page, query_params)))
    names = ("dnn-100", "cnn-simple")
    app = page("reminds", *names).run()
    assert not app.exception
    until(lambda: not any(nearest.preparation(serving.load(name)).going_on for name in names))
    linked.clear()
    app.run()
    assert not app.exception
    shown = "\n".join(element.proto.body for element in app.get("html"))
    assert shown.count("a 4</figcaption>") >= 20
    said = [one.value for one in app.markdown if one.value.startswith(("**dnn-100**: ", "**cnn-simple**: "))]
    assert [" labelled 4" in one for one in said] == [True, True]
    assert sum("among the 5,000 digits that ship" in one.value for one in app.caption) == 2
    assert len(app.get("bidi_component")) == 2  # a map each
    assert all(json.loads(one.proto.json)["drawing"] for one in app.get("bidi_component"))
    assert [(page, query["left"], query["mine"]) for page, query in linked] == [
        ("pages/explore/embedding_map.py", name, "true") for name in names
    ]
