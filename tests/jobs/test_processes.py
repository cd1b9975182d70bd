"""What TensorFlow has to do, in processes that stand in for it here."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitlab import networks
from digitlab.errors import ExportFailed
from digitlab.jobs import Job, processes
from digitlab.networks import Recipe
from tests.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(processes, "_measuring", {})
    monkeypatch.setattr(processes, "_children", {})


def stand_in(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(processes, "_command", lambda *arguments: [sys.executable, "-c", script, *arguments])


def test_a_failed_export_says_why(monkeypatch):
    stand_in(monkeypatch, "import sys; sys.exit('digitlab: no space left')")
    with pytest.raises(ExportFailed, match=r"cnn could not be exported as ONNX: no space left$"):
        processes.onnx("cnn")


def test_an_export_without_a_word_is_said_too(monkeypatch):
    stand_in(monkeypatch, "")
    with pytest.raises(ExportFailed, match="no word"):
        processes.onnx("cnn")


def test_an_export_is_read_from_the_file_it_wrote(monkeypatch):
    stand_in(monkeypatch, "import sys, pathlib; pathlib.Path(sys.argv[3]).write_bytes(b'made')")
    assert processes.onnx("cnn") == b"made"


def test_one_measurement_at_a_time(monkeypatch):
    stand_in(monkeypatch, "import time; time.sleep(600)")
    assert processes.measure("cnn", Recipe())
    assert processes.measure("dnn", Recipe())  # waits for the first
    assert len(processes._measuring) == 1
    processes.stop_measuring()
    assert processes._measuring == {}


def test_a_measurement_is_made_once(monkeypatch):
    stand_in(monkeypatch, "")
    recipe = networks.get("cnn").recipe
    processes.measure("cnn", recipe)
    (process,) = processes._measuring.values()
    process.wait(PATIENCE_S)
    assert not processes.measure("cnn", recipe)
    assert list(processes._measuring.values()) == [process]


def test_where_nothing_can_be_written_nothing_is_measured(tmp_path):
    (tmp_path / "models").write_text("a file")
    assert not processes.measure("cnn", Recipe())


def test_of_windows_that_ask_at_once_one_measures(monkeypatch):
    stand_in(monkeypatch, "import time; time.sleep(600)")
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: processes.measure("cnn", Recipe()), range(8)))
    assert len(processes._children) == 1
    processes.stop_measuring()


def test_a_job_that_was_never_taken_leaves_no_file(monkeypatch, tmp_path):
    stand_in(monkeypatch, "")
    processes.begin(Job("train", "cnn", Recipe())).wait(PATIENCE_S)
    assert len(list((tmp_path / "models" / ".job").glob("job-*.json"))) == 1
    processes.begin(Job("train", "cnn", Recipe())).wait(PATIENCE_S)
    assert len(list((tmp_path / "models" / ".job").glob("job-*.json"))) == 1
