"""Promotion, roll-back and what a kill at any moment leaves."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from digitlab.errors import DamagedModel, ModelsBusy, UnknownModel, VersionGone
from digitlab.models import lock, store, versions
from tests.models.test_store import challenge, empty_store, write  # noqa: F401 (the fixture empties the store here as well)


class Killed(BaseException):
    """As good as kill -9: nothing catches it but the test."""


def die_at_rename(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Every rename and removal from the given one on does not happen."""
    calls = iter(range(100))

    def counted(real):
        def call(*arguments, **options):
            if next(calls) >= number:
                raise Killed
            return real(*arguments, **options)

        return call

    monkeypatch.setattr(Path, "rename", counted(Path.rename))
    monkeypatch.setattr(versions.shutil, "rmtree", counted(versions.shutil.rmtree))


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, number: int, last: int) -> Iterator[None]:
    """What stands inside is killed at the given rename or removal; it comes to its end at `last` alone."""
    with monkeypatch.context() as patched:
        die_at_rename(patched, number)
        try:
            yield
        except Killed:
            pass
        else:
            assert number == last


def test_challenger_waits_until_promoted():
    write("cnn", b"one")
    challenge("cnn", b"two")
    assert store.read("cnn").tflite == b"one"
    assert versions.challengers() == ["cnn"]
    assert store.read_challenger("cnn").tflite == b"two"
    versions.promote("cnn")
    assert store.read("cnn").tflite == b"two"
    assert versions.challengers() == []
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == b"one"


def test_dismissed_challenger_is_gone():
    write("cnn", b"one")
    challenge("cnn", b"two")
    versions.dismiss("cnn")
    assert versions.challengers() == []
    with pytest.raises(UnknownModel, match="No newly trained cnn waits"):
        versions.promote("cnn")
    with pytest.raises(UnknownModel, match="No newly trained cnn waits"):
        store.read_challenger("cnn")


def test_newer_challenger_replaces_the_one_that_waited():
    challenge("cnn", b"one")
    challenge("cnn", b"two")
    assert store.read_challenger("cnn").tflite == b"two"


def test_damaged_challenger_is_not_promoted(empty_store):  # noqa: F811
    write("cnn", b"one")
    challenge("cnn", b"two")
    (empty_store / ".challengers" / "cnn" / store.KERAS).write_bytes(b"")
    assert versions.challengers() == []
    with pytest.raises(UnknownModel):
        versions.promote("cnn")
    assert store.read("cnn").tflite == b"one"


def test_roll_back_and_forth(empty_store):  # noqa: F811
    write("cnn", b"one")
    assert not versions.has_previous("cnn")
    with pytest.raises(DamagedModel, match="no whole version of cnn to go back to"):
        versions.roll_back("cnn")
    write("cnn", b"two")
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == b"one"
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == b"two"
    assert leftovers(empty_store) == []


def test_only_the_version_that_was_seen_is_rolled_back_to(empty_store):  # noqa: F811
    write("cnn", b"one")
    write("cnn", b"two")
    seen = store.read_run(store.places("cnn").previous)
    versions.roll_back("cnn", seen)
    for gone in (seen, {}):  # the first: the button is pressed a second time
        with pytest.raises(VersionGone):
            versions.roll_back("cnn", gone)
    assert store.read("cnn").tflite == b"one"


def leftovers(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.iterdir()
        if path.name.startswith((versions.STAGING, versions.ASIDE, versions.AMENDING))
    ]


@pytest.mark.parametrize("number", range(5))
def test_killed_promotion(empty_store, monkeypatch, number):  # noqa: F811
    write("cnn", b"one")
    write("cnn", b"two")
    challenge("cnn", b"three")
    with killed_at(monkeypatch, number, last=4):  # three renames, one removal
        versions.promote("cnn")
    answering = store.read("cnn").tflite
    assert answering in {b"two", b"three"}  # before anyone has tidied up
    versions.sweep()
    assert store.read("cnn").tflite == answering
    assert store.read("cnn").notice is None
    assert versions.has_previous("cnn")
    if answering == b"two":
        assert store.read_challenger("cnn").tflite == b"three"
        versions.roll_back("cnn")
        assert store.read("cnn").tflite == b"one"
    assert leftovers(empty_store) == []


@pytest.mark.parametrize("number", range(5))
def test_killed_roll_back(empty_store, monkeypatch, number):  # noqa: F811
    write("cnn", b"one")
    write("cnn", b"two")
    with killed_at(monkeypatch, number, last=4):
        versions.roll_back("cnn")
    assert store.read("cnn").tflite in {b"one", b"two"}
    versions.sweep()
    both = [store.read("cnn").tflite]
    versions.roll_back("cnn")
    both.append(store.read("cnn").tflite)
    assert sorted(both) == [b"one", b"two"]  # neither version is lost
    assert leftovers(empty_store) == []


@pytest.mark.parametrize("number", range(3))
def test_killed_challenge(empty_store, monkeypatch, number):  # noqa: F811
    write("cnn", b"one")
    challenge("cnn", b"two")
    with monkeypatch.context() as patched:
        die_at_rename(patched, number)
        with pytest.raises(Killed):
            challenge("cnn", b"three")
    assert store.read("cnn").tflite == b"one"
    versions.sweep()
    assert store.read_challenger("cnn").tflite in {b"two", b"three"}
    assert leftovers(empty_store) == []


def test_half_written_files_are_swept_away(empty_store):  # noqa: F811
    write("cnn", b"one")
    (empty_store / ".staging-abc").mkdir()
    (empty_store / ".staging-abc" / store.KERAS).write_bytes(b"half")
    versions.sweep()
    assert leftovers(empty_store) == []
    assert store.read("cnn").tflite == b"one"


def test_two_at_a_time_wait_for_each_other(empty_store, monkeypatch):  # noqa: F811
    write("cnn", b"one")
    challenge("cnn", b"two")
    monkeypatch.setattr(lock, "LOCK_S", 0.1)
    with FileLock(empty_store / ".versions.lock"), pytest.raises(ModelsBusy, match="Try again"):
        versions.promote("cnn")
    versions.promote("cnn")
    assert store.read("cnn").tflite == b"two"


def amend(content: bytes, run: dict | None = None) -> None:
    versions.amend("cnn", run or store.read("cnn").run, {store.EVALUATION: content})


def test_amended_file_is_part_of_the_same_version(empty_store):  # noqa: F811
    write("cnn", b"one")
    write("cnn", b"two")
    amend(b"more")
    assert store.read("cnn").tflite == b"two"
    assert store.read_file("cnn", store.EVALUATION) == b"more"
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == b"one"
    assert leftovers(empty_store) == []


def test_a_version_is_amended_wherever_it_is(empty_store):  # noqa: F811
    write("cnn", b"one")
    run = store.read("cnn").run
    write("cnn", b"two")
    amend(b"of one", run)
    assert (store.read("cnn").tflite, store.read_file("cnn", store.EVALUATION)) != (b"two", b"of one")
    versions.roll_back("cnn")
    assert (store.read("cnn").tflite, store.read_file("cnn", store.EVALUATION)) == (b"one", b"of one")
    challenge("cnn", b"three")
    amend(b"of three", store.read_challenger("cnn").run)
    versions.promote("cnn")
    assert (store.read("cnn").tflite, store.read_file("cnn", store.EVALUATION)) == (b"three", b"of three")
    assert leftovers(empty_store) == []


def test_version_that_is_gone_meanwhile_is_not_amended():
    write("cnn", b"one")
    run = store.read("cnn").run
    write("cnn", b"two")
    write("cnn", b"three")
    with pytest.raises(VersionGone, match="replaced by another version"):
        amend(b"of one", run)
    assert store.read("cnn").tflite == b"three"


@pytest.mark.parametrize("number", range(4))
def test_killed_amendment_of_a_challenger(empty_store, monkeypatch, number):  # noqa: F811
    write("cnn", b"one")
    challenge("cnn", b"two")
    with killed_at(monkeypatch, number, last=3):
        amend(b"more", store.read_challenger("cnn").run)
    versions.sweep()
    assert (store.read("cnn").tflite, store.read_challenger("cnn").tflite) == (b"one", b"two")
    assert leftovers(empty_store) == []


@pytest.mark.parametrize("number", range(4))
def test_killed_amendment(empty_store, monkeypatch, number):  # noqa: F811
    write("cnn", b"one")
    write("cnn", b"two")
    with killed_at(monkeypatch, number, last=3):
        amend(b"more")
    versions.sweep()
    assert store.read("cnn").tflite == b"two"
    assert versions.challengers() == []
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == b"one"
    assert leftovers(empty_store) == []


def test_roll_back_of_a_model_whose_folder_is_gone(empty_store):  # noqa: F811
    write("cnn", b"one")
    write("cnn", b"two")
    shutil.rmtree(empty_store / "cnn")
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == b"one"
    assert not versions.has_previous("cnn")


def test_an_amendment_that_cannot_be_written_leaves_the_model(empty_store, monkeypatch):  # noqa: F811
    write("cnn", b"one")
    run = store.read("cnn").run

    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(versions, "_complete", full_disk)
    with pytest.raises(OSError, match="no space left"):
        versions.amend("cnn", run, {store.EVALUATION: b"new"})
    assert store.read("cnn").tflite == b"one"
    assert leftovers(empty_store) == []


def test_sweeping_where_there_is_nothing_yet(empty_store):  # noqa: F811
    versions.sweep()
    empty_store.mkdir(exist_ok=True)
    for name in (f"{versions.ASIDE}1/no model", f"{versions.STAGING}2"):
        (empty_store / name).mkdir(parents=True)
    versions.sweep()
    assert leftovers(empty_store) == []
    assert versions.challengers() == []


def test_a_staged_version_of_no_known_name_is_swept_away(empty_store):  # noqa: F811
    challenge("cnn", b"two")
    staged = empty_store / f"{versions.STAGING}1"
    (empty_store / ".challengers" / "cnn").rename(staged)
    run = json.loads((staged / store.RUN).read_text())
    run["name"] = "../outside"
    (staged / store.RUN).write_text(json.dumps(run))
    versions.sweep()
    assert leftovers(empty_store) == []
    assert versions.challengers() == []
