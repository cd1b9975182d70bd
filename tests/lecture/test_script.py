"""The script of a lecture: what is read, what is refused, and that nothing is lost."""

import pytest

from digitlab import language
from digitlab.errors import InvalidValue
from digitlab.ui.lecture import place, script


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setattr(script, "own", lambda: tmp_path / "lecture.txt")
    place.chosen.cache_clear()


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_the_script_that_ships_shows_every_view(spoken):
    places = [(step.view, step.argument) for step in script.steps()]
    with language.speaking(spoken):
        steps = script.steps()
    assert [(step.view, step.argument) for step in steps] == places  # people may follow one in several languages
    assert {step.view for step in steps} == set(script.VIEWS)
    assert all(step.words for step in steps)
    assert {"why", "draw 7", "fool", "guess"} <= {step.argument for step in steps}


def test_comments_blanks_and_cases():
    assert script.parse("# a talk\n\n Stage  why : Why: look\nwall\n") == (
        script.Step("stage", "why", "Why: look"),
        script.Step("wall", "", ""),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stage: a\nstag: b", "Line 2: expected one of join, stage, .*found “stag”"),
        ("", "Expected 1 to 200 steps, a line each; found 0"),
        ("wall\n" * 201, "found 201"),
        ("#" * 20_001, "at most 20000 characters"),
    ],
)
def test_what_is_no_script_is_refused_and_the_old_one_stays(text, said):
    script.save("wall: mine")
    with pytest.raises(InvalidValue, match=said):
        script.save(text)
    assert script.steps() == (script.Step("wall", "", "mine"),)


def test_a_script_that_was_damaged_by_hand_gives_way_to_the_one_that_ships():
    shipped = script.steps()
    script.own().write_text("nothing: that is known")
    assert script.steps() == shipped
    script.own().write_bytes(b"\xff\xfe")
    assert script.steps() == shipped


def test_saving_the_one_that_ships_leaves_no_file():
    script.save("wall")
    script.save(script.shipped())
    assert not script.own().exists()


def test_the_arrow_keys_walk_the_script_and_stop_at_its_ends():
    last = len(script.steps()) - 1
    assert place.move({"by": -1})["at"] == 0
    for _ in range(last + 2):
        told = place.move({"by": 1})
    assert (told["at"], told["view"], told["moves"]) == (last, None, last + 3)


def test_a_view_beside_the_script_and_back():
    place.move({"by": 1})
    assert place.move({"view": "wall"})["view"] == "wall"
    assert (place.move({"by": -1})["at"], place.state()["view"]) == (1, None)
    place.move({"view": "wall"})
    assert place.move({"by": 1})["at"] == 2


def test_a_script_that_became_shorter_ends_earlier():
    for _ in range(5):
        place.move({"by": 1})
    script.save("join\nwall")
    assert place.state()["at"] == 1


@pytest.mark.parametrize("asked", [{}, {"view": "nowhere"}, {"view": ["wall"]}, {"by": 7}, {"by": "1"}])
def test_there_is_no_other_way(asked):
    with pytest.raises(InvalidValue, match="No view of the lecture"):
        place.move(asked)
