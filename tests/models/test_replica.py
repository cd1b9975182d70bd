"""What changes on one of several machines reaches the others, and nothing takes a model out of service."""

import os
import shutil

import pytest

from digitlab.errors import ModelsBusy, VersionGone
from digitlab.models import agreement, replica, shared, store, versions
from digitlab.models.replica import settle, upload
from digitlab.models.shared import Index
from tests.models.machines import elsewhere
from tests.models.test_store import challenge, write
from tests.models.test_versions import killed_at
from tests.patience import PATIENCE_S, until

NONE = Index()


@pytest.fixture(params=["s3", "file"])
def url(request, tmp_path, monkeypatch) -> str:
    """Models are shared by this URL: a bucket, or a folder that is treated like one."""
    if request.param == "s3":
        return f"s3://{request.getfixturevalue('bucket')}/models"
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/shared/models")
    return f"file://{tmp_path}/shared/models"


def test_what_is_promoted_on_one_machine_answers_on_all_and_can_be_rolled_back_on_any(url, machine):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
    assert there.reads() == b"one"
    with here:
        write("cnn", b"two")
    assert (there.reads(), there.before()) == (b"two", b"one")
    with there:
        versions.roll_back("cnn")
    assert (here.reads(), here.before()) == (b"one", b"two")
    newcomer = machine("newcomer")
    assert (newcomer.reads(), newcomer.before()) == (b"one", b"two")
    assert not any(each.replica.problems() for each in (here, there, newcomer))
    assert not list(here.copy.glob(".sharing-*"))


def test_a_challenger_waits_on_all_machines_until_it_is_dismissed_on_one(in_file, machine):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
        challenge("cnn", b"two")
        challenge("resnet", b"the first of its name")
    there.reads()
    with there:
        assert versions.challengers() == ["cnn", "resnet"]
        versions.promote("resnet")
        versions.dismiss("cnn")
    assert here.reads("resnet") == b"the first of its name"
    with here:
        assert versions.challengers() == []


def test_of_two_promoted_at_once_the_last_wins_and_the_other_is_the_version_before(in_file, machine):
    here, there, third = machine("here"), machine("there"), machine("third")
    with here:
        write("cnn", b"one")
    assert there.reads() == third.reads() == b"one"
    with here:
        write("cnn", b"from here")
    with there:  # has not looked meanwhile
        write("cnn", b"from there")
    for each in (here, there, third):
        assert (each.reads(), each.before()) == (b"from there", b"from here")


def during_an_upload(monkeypatch, there, change) -> list[str]:
    """`there` changes the cnn while the first version is sent from now on; returns the list of what is sent."""
    sent, send = [], shared.send

    def slow(name, version, place):
        send(name, version, place)
        sent.append(version)
        if len(sent) == 1:
            with there:
                change("cnn")

    monkeypatch.setattr(shared, "send", slow)
    return sent


def test_a_roll_back_elsewhere_during_an_upload_is_kept_with_what_is_uploaded(url, machine, monkeypatch):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
        write("cnn", b"two")
    there.reads()

    with monkeypatch.context() as patched:
        sent = during_an_upload(patched, there, versions.roll_back)
        with here:
            challenge("cnn", b"three")
    assert len(sent) == 1  # the second round knows that it is there
    for each in (here, there, machine("newcomer")):
        assert (each.reads(), each.before()) == (b"one", b"two")
        with each:
            assert versions.challengers() == ["cnn"]
            assert store.read_challenger("cnn").tflite == b"three"


def test_a_dismissal_elsewhere_during_an_upload_is_kept_with_what_is_promoted(in_file, machine, monkeypatch):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
        challenge("cnn", b"two")
    there.reads()

    made = there.copy.with_name("made elsewhere")
    with elsewhere(made):
        write("cnn", b"three")
    during_an_upload(monkeypatch, there, versions.dismiss)
    with here:
        upload("cnn", made / "cnn")
    for each in (here, there):
        assert (each.reads(), each.before()) == (b"three", b"one")
        with each:
            assert versions.challengers() == []


def test_what_keeps_changing_in_the_store_is_left_to_the_next_look(in_file, machine, monkeypatch):
    here = machine("here")
    with here:
        write("cnn", b"one")
        write("cnn", b"two")
        current, previous, _ = shared.read_index("cnn")
        with monkeypatch.context() as patched:
            patched.setattr(replica, "push", lambda name: None)
            challenge("cnn", b"three")
            answers = iter([Index(current, previous), Index(previous, current)] * 20)
            patched.setattr(shared, "read_index", lambda name: next(answers))
            with pytest.raises(ModelsBusy, match="cnn keeps changing in file://"):
                settle("cnn")
            assert len(list(answers)) > 20
    here.reads()
    with here:
        assert shared.read_index("cnn") == agreement.local("cnn")
        assert versions.challengers() == ["cnn"]


def test_a_store_that_cannot_be_reached_leaves_the_last_copy_and_learns_later_what_was_promoted(
    in_file, machine, caplog
):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
    assert there.reads() == b"one"
    mount, away = in_file.parent, in_file.parent.with_name("away")
    mount.rename(away)
    mount.write_text("no folder")
    assert there.reads() == there.reads() == b"one"
    assert not there.replica.is_reachable()
    assert sum("cannot be used" in said for said in caplog.messages) == 1
    with there:
        write("cnn", b"two")
    assert "cnn is changed on this machine and not yet in the shared store" in caplog.text
    mount.unlink()
    away.rename(mount)
    assert there.reads() == here.reads() == b"two"
    assert there.replica.is_reachable()
    assert there.replica.problems() == []


def test_what_vanished_from_the_store_stays_in_service(in_file, machine):
    here = machine("here")
    with here:
        write("cnn", b"one")
    here.reads()
    shutil.rmtree(in_file)
    assert here.reads() == b"one"
    assert "has no cnn any more" in here.replica.problems()[0]


def test_half_an_upload_is_not_taken(in_file, machine):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
    there.reads()
    shutil.copytree(next((in_file / "cnn").iterdir()), in_file / "cnn" / ("0" * 16))
    assert there.reads() == b"one"
    assert there.replica.problems() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda version: (version / store.TFLITE).write_bytes(b"another"),
        lambda version: (version / store.EVALUATION).unlink(),
        lambda version: (version / store.RUN).write_text("{}"),
        lambda version: (version / store.RUN).write_text((version / store.RUN).read_text() + "\n"),
        lambda version: version.parent.with_suffix(".json").write_text('{"current": "../../secret"}'),
        lambda version: version.parent.with_suffix(".json").write_text('{"curr'),
    ],
)
def test_a_damaged_upload_is_refused_and_said_once_and_the_next_one_heals_it(in_file, machine, damage, caplog):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
    there.reads()
    with here:
        write("cnn", b"two")
        index = shared.read_index("cnn")
    damage(in_file / "cnn" / index.current)
    assert there.reads() == there.reads() == b"one"
    assert "cnn" in there.replica.problems()[0]
    assert sum("version here stays in service" in said for said in caplog.messages) == 1
    with there:  # a change here takes its place
        write("cnn", b"three")
    assert there.reads() == machine("newcomer").reads() == b"three"
    assert there.replica.problems() == []


def test_a_damaged_copy_is_fetched_again(in_file, machine):
    here = machine("here")
    with here:
        write("cnn", b"one")
        write("cnn", b"two")
    for place in (here.copy / "cnn", here.copy / ".previous" / "cnn"):
        (place / store.TFLITE).write_bytes(b"rotten")
    assert (here.reads(), here.before()) == (b"two", b"one")
    shutil.rmtree(here.copy / "cnn")
    assert here.reads() == b"two"
    assert here.replica.problems() == []


@pytest.mark.parametrize("number", range(8))
def test_a_kill_at_any_moment_leaves_a_whole_model_and_the_next_look_goes_on(in_file, machine, monkeypatch, number):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
        write("cnn", b"two")
    there.reads()
    with here:
        write("cnn", b"three")
        write("cnn", b"four")
        challenge("cnn", b"five")
    with there as replica:
        with killed_at(monkeypatch, number, last=7):
            replica.look()
        assert store.read("cnn").tflite in {b"two", b"four"}
    again = machine("there")
    assert (again.reads(), again.before()) == (b"four", b"three")
    with again:
        assert versions.challengers() == ["cnn"]
    assert (here.reads(), here.before()) == (b"four", b"three")


def test_a_changed_model_answers_elsewhere_after_two_looks_at_most_which_are_a_second_apart(
    bucket, machine, monkeypatch
):
    here, there = machine("here"), machine("there")
    monkeypatch.setattr(replica, "FIRST_S", PATIENCE_S)
    looks, pauses = [], []
    with here:
        write("cnn", b"one")
    with there as looking:
        look, wait = looking.look, looking._stopped.wait
        monkeypatch.setattr(looking, "look", lambda: (look(), looks.append(store.read("cnn").tflite)))
        monkeypatch.setattr(looking._stopped, "wait", lambda pause_s: (pauses.append(pause_s), wait(0.05))[1])
        looking.begin()
        try:
            assert store.read("cnn").tflite == b"one"  # the first look is over
            place = there.copy.with_name("made elsewhere")
            with elsewhere(place):
                write("cnn", b"two")
            upload("cnn", place / "cnn")
            seen = len(looks)
            until(lambda: len(looks) >= seen + 2)
            assert looks[seen + 1] == b"two"  # the look before may have been under way
            assert set(pauses) == {1.0}
        finally:
            looking.end()


def test_what_another_process_removes_meanwhile_does_not_keep_a_server_from_looking(in_file, machine, monkeypatch):
    here = machine("here")
    with here as looking:
        write("cnn", b"one")
        left = [here.copy / f"{replica.WORK}{name}" for name in ("a", "b")]
        for place in left:
            place.mkdir()
            os.utime(place, (0, 0))
        glob = type(here.copy).glob
        gone = here.copy / f"{replica.WORK}gone"
        monkeypatch.setattr(type(here.copy), "glob", lambda self, pattern: [gone, *glob(self, pattern)])
        monkeypatch.setattr(replica, "FIRST_S", PATIENCE_S)
        looking.begin()
        try:
            assert looking.is_reachable()
            assert not any(place.exists() for place in left)
        finally:
            looking.end()


def test_a_store_is_not_reachable_before_it_has_answered(in_file, machine):
    here = machine("here")
    assert not here.replica.is_reachable()
    with here as looking:
        looking.look()
    assert here.replica.is_reachable()


def ids(current: str | None, previous: str | None = None, challenger: str | None = None) -> Index:
    return Index(current, previous, challenger)


@pytest.mark.parametrize(
    ("base", "here", "there", "wanted"),
    [
        (None, NONE, ids("a", "b"), ids("a", "b")),  # a newcomer follows
        (None, ids("c"), ids("a", "b"), ids("a", "b")),
        (None, ids("a"), None, ids("a")),  # new here
        (None, ids(agreement.DAMAGED, "b"), None, ids(None, "b")),
        (ids("a"), ids("a"), ids("b", "a"), ids("b", "a")),  # promoted there
        (ids("a"), ids("b", "a"), ids("a"), ids("b", "a")),  # promoted here
        (ids("a"), ids("b", "a"), ids("c", "a"), ids("b", "c")),  # both
        (ids("a"), ids("b", "a"), ids("b", "a"), ids("b", "a")),  # both, the same
        (ids("a", "b"), ids("b", "a"), ids("b", "a"), ids("b", "a")),  # both rolled back
        (ids("a", None, "b"), ids("a"), ids("b", "a"), ids("b", "a")),  # dismissed here, promoted there
        (ids("a"), ids("a", None, "b"), ids("a", None, "c"), ids("a", None, "b")),  # two trainings
        (ids("a", "b"), ids(agreement.DAMAGED, "b"), ids("a", "b"), ids("a", "b")),
        (ids("a", "b"), ids(None, "a"), ids("a", "b"), ids("a")),  # killed in the middle of a promotion
    ],
)
def test_what_copy_and_store_are_both_to_have(base, here, there, wanted):
    assert agreement.merged(base, here, there) == wanted


@pytest.mark.parametrize(("decided", "left"), [("promote", (b"two", b"more")), ("dismiss", (b"one", None))])
def test_what_is_added_to_a_challenger_finds_it_where_another_machine_has_put_it(in_file, machine, decided, left):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
        challenge("cnn", b"two")
        run = store.read_challenger("cnn").run
    there.reads()
    with there:
        getattr(versions, decided)("cnn")
    with here:
        if decided == "promote":
            versions.amend("cnn", run, {store.EVALUATION: b"more"})
        else:
            with pytest.raises(VersionGone):
                versions.amend("cnn", run, {store.EVALUATION: b"more"})
    assert (there.reads(), here.reads()) == (left[0], left[0])
    with there:
        assert versions.challengers() == []
        if left[1] is not None:
            assert store.read_file("cnn", store.EVALUATION) == left[1]
