"""The shared store: wrong addresses in words, what it holds, and how models get there."""

import json
import os
import time

import pytest

from digitlab.__main__ import main
from digitlab.doctor import checks
from digitlab.errors import InvalidValue, ModelsUnreachable
from digitlab.models import replica as replica_module
from digitlab.models import shared, store, versions
from digitlab.models.replica import Replica
from tests.models.machines import elsewhere
from tests.models.test_store import write


def test_an_ordinary_folder_is_shared_as_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    write("cnn", b"one")
    assert not shared.is_named()
    assert not (tmp_path / "models" / ".shared.json").exists()


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
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()] == ["cnn", "dnn", shared.where()]
    assert "There is no model 'resnet'" in printed.err
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
