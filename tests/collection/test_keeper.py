"""Attacks on keeping: a database that hangs, is deleted, overwritten or killed. No author waits, and none is told more
than is true."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

from digitlab import collection, database
from digitlab.audience import shared_wall
from digitlab.audience.routes import read_drawing
from digitlab.collection import change, drawings, journal, keeper, quota
from digitlab.collection.change import Fate
from digitlab.database import connection
from digitlab.errors import DatabaseUnavailable
from tests import postgres
from tests.audience.test_audience import drawn
from tests.collection.test_collection import ANSWERS, STROKES
from tests.patience import PATIENCE_S, until


@pytest.fixture
def file(monkeypatch, tmp_path) -> Path:
    """The file of a collection with one drawing."""
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{tmp_path}/collection.sqlite")
    monkeypatch.setattr(connection, "BUSY_S", 0.05)
    assert ask(1) is Fate.KEPT
    return tmp_path / "collection.sqlite"


def kept(number: int, label: int | None = None) -> change.Change:
    return change.keep(f"{number:032x}", STROKES, np.full((28, 28), number % 256, np.uint8), ANSWERS, label)


def ask(number: int, label: int | None = None) -> Fate:
    return keeper.ask(kept(number, label))


def stored(file: Path, elsewhere: Path) -> set[int]:
    """The drawings that a new process would find if this one were killed now."""
    for one in (file, file.with_name(f"{file.name}-wal")):
        if one.exists():
            shutil.copy(one, elsewhere / one.name)
    with closing(sqlite3.connect(elsewhere / file.name)) as opened:
        return {int(token, 16) for (token,) in opened.execute("SELECT token FROM drawings")}


def waits(file: Path) -> set[int]:
    return {int(one.token, 16) for _, one in journal.Journal(Path(f"{file}.waiting")).first(99)}


def test_a_database_that_is_locked_costs_nothing_but_the_word_kept(file, monkeypatch, own_garbage):
    monkeypatch.setattr(keeper, "WAIT_S", 0.25)
    monkeypatch.setattr(keeper, "RETRY_S", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")  # as long as it likes
        began = time.thread_time()
        assert [ask(number) for number in range(2, 12)] == [Fate.WAITS] * 10
        assert time.thread_time() - began < 1.0
        assert keeper.ask(change.relabel(f"{2:032x}", 7)) is Fate.WAITS
        assert keeper.ask(change.forget(f"{3:032x}")) is Fate.WAITS
        assert journal.waiting() == 10  # only the newest state of each
    until(lambda: journal.waiting() == 0)
    assert until(lambda: ask(12)) is not Fate.LOST
    until(lambda: collection.count() == (11, 1))
    assert collection.digits()[2].tolist() == [7]


def test_once_everything_is_stored_a_drawing_is_kept_at_once_again(file, monkeypatch):
    monkeypatch.setattr(keeper, "RETRY_S", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert ask(2) is Fate.WAITS
    until(lambda: ask(3) is Fate.KEPT)
    assert collection.count() == (3, 0)


def test_after_the_file_was_deleted_kept_is_kept(file, tmp_path):
    file.unlink()
    told = [ask(number) for number in (2, 3, 4)]
    assert told == [Fate.KEPT] * 3
    (tmp_path / "killed").mkdir()
    assert stored(file, tmp_path / "killed") == {2, 3, 4}


def test_after_the_file_was_moved_it_is_complete_and_a_new_one_is_begun(file, tmp_path):
    file.rename(tmp_path / "moved.sqlite")
    assert ask(2) is Fate.KEPT
    for name, number in (("moved.sqlite", 1), (file.name, 2)):
        (tmp_path / str(number)).mkdir()
        assert stored(tmp_path / name, tmp_path / str(number)) == {number}


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database, " * 1000)  # the same file on disk, with other content


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def replaced(file: Path) -> None:
    other = file.with_name("other")
    with closing(sqlite3.connect(other)) as opened, opened:
        opened.execute("CREATE TABLE notes (text)")
    os.replace(other, file)


def damaged(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\0" * 20_000)


@pytest.mark.parametrize("overwrite", [garbage, emptied, replaced, damaged])
def test_after_the_file_was_overwritten_kept_is_kept_and_the_rest_waits(file, tmp_path, monkeypatch, overwrite):
    monkeypatch.setattr(keeper, "RETRY_S", PATIENCE_S)
    with database.session() as opened:
        opened.connection().exec_driver_sql("SELECT 1")
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that nothing of it is in SQLite's log
    overwrite(file)
    told = {number: ask(number) for number in (2, 3, 4)}
    assert set(told.values()) <= {Fate.KEPT, Fate.WAITS}
    (tmp_path / "killed").mkdir()
    said_kept = {number for number, fate in told.items() if fate is Fate.KEPT}
    if said_kept:
        assert said_kept <= stored(file, tmp_path / "killed")
    assert set(told) - said_kept <= waits(file)


def test_a_damaged_file_is_left_as_it_is_and_what_waits_is_stored_in_the_next_one(file, monkeypatch):
    monkeypatch.setattr(keeper, "RETRY_S", 0.05)
    connection._engine(database.address()).dispose()
    for name in ("-wal", "-shm"):
        file.with_name(file.name + name).unlink(missing_ok=True)
    garbage(file)
    before = file.read_bytes()
    assert ask(2) is Fate.WAITS
    assert file.read_bytes() == before
    file.rename(file.with_name("for the doctor"))
    until(lambda: journal.waiting() == 0)
    assert collection.count() == (1, 0)


def test_what_can_be_stored_nowhere_is_told(file):
    Path(f"{file}.waiting").mkdir()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert ask(2) is Fate.LOST


def test_a_full_journal_is_told(file, monkeypatch):
    monkeypatch.setattr(journal, "MOST_BYTES", 60_000)
    monkeypatch.setattr(keeper, "RETRY_S", PATIENCE_S)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = [ask(number) for number in range(2, 40)]
    first = told.index(Fate.LOST)
    assert 2 < first < 30
    assert set(told[first:]) == {Fate.LOST}
    assert len(waits(file)) == first
    assert Path(f"{file}.waiting").stat().st_size <= 60_000


def test_a_journal_that_is_damaged_stands_aside(file):
    waiting = Path(f"{file}.waiting")
    waiting.write_bytes(b"no journal" * 1000)
    one = journal.Journal(waiting)
    one.add(kept(2))
    assert one.count() == 1
    (aside,) = file.parent.glob("*.damaged-*")
    assert aside.read_bytes() == b"no journal" * 1000


def test_a_change_waits_in_its_newest_state():
    first, token = kept(1), f"{1:032x}"
    assert change.relabel(token, 7).after(first).label == 7
    assert change.relabel(token, 7).after(first).drawing == first.drawing
    assert change.forget(token).after(first).forget
    assert change.relabel(token, 7).after(change.forget(token)).forget
    assert kept(1).after(change.forget(token)).drawing is not None
    assert change.from_json(first.as_json()) == first


def test_an_older_state_never_replaces_a_newer_one(file):
    older, newer = kept(2), kept(2, label=5)
    forgotten = change.forget(f"{3:032x}")
    later = kept(3)
    for one in (newer, older, later, forgotten):
        drawings.store([one], database.address())
    assert sorted(found.label or 0 for found in collection.search()) == [0, 0, 5]


CHILD = """
import sys, numpy as np
from digitlab.collection import change, keeper
for at in range(2, 1000):
    print(at, keeper.ask(change.keep(f"{at:032x}", {}, np.zeros((28, 28), np.uint8), {})), flush=True)
"""


def test_a_kill_between_journal_and_database_loses_nothing_and_stores_nothing_twice(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True)
        told = [child.stdout.readline().split() for _ in range(20)]
        other.execute("ROLLBACK")  # some may be stored now, and still stand in the journal
        child.kill()
        told += [line.split() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        child.wait()
    assert {"waits"} <= {fate for _, fate in told} <= {"waits", "kept"}
    keeper.begin()
    until(lambda: journal.waiting() == 0)
    keeper.begin()  # nothing is there any more
    with database.session() as opened:
        tokens = [int(row[0], 16) for row in opened.connection().exec_driver_sql("SELECT token FROM drawings")]
    assert {int(at) for at, _ in told} <= set(tokens)
    assert len(tokens) == len(set(tokens))


def test_no_address_keeps_more_than_its_share_and_its_further_strokes_cost_nothing(file, monkeypatch):
    monkeypatch.setattr(keeper, "quota", quota.Quota())
    monkeypatch.setattr(quota, "A_MINUTE", 3)
    told = [keeper.ask(kept(number), "203.0.113.9") for number in (2, 3, 3, 4, 5, 3)]
    assert told == [*[Fate.KEPT] * 4, Fate.FULL, Fate.KEPT]
    assert keeper.ask(kept(6), "203.0.113.10") is Fate.KEPT
    assert keeper.ask(change.forget(f"{4:032x}"), "203.0.113.9") is Fate.NOTHING
    assert collection.count()[0] == 4
    monkeypatch.setattr(quota, "ALL_A_MINUTE", 4)
    assert keeper.ask(kept(7), "203.0.113.11") is Fate.FULL
    monkeypatch.setattr(quota, "MINUTE_S", 0.0)
    assert keeper.ask(kept(7), "203.0.113.9") is Fate.KEPT


def test_a_hall_behind_one_address_is_within_its_share():
    assert quota.A_MINUTE >= 200 * 60 / 3


def test_a_full_collection_takes_nothing_new(file, monkeypatch):
    monkeypatch.setattr(drawings, "MOST", 2)
    assert [ask(number) for number in (2, 3, 2)] == [Fate.KEPT, Fate.FULL, Fate.KEPT]
    collection.delete([collection.search()[0].id])
    assert ask(3) is Fate.KEPT


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_nobody_else_reads_any_file_of_the_collection(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert ask(2) is Fate.WAITS
        found = {one.name: one.stat().st_mode & 0o077 for one in file.parent.glob("collection*")}
    assert {f"{file.name}{more}" for more in ("", "-wal", "-shm", ".lock", ".waiting")} <= set(found)
    assert set(found.values()) == {0}


@pytest.mark.postgres
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows stops no process")
def test_a_server_that_is_stopped_costs_nothing_but_the_word_kept(monkeypatch, tmp_path_factory):
    monkeypatch.setattr(keeper, "RETRY_S", 0.05)
    monkeypatch.setattr(connection, "CONNECT_S", 1)
    with postgres.running(tmp_path_factory.mktemp("stopped"), "fsync=off") as address:
        monkeypatch.setenv("DIGITLAB_DATABASE", address)
        wall = shared_wall.SharedWall(check_s=0)
        monkeypatch.setitem(read_drawing.__globals__, "wall", lambda: wall)
        assert read_drawing(drawn(token=f"{1:032x}"))()["kept"]
        monkeypatch.setattr(keeper, "WAIT_S", 0.25)
        monkeypatch.setattr(shared_wall, "WAIT_S", 0.25)
        folder = address.partition("host=")[2]
        (server,) = [one for one in psutil.process_iter(["cmdline"]) if folder in (one.info["cmdline"] or [])]
        stopped = [server, *server.children()]
        try:
            for one in stopped:
                one.suspend()
            told = [read_drawing(drawn(token=f"{number:032x}"))() for number in range(2, 12)]
            assert all(len(reply["answers"]) == 2 for reply in told)
            assert {(reply["kept"], reply["waits"], reply["number"]) for reply in told} == {(False, True, None)}
            with pytest.raises(DatabaseUnavailable):
                collection.count()
            assert len(wall.entries()) <= 1
        finally:
            for one in stopped:
                one.resume()
        until(lambda: journal.waiting() == 0)
        until(lambda: len(wall.entries()) == 11)
        assert collection.count() == (11, 0)
