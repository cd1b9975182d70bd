"""The models that ship, on their way to a user's folder."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs
import pytest

from digitlab import settings
from digitlab.errors import ModelsNotWritable
from digitlab.models import shipped, store
from tests.conftest import MODELS


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an installed digitlab keeps its files; two models ship with it."""
    monkeypatch.delenv("DIGITLAB_MODELS", raising=False)
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "home")
    monkeypatch.setattr(settings, "IS_INSTALLED", True)
    monkeypatch.setattr(settings, "APP", tmp_path / "app")
    for name in ("dnn", "softmax"):
        shutil.copytree(MODELS / name, tmp_path / "app" / "models" / name)
    (tmp_path / "app" / "models" / ".cache").mkdir()  # what a working tree has kept beside its models
    (tmp_path / "app" / "models" / ".versions.lock").touch()
    return tmp_path / "home"


def test_they_come_whole(home):
    shipped.bring()
    assert store.names() == ["dnn", "softmax"]
    assert all(store.is_whole(home / "models" / name) for name in store.names())
    assert not (home / "models" / ".bringing").exists()


def test_what_is_there_stays(home):
    mine = home / "models" / "dnn"
    mine.mkdir(parents=True)
    before = home / "models" / ".previous" / "softmax"
    shutil.copytree(MODELS / "softmax", before)
    shipped.bring()
    assert list(mine.iterdir()) == []
    assert not (home / "models" / "softmax").exists()  # the version before answers: its owner has taken the other away


def test_a_folder_that_somebody_names_is_left_alone(home, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "named"))
    shipped.bring()
    assert not (tmp_path / "named").exists()
    assert not home.exists()


def test_a_working_tree_brings_nothing(home, monkeypatch):
    monkeypatch.setattr(settings, "IS_INSTALLED", False)
    shipped.bring()
    assert not home.exists()
    assert store.folder() == settings.APP / "models"


def test_where_they_cannot_be_kept_they_are_among_temporary_files(home, tmp_path, monkeypatch):
    home.write_text("a file where the folder should be")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    shipped.bring()
    assert store.folder() == tmp_path / "tmp" / f"digitlab-{os.getuid()}" / "models"
    assert all(store.is_whole(store.folder() / name) for name in ("dnn", "softmax"))
    assert settings.displaced().startswith(f"{home / 'models'} cannot be written, so models and drawings are kept in ")


def test_where_nothing_can_be_written_they_answer_from_where_they_are(home, tmp_path, monkeypatch):
    home.write_text("a file where the folder should be")
    monkeypatch.setattr(tempfile, "gettempdir", no_place)
    shipped.bring()
    assert store.folder() == tmp_path / "app" / "models"
    assert store.names() == ["dnn", "softmax"]


def no_place() -> None:
    raise FileNotFoundError("No usable temporary directory found")


def test_a_full_disk_leaves_no_half_model(home):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))  # as a disk that is full after 1 MB of a file
    try:
        with pytest.raises(ModelsNotWritable, match="File too large"):
            shipped.bring()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert store.names() == []
    shipped.bring()
    assert store.names() == ["dnn", "softmax"]


def test_what_a_kill_left_is_cleared_away(home):
    half = home / "models" / ".bringing" / "dnn"
    half.mkdir(parents=True)
    (half / store.KERAS).write_bytes(b"half")
    shipped.bring()
    assert store.is_whole(home / "models" / "dnn")
    assert not half.parent.exists()


def test_two_at_once_bring_each_model_once(home, tmp_path):
    script = (
        "import sys; from pathlib import Path; import platformdirs; from digitlab import settings;"
        "from digitlab.models import shipped;"
        "settings.IS_INSTALLED, settings.APP = True, Path(sys.argv[1]);"
        "platformdirs.user_data_path = lambda *_, **__: Path(sys.argv[2]); shipped.bring()"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "app"), str(home)]
    both = [subprocess.Popen(command, cwd=settings.REPOSITORY, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[1] for process in both] == ["", ""]
    assert all(store.is_whole(home / "models" / name) for name in ("dnn", "softmax"))
