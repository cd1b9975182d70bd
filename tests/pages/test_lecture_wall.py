"""The wall of the lecture: what a window is told, and what presenters do."""

import base64

import numpy as np
import pytest

from digitlab import audience, collection
from digitlab.audience import SHOWN
from digitlab.errors import InvalidValue
from digitlab.ui.lecture import wall


@pytest.fixture(autouse=True)
def empty_wall():
    audience.wall.cache_clear()
    yield
    audience.wall.cache_clear()


def hang(*numbers: int, doubted: bool = False) -> None:
    answers = {
        name: {"digit": digit, "confidence": 0.9, "is_digit": not doubted, "shares": np.eye(10)[digit].tolist()}
        for name, digit in (("dnn", 9), ("cnn", 4))
    }
    for number in numbers:
        audience.wall().hang(str(number), np.full((28, 28), number % 256, np.uint8), answers)


def act(name: str, **asked) -> dict:
    return wall.ACTS[name][1](asked)


class Window:
    """What `wall.js` does with what it is told."""

    def __init__(self) -> None:
        self.version, self.drawings, self.told = 0, {}, {}

    def look(self) -> list[int]:
        told = wall.state(self.version)["wall"]
        if told is None:
            return self.shown
        if told["whole"]:
            self.drawings.clear()
        self.drawings |= {one["number"]: one for one in told["changed"]}
        self.told, self.version, self.shown = told, told["version"], told["numbers"]
        if not self.drawings.keys() >= set(self.shown):
            self.version = 0
            return self.look()
        return self.shown


def test_a_window_is_told_only_what_it_lacks():
    hang(1, 2, 3)
    window = Window()
    assert window.look() == [3, 2, 1]
    assert base64.b64decode(window.drawings[2]["pixels"]) == bytes([2] * 784)
    assert wall.state(window.version)["wall"] is None
    audience.wall().label("2", 4)
    hang(4)
    act("hide", number=3)
    assert window.look() == [4, 2, 1]
    assert {one["number"] for one in window.told["changed"]} == {2, 4}
    assert [sign for _, sign, _ in window.drawings[2]["answers"]] == ["✗", "✓"]
    assert window.told["score"] == [0, 1]
    assert wall.state(None)["wall"] is None  # the remote control does not show it


def test_a_window_misses_nothing_whatever_happens():
    chance = np.random.default_rng(0)
    windows = [Window() for _ in range(3)]
    names = ("hang", "hang", "hang", "hide", "unhide", "freeze", "approval", "approve", "clear", "many")
    for name in chance.choice(names, 150, p=[0.2, 0.2, 0.17, 0.1, 0.1, 0.08, 0.06, 0.06, 0.01, 0.02]):
        seen = audience.wall().look()
        match name:
            case "hang":
                hang(int(chance.integers(400)))
            case "many":
                hang(*range(400, 400 + SHOWN + 5))
            case "hide":
                act("hide", number=seen.entries[-1].number if seen.entries else 0)
            case "freeze" | "approval":
                act(name, on=bool(chance.integers(2)))
            case "approve":
                act(name, numbers=[entry.number for entry in seen.waiting[:50]], seen=seen.version)
            case _:
                act(name)
        hung = audience.wall().entries()[:SHOWN]
        window = windows[chance.integers(3)]
        assert window.look() == [entry.number for entry in hung]
        pictures = [base64.b64decode(window.drawings[entry.number]["pixels"]) for entry in hung]
        assert pictures == [entry.pixels.tobytes() for entry in hung]


def test_what_is_no_digit_is_right_where_a_model_doubts():
    hang(1, doubted=True)
    audience.wall().label("1", collection.NOT_A_DIGIT)
    window = Window()
    window.look()
    assert window.drawings[1]["answers"][0][:2] == ["9?", "✓"]
    assert window.told["score"] == [1, 1]
    assert sum(window.told["counts"]) == 0
    assert window.drawings[1]["says"] == "Its author says: not a digit"


def test_only_what_waits_on_the_phone_is_approved():
    act("approval", on=True)
    hang(1, 2, 3)
    told = act("waiting", mark="")
    assert [one["number"] for one in told["drawings"]] == [1, 2, 3]
    assert act("waiting", mark=told["mark"])["drawings"] is None
    assert (wall.state(0)["waiting"], wall.state(0)["waits"]) == (3, "3 wait for approval")
    hang(3)
    act("reject", number=1)
    act("approve", numbers=[1, 2, 3], seen=told["seen"])
    assert Window().look() == [2]
    assert [one["number"] for one in act("waiting", mark=told["mark"])["drawings"]] == [3]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("hide", {}), ("hide", {"number": True}), ("hide", {"number": "1"}), ("hide", {"number": 2**31}),
        ("reject", {"number": -1}), ("freeze", {"on": 1}), ("approval", {}), ("approve", {"numbers": "12", "seen": 1}),
        ("approve", {"numbers": [1]}), ("approve", {"numbers": [1] * 201, "seen": 1}),
        ("approve", {"numbers": [None], "seen": 1}),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(name, asked):
    with pytest.raises(InvalidValue, match="Expected"):
        act(name, **asked)


def test_the_newest_is_hidden_and_taken_back_from_the_remote_control():
    assert "The wall is empty" in act("hide_newest")["problem"]
    assert "Nothing is hidden" in act("unhide")["problem"]
    hang(1, 2)
    act("hide_newest")
    assert Window().look() == [1]
    assert act("unhide") == {"number": 2}
    assert Window().look() == [2, 1]


def test_an_open_drawing_is_explained():
    hang(0)  # without ink, there is no reason
    told = wall.explain({"number": 1})
    assert told["figures"].count("<figure") == 2
    assert "no longer on the wall" in wall.explain({"number": 7})["problem"]
