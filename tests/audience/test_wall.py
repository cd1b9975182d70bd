"""The wall: in the memory of one server, and in the database of several."""

import importlib
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from digitlab import audience, collection, database
from digitlab.audience import shared_wall
from digitlab.audience.routes import read_drawing
from digitlab.audience.shared_wall import SharedWall
from digitlab.audience.wall import Wall
from digitlab.database.tables import WallRow, WallStateRow
from digitlab.errors import DatabaseUnavailable
from tests import statements
from tests.audience.test_audience import TOKEN, drawn
from tests.patience import PATIENCE_S

in_memory = importlib.import_module("digitlab.audience.wall")  # the door's `wall` hides the module's name


@pytest.fixture
def shared(postgresql, monkeypatch) -> None:
    """An empty wall in PostgreSQL."""
    monkeypatch.setenv("DIGITLAB_DATABASE", postgresql)
    with database.session() as opened:
        opened.execute(delete(WallRow))
        anew = {"revision": WallStateRow.revision + 1, "cleared": 0, "frozen": None, "approval": False}
        opened.execute(update(WallStateRow).values(anew))


@pytest.fixture(params=["memory", pytest.param("shared", marks=pytest.mark.postgres)])
def walls(request) -> tuple:
    """The walls of two servers: of one kind, they are one and the same."""
    if request.param == "memory":
        return (Wall(),) * 2
    request.getfixturevalue("shared")
    return SharedWall(check_s=0), SharedWall(check_s=0)


def hang(wall, *digits: int) -> None:
    for digit in digits:
        wall.hang(str(digit), np.full((28, 28), digit, np.uint8), {"dnn": {"digit": digit, "is_digit": True}})


def digits(wall) -> list[int]:
    return [entry.answers["dnn"]["digit"] for entry in wall.entries()]


def test_newest_first_and_a_further_stroke_stays_in_place(walls):
    here, there = walls
    hang(here, 1, 2)
    hang(there, 3)
    assert there.label("2", 2)
    assert here.label("1", -1)  # no digit, although the model took it for one
    assert [entry.is_right("dnn") for entry in there.entries()] == [None, True, False]
    hang(here, 2)
    assert digits(there) == digits(here) == [3, 2, 1]
    first, second, third = (entry.number for entry in there.entries())
    assert first - second == second - third == 1
    assert there.entries()[1].label is None
    np.testing.assert_array_equal(there.entries()[0].pixels, np.full((28, 28), 3))
    assert not there.label("4", 4)


def test_frozen_it_stands_still_and_what_is_hidden_goes_even_then(walls):
    here, there = walls
    hang(here, 1, 2)
    assert digits(there) == [2, 1]
    here.freeze(True)
    hang(there, 3)
    there.label("2", 2)
    assert digits(there) == digits(here) == [2, 1]
    assert here.entries()[0].label is None
    here.hide(here.entries()[1].number)
    there.hide(there.entries()[0].number)
    assert digits(here) == digits(there) == []
    assert there.unhide() == 2
    assert digits(here) == [2]
    assert there.is_frozen
    there.freeze(False)
    assert not here.is_frozen
    assert digits(here) == digits(there) == [3, 2]
    assert here.entries()[1].label == 2
    here.clear()
    assert digits(here) == digits(there) == []


def test_hidden_stays_hidden_until_the_presenter_takes_it_back(walls):
    here, there = walls
    hang(here, 1, 2, 3)
    there.hide(1)
    there.hide(3)
    hang(here, 1, 3)
    here.label("1", 1)
    assert digits(here) == digits(there) == [2]
    assert here.unhide() == 3  # the last that was hidden, whatever its author has done since
    there.hide(3)
    assert [there.unhide(), there.unhide(), there.unhide()] == [3, 1, None]
    assert digits(here) == digits(there) == [3, 2, 1]
    assert there.entries()[2].label == 1
    here.hide(2)
    here.clear()
    hang(there, 2)
    assert here.unhide() is None
    assert digits(here) == digits(there) == []


def test_while_approval_is_required_what_is_new_or_drawn_on_waits(walls):
    here, there = walls
    hang(here, 1, 2)
    there.require_approval(True)
    assert here.look().approval
    hang(here, 2, 3, 4, 5)
    assert digits(there) == [1]
    waiting = there.look()
    assert [entry.number for entry in waiting.waiting] == [2, 3, 4, 5]
    here.label("3", 3)
    hang(here, 4)
    there.hide(5)
    there.approve([2, 3, 4, 5], waiting.version)
    assert digits(here) == digits(there) == [3, 2, 1]
    assert here.entries()[0].label == 3
    assert [entry.number for entry in here.look().waiting] == [4]  # nobody has seen its last stroke
    hang(there, 5, 6)
    here.require_approval(False)
    assert digits(there) == [3, 2, 1]  # switching over shows nothing that nobody has seen
    there.approve([4], there.look().version)
    assert digits(here) == [4, 3, 2, 1]
    hang(here, 6, 7)
    assert digits(there) == [7, 6, 4, 3, 2, 1]
    assert there.look().waiting == ()


def test_who_knows_a_version_learns_what_has_changed_since(walls):
    here, there = walls
    hang(here, 1, 2, 3)
    before = there.look()
    assert there.look() is before
    here.label("2", 2)
    here.hide(3)
    after = there.look()
    assert [entry.number for entry in after.entries if entry.version > before.version] == [2]
    assert before.version < after.version
    assert after.whole <= before.version
    here.freeze(True)
    hang(here, 4)
    still = there.look()
    assert still.version > after.version
    here.freeze(False)
    assert there.look().whole > still.version  # a window knows the version of what was drawn meanwhile, not its state


ACTS = ("hang", "hang", "hang", "label", "hide", "unhide", "freeze", "go on", "ask", "trust", "approve", "clear")


@pytest.mark.parametrize("seed", range(3))
def test_a_shared_wall_does_what_one_in_memory_does(shared, seed):
    chance = np.random.default_rng(seed)
    alone, *servers = Wall(), SharedWall(check_s=0), SharedWall(check_s=0)
    for act in chance.choice(ACTS, 60):
        digit = int(chance.integers(10))
        token, before = str(digit), alone.look()
        server = servers[chance.integers(2)]
        seen = server.look().version
        some = [entry.number for entry in before.waiting if chance.integers(2)]
        number = next((entry.number for entry in before.entries + before.waiting), 0)
        for wall, version in ((alone, before.version), (server, seen)):
            match act:
                case "hang":
                    hang(wall, digit)
                case "label":
                    wall.label(token, digit)
                case "hide":
                    wall.hide(number)
                case "unhide":
                    wall.unhide()
                case "freeze" | "go on":
                    wall.freeze(act == "freeze")
                case "ask" | "trust":
                    wall.require_approval(act == "ask")
                case "approve":
                    wall.approve(some, version)
                case "clear":
                    wall.clear()
        for other in servers:
            assert seen_on(other) == seen_on(alone), act


def seen_on(wall) -> list:
    sight = wall.look()
    hung = [(one.number, int(one.pixels[0, 0]), one.label) for one in sight.entries]
    # Another server learns the label of what waits when that is approved.
    waiting = [(one.number, int(one.pixels[0, 0])) for one in sight.waiting]
    return [hung, waiting, sight.is_frozen, sight.approval]


def test_what_was_cleared_is_gone_everywhere_and_its_numbers_with_it(walls):
    here, there = walls
    hang(here, 1, 2)
    newest = there.entries()[0].number
    there.freeze(True)
    there.clear()
    assert digits(here) == []
    hang(here, 1)
    assert [entry.number for entry in there.entries()] == [newest + 1]


def test_it_forgets_the_oldest(walls, monkeypatch):
    for module in (in_memory, shared_wall):
        monkeypatch.setattr(module, "KEPT", 3)
    monkeypatch.setattr(shared_wall, "PRUNE", 1)
    here, there = walls
    hang(here, 1, 2, 3, 4)
    assert digits(here) == digits(there) == [4, 3, 2]
    if isinstance(here, SharedWall):
        with database.session() as opened:
            assert opened.scalar(select(func.count()).select_from(WallRow)) == 3


def test_a_server_that_starts_later_shows_the_same(shared):
    hang(SharedWall(), 1, 2, 3)
    wall = SharedWall(check_s=0)
    wall.hide(wall.entries()[1].number)
    wall.freeze(True)
    hang(wall, 4)
    later = SharedWall()
    assert digits(later) == digits(wall) == [3, 1]
    assert later.is_frozen


def test_many_windows_cost_one_small_query_three_times_a_second(shared, monkeypatch):
    clock = itertools.count(0.0, 0.01)
    monkeypatch.setattr(shared_wall, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    wall = SharedWall()
    hang(wall, *range(9))
    with statements.noted() as asked:
        while next(clock) < 2.0:
            wall.entries()
    assert len(wall.entries()) == 9
    rows = [entry for entry in asked if "pixels" in entry]
    assert len(rows) == 1
    assert 5 <= len(asked) - len(rows) <= 6


def test_only_what_changed_is_read_again(shared):
    here, there = SharedWall(check_s=0), SharedWall(check_s=0)
    hang(here, 1, 2)
    before = there.entries()
    here.label("2", 2)
    after = there.entries()
    assert after[0] is not before[0]
    assert after[1] is before[1]


def test_while_the_database_is_away_the_wall_stands_still_and_then_catches_up(shared, monkeypatch):
    wall = SharedWall(check_s=0)
    hang(wall, 1)
    assert digits(wall) == [1]
    with monkeypatch.context() as away:
        away.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
        assert wall.hang("2", np.zeros((28, 28), np.uint8), {"dnn": {"digit": 2}}) is None
        assert not wall.label("2", 2)
        assert digits(wall) == [1]
        assert wall.is_stale
        with pytest.raises(DatabaseUnavailable):
            wall.clear()
    assert digits(wall) == [2, 1]
    assert not wall.is_stale
    assert wall.entries()[0].label == 2


def test_a_server_that_cannot_be_reached_is_not_asked_by_everybody(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    monkeypatch.setattr("digitlab.database.connection.AWAY_S", PATIENCE_S)
    with pytest.raises(DatabaseUnavailable):
        collection.count()
    monkeypatch.setattr("digitlab.database.connection.migrate", None)  # would not even begin
    with pytest.raises(DatabaseUnavailable):
        collection.count()


def test_a_phone_gets_its_answers_while_the_database_is_away(shared, monkeypatch):
    wall = audience.wall()
    assert isinstance(wall, SharedWall)
    with monkeypatch.context() as away:
        away.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
        reply = read_drawing(drawn())()
    assert len(reply["answers"]) == 2
    assert (reply["number"], reply["kept"], reply["waits"]) == (None, False, True)
    wall._checked = 0.0
    assert [entry.answers["cnn"]["digit"] for entry in wall.entries()] == [4]
    collection.forget(TOKEN)
