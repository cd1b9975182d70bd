"""Several machines share models by URL. Each has a copy of its own; here they take turns in one process."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digitlab.__main__ import main
from digitlab.doctor import checks
from digitlab.errors import InvalidValue, ModelsUnreachable
from digitlab.serving import agreement, shared, store, versions
from digitlab.serving import replica as replica_module
from digitlab.serving.replica import Replica, upload
from digitlab.serving.shared import Index
from tests.serving.test_store import challenge, write
from tests.serving.test_versions import killed_at

NONE = Index()


class Machine:
    """A machine with a copy of the shared models; what stands in its `with` happens there."""

    def __init__(self, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.copy, self.replica, self._patch = copy, Replica(), monkeypatch

    def __enter__(self) -> Replica:
        self._patch.setenv("DIGITLAB_COPY", str(self.copy))
        return self.replica

    def __exit__(self, *_: object) -> None:
        self._patch.delenv("DIGITLAB_COPY")

    def reads(self, name: str = "cnn") -> bytes:
        """What answers there after a look at the store."""
        with self as replica:
            replica.look()
            return store.read(name).tflite

    def before(self, name: str = "cnn") -> bytes | None:
        with self:
            place = store.places(name).previous
            return (place / store.TFLITE).read_bytes() if place.is_dir() else None


@pytest.fixture(params=["s3", "file"])
def url(request, tmp_path, monkeypatch) -> str:
    """Models are shared by this URL: a bucket, or a folder that is treated like one."""
    if request.param == "s3":
        return f"s3://{request.getfixturevalue('bucket')}/models"
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/shared/models")
    return f"file://{tmp_path}/shared/models"


@pytest.fixture
def in_file(tmp_path, monkeypatch) -> Path:
    """The same with a folder alone, for what is told by looking into it."""
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/mount/shared")
    return tmp_path / "mount" / "shared"


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Callable[[str], Machine]:
    return lambda name: Machine(tmp_path / name, monkeypatch)


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
    assert not any(one.replica.problems() for one in (here, there, newcomer))
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
    for one in (here, there, third):
        assert (one.reads(), one.before()) == (b"from there", b"from here")


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


def test_a_changed_model_answers_elsewhere_within_two_seconds(bucket, machine):
    here, there = machine("here"), machine("there")
    with here:
        write("cnn", b"one")
    with there as replica:
        replica.begin()
        try:
            assert store.read("cnn").tflite == b"one"  # the first look is over
            place = there.copy.with_name("made elsewhere")
            with elsewhere(place):
                write("cnn", b"two")
            upload("cnn", place / "cnn")
            began = time.monotonic()
            while store.read("cnn").tflite != b"two":
                assert time.monotonic() - began < 2
                time.sleep(0.02)
        finally:
            replica.end()


@contextmanager
def elsewhere(folder: Path) -> Iterator[None]:
    """Models are written into an ordinary folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITLAB_MODELS", str(folder))
        yield


def test_an_ordinary_folder_is_shared_as_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    write("cnn", b"one")
    assert not shared.is_named()
    assert not (tmp_path / "models" / ".shared.json").exists()


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


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("foo://bar", InvalidValue, "such as s3://bucket/prefix, got foo://bar"),
        ("s3://", InvalidValue, "must name a bucket"),
        ("abfs://bar", InvalidValue, "what opens it is not installed: Install adlfs"),
        ("s3://no-such-bucket/models", ModelsUnreachable, "there is no such bucket"),
    ],
)
def test_a_wrong_url_is_told_in_words(bucket, monkeypatch, url, kind, said):
    monkeypatch.setenv("DIGITLAB_MODELS", url)
    with pytest.raises(kind, match=said):
        shared.listing()


@pytest.mark.parametrize(
    ("secret", "said"), [(None, "no credentials were found. Set AWS_ACCESS_KEY_ID"), ("wrong", "access was refused")]
)
def test_credentials_that_are_missing_or_wrong_are_told_in_words(bucket, monkeypatch, secret, said):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    if secret is None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    else:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    try:
        with pytest.raises(ModelsUnreachable, match=said):
            shared.listing()
    finally:
        s3fs.S3FileSystem.clear_instance_cache()


def test_a_password_in_the_url_is_not_printed(monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", "foo://me:secret@host/models")
    with pytest.raises(InvalidValue) as raised:
        shared.listing()
    assert "secret" not in str(raised.value)


def test_what_the_store_holds(in_file, machine):
    with machine("here"):
        write("cnn", b"one")
        index = json.loads((in_file / "cnn.json").read_text())
        assert sorted(path.name for path in (in_file / "cnn" / index["current"]).iterdir()) == sorted(
            (*store.HASHED, store.RUN)
        )
        assert shared.listing().keys() == {"cnn"}


def test_versions_that_nobody_needs_leave_the_store_after_a_day(in_file, machine):
    with machine("here"):
        for content in (b"one", b"two", b"three"):
            write("cnn", content)
        assert len(list((in_file / "cnn").iterdir())) == 3
        for file in in_file.glob("cnn/*/*"):
            os.utime(file, (time.time() - 90_000,) * 2)
        (half := in_file / "cnn" / ("0" * 16)).mkdir()
        (half / store.TFLITE).write_bytes(b"just being uploaded")
        versions.roll_back("cnn")
        index = shared.read_index("cnn")
    assert {path.name for path in (in_file / "cnn").iterdir()} == {index.current, index.previous, half.name}


def test_push_puts_models_there_for_every_command_elsewhere(in_file, machine, tmp_path, capsys):
    made = tmp_path / "made"
    with elsewhere(made):
        for name in ("cnn", "dnn"):
            write(name, b"one")
    with machine("here"):
        assert main(["models", "push", "cnn", "--from", str(made)]) == 0
        assert main(["models", "push", "--from", str(made)]) == 0
        assert main(["models", "push", "--from", str(made)]) == 0
        assert main(["models", "push", "resnet", "--from", str(made)]) == 2
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.out.splitlines()] == ["cnn", "dnn", shared.where()]
    assert "There is no model 'resnet'" in told.err
    with machine("there"):
        assert main(["models", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["dnn", "cnn"]


def test_push_of_another_version_keeps_the_one_before_and_damaged_models_stay_here(in_file, machine, tmp_path, capsys):
    for content in (b"one", b"two"):
        with elsewhere(tmp_path / "made"):
            write("cnn", content)
        with machine("here"):
            assert main(["models", "push", "cnn", "--from", str(tmp_path / "made")]) == 0
    here = machine("here")
    assert (here.reads(), here.before()) == (b"two", b"one")
    (tmp_path / "made" / "cnn" / store.TFLITE).write_bytes(b"damaged")
    with here:
        assert main(["models", "push", "cnn", "--from", str(tmp_path / "made")]) == 2
    assert "There is no whole model cnn" in capsys.readouterr().err
    assert here.reads() == b"two"


def test_push_needs_a_url(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    assert main(["models", "push"]) == 2
    assert "DIGITLAB_MODELS must be a URL" in capsys.readouterr().err


def test_a_command_says_that_no_store_answers_and_goes_on_with_the_copy(machine, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/file/models")
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(replica_module, "this", Replica())
    with machine("here"):
        assert main(["models"]) == 0
    assert "cannot be used" in caplog.text
    assert [finding.state for finding in checks._store()] == ["fault"]
