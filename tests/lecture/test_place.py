"""Where the lecture is, for the windows of several servers."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from digitlab import database
from digitlab.database.tables import LecturePlaceRow
from digitlab.errors import DatabaseUnavailable
from digitlab.ui.lecture import place, shared_place
from digitlab.ui.lecture.shared_place import SharedPlace
from digitlab.ui.lecture.walk import Place
from tests import statements
from tests.patience import PATIENCE_S, until

LAST = 9


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    monkeypatch.setattr(shared_place, "WAIT_S", PATIENCE_S)
    monkeypatch.setattr(shared_place, "FIRST_S", PATIENCE_S)
    place.chosen.cache_clear()
    yield
    place.chosen.cache_clear()


@pytest.fixture
def shared(postgresql, monkeypatch) -> None:
    """A lecture in PostgreSQL that has not begun."""
    monkeypatch.setenv("DIGITLAB_DATABASE", postgresql)
    with database.session() as opened:
        opened.execute(update(LecturePlaceRow).values(at=0, view=None, moves=0))


def on(before: Place) -> Place:
    return before.step(1, LAST)


def to_wall(before: Place) -> Place:
    return before.show("wall")


def test_a_place_is_shared_where_servers_are(monkeypatch):
    assert isinstance(place.chosen(), place.OwnPlace)
    place.chosen.cache_clear()
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    assert isinstance(place.chosen(), SharedPlace)
    assert place.state()["at"] == 0
    assert place.move({"by": 1})["at"] == 1


def test_windows_of_all_servers_follow_and_notice_every_move(shared):
    here, there = SharedPlace(check_s=0), SharedPlace(check_s=0)
    assert here.change(on) == there.look() == Place(1, None, 1)
    assert there.change(to_wall) == here.look() == Place(1, "wall", 2)
    assert here.change(lambda before: before.step(-1, LAST)) == there.look() == Place(1, None, 3)
    assert SharedPlace().look() == Place(1, None, 3)  # a server that starts now


def test_no_key_is_lost_that_two_presenters_press_at_once(shared):
    servers = SharedPlace(), SharedPlace()
    with ThreadPoolExecutor(4) as presses:
        list(presses.map(lambda which: servers[which % 2].change(on), range(8)))
    assert SharedPlace().look() == Place(8, None, 8)


def test_many_windows_cost_one_small_query_three_times_a_second(shared, monkeypatch):
    clock = itertools.count(0.0, 0.01)
    monkeypatch.setattr(shared_place, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    kept = SharedPlace()
    with statements.noted() as asked:
        while next(clock) < 2.0:
            kept.look()
    assert 5 <= len(asked) <= 6
    assert not [one for one in asked if "UPDATE" in one]


def test_while_the_database_is_away_the_keys_move_this_server_and_the_others_follow_later(shared, monkeypatch, caplog):
    here, there = SharedPlace(check_s=0), SharedPlace(check_s=0)
    here.change(on)
    with monkeypatch.context() as away:
        away.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
        assert here.change(on) == here.look() == Place(2, None, 2)
        assert here.change(to_wall) == here.look() == Place(2, "wall", 3)
        assert here._trying is not None
        here._trying.exception(PATIENCE_S)
    assert [record.getMessage()[:31] for record in caplog.records] == ["The lecture's place is not shar"]
    there.change(on)
    until(lambda: here.look() == there.look() == Place(3, "wall", 4))


def test_nobody_waits_for_a_database_that_hangs(monkeypatch):
    hangs, answers, made = False, threading.Event(), []

    def in_database(moves) -> Place:
        if hangs and not answers.wait(PATIENCE_S):
            raise DatabaseUnavailable("It hangs.")
        made.extend(moves)
        return Place(5 + len(made), None, 70 + len(made))

    monkeypatch.setattr(shared_place, "_in_database", in_database)
    kept = SharedPlace(check_s=0)
    assert kept.look() == Place(5, None, 70)
    hangs = True
    monkeypatch.setattr(shared_place, "WAIT_S", 0.01)
    assert kept.look() == Place(5, None, 70)
    assert kept.change(on) == Place(6, None, 71)
    assert kept.change(on) == kept.look() == Place(7, None, 72)
    assert not made
    answers.set()
    until(lambda: kept.look() == Place(7, None, 72) and len(made) == 2)
