"""`predict` and `explain` keep going, whatever they are given: every file is told of in its place."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from digitlab import __main__ as command_line
from digitlab import ink, settings
from digitlab.command_line import drawing_file
from digitlab.explain import nearest
from tests import drawings
from tests.command_line import hostile
from tests.damage import damage


def strict(text: str) -> object:
    """The only JSON document of a text, as a parser reads it that takes no NaN and no half characters."""

    def refused(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is no JSON")

    text.encode()
    found = json.loads(text, parse_constant=refused)
    json.dumps(found, ensure_ascii=False).encode()
    return found


@pytest.fixture
def files(tmp_path):
    for digit in (3, 7):
        (tmp_path / f"{digit}.png").write_bytes(drawings.png(drawings.canvas(digit)))
    (tmp_path / "blank.png").write_bytes(drawings.png(np.full((280, 280, 3), 255, np.uint8)))
    (tmp_path / "text.png").write_text("not a picture")
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="needs pipes, devices, and names of any bytes")
def test_five_hundred_files_are_one_document_with_an_entry_each(tmp_path):
    names = hostile.specials(tmp_path)
    names += hostile.make(tmp_path, 500 - len(names))
    done = subprocess.run(
        [sys.executable, "-m", "digitlab", "predict", "--json", *names],
        cwd=settings.REPOSITORY, env={**os.environ, "DIGITLAB_PICTURE_MB": "1"}, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    entries = strict(done.stdout)
    assert [entry["file"] for entry in entries] == [name.encode(errors="backslashreplace").decode() for name in names]
    for entry in entries:
        assert entry["is_digit"] is (entry["reason"] is None)
        if "error" in entry:
            assert set(entry) - {"failed"} == {"file", "error", "is_digit", "reason"}
            assert entry["reason"] == entry["error"]
            assert entry["error"].endswith(".")
            assert entry["error"].isprintable()
        else:
            assert list(entry["answers"]) == ["dnn", "cnn"]
    failed = sum(entry.get("failed", False) for entry in entries)
    assert failed > 300
    assert done.returncode == 1
    assert done.stderr == f"digitlab: {failed} of 500 files could not be read.\n"
    kinds = Counter(Path(entry["file"]).name.partition(" ")[2] for entry in entries if entry["is_digit"])
    assert kinds["good.png"] == kinds["good.json"] > 8


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "text.png",
            "This file holds text, not a picture. Expected PNG, JPEG, HEIC, AVIF, WebP, TIFF, GIF, BMP, ",
        ),
        (
            "gone.png",
            "Expected a picture, or strokes in a .json file; there is no such file. Check its name and folder.",
        ),
        ("", "Expected a picture, or strokes in a .json file; this is a folder. Name the files in it."),
        ("a\0b.png", "Expected a picture, or strokes in a .json file; this cannot be opened: embedded null byte."),
        ("\ud800.png", "Expected a picture, or strokes in a .json file; this cannot be opened: "),
        ("large.png", "This file has 1.0 MB; at most 1 MB are read. Save it smaller and try again."),
    ],
)
@pytest.mark.parametrize("command", ["predict", "explain"])
def test_a_file_that_cannot_be_read_is_told_in_its_place(files, capsys, monkeypatch, command, name, expected):
    monkeypatch.setattr(nearest, "nearest", lambda *_: [])  # takes seconds, and has tests of its own
    monkeypatch.setenv("DIGITLAB_PICTURE_MB", "1")
    (files / "large.png").write_bytes(bytes(1_000_001))
    names = [str(files / "3.png"), f"{files}/{name}", str(files / "7.png")]
    arguments = [command, *names, "--model", "dnn"]
    assert command_line.main([*arguments, "--json"]) == 1
    captured = capsys.readouterr()
    three, failed, seven = strict(captured.out)
    assert captured.err == "digitlab: 1 of 3 files could not be read.\n"
    assert [entry["answers"]["dnn"]["digit"] for entry in (three, seven)] == [3, 7]
    assert failed["error"].startswith(expected)
    assert failed == {
        "file": failed["file"], "error": failed["error"], "is_digit": False, "reason": failed["error"], "failed": True,
    }  # fmt: skip
    assert command_line.main(arguments) == 1
    captured = capsys.readouterr()
    told = [line for line in captured.out.splitlines() if not line.startswith(" ")]
    assert [line.partition(":")[0] for line in (told[0], told[2])] == [names[0], names[2]]
    assert failed["error"] in told[1]
    assert captured.err == "digitlab: 1 of 3 files could not be read.\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.write_bytes(bytes(2_000_000)), "This file has 1.0 MB; at most 1 MB are read."),
        (lambda file: file.unlink(), "there is no such file"),
    ],
)
@pytest.mark.parametrize("name", ["3.png", "3.json"])
def test_a_file_that_changes_after_it_was_looked_at_is_told(files, capsys, monkeypatch, name, change, said):
    monkeypatch.setenv("DIGITLAB_PICTURE_MB", "1")
    file = files / name
    file.write_bytes(b"{}")
    check = ink.check_bytes
    with pytest.MonkeyPatch.context() as once:
        once.setattr("digitlab.ink.check_bytes", lambda count: (once.undo(), check(count), change(file)))
        assert command_line.main(["predict", str(file), "--model", "dnn"]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(files, capsys):
    (files / "3.png").chmod(0)
    assert command_line.main(["predict", str(files / "3.png")]) == 1
    assert "this cannot be opened: Permission denied." in capsys.readouterr().out


def test_a_picture_without_ink_is_an_answer(files, capsys):
    assert command_line.main(["predict", str(files / "blank.png"), "--json", "--several"]) == 0
    captured = capsys.readouterr()
    (blank,) = strict(captured.out)
    assert (blank["is_digit"], blank["digits"], "failed" in blank, captured.err) == (False, [], False, "")


@pytest.mark.parametrize(
    ("fault", "told"), [(ZeroDivisionError("a\nfault"), "ZeroDivisionError: a\\nfault"), (MemoryError(), "MemoryError")]
)
def test_a_fault_of_ours_costs_one_file_its_answer_and_says_where_it_is(files, capsys, monkeypatch, fault, told):
    read = ink.read

    def faulty(drawing: object, *options: object) -> object:
        if drawing == (files / "3.png").read_bytes():
            raise fault
        return read(drawing, *options)

    monkeypatch.setattr("digitlab.ink.read", faulty)
    assert command_line.main(["predict", str(files / "3.png"), str(files / "7.png"), "--json"]) == 1
    captured = capsys.readouterr()
    three, seven = strict(captured.out)
    assert three["error"].startswith(
        f"This file could not be read: {told} (digitlab/command_line/drawing_file.py, line "
    )
    assert seven["answers"]["cnn"]["digit"] == 7
    assert captured.err == (f"digitlab: {files}/3.png: {three['error']}\ndigitlab: 1 of 2 files could not be read.\n")


def test_names_cannot_write_to_the_terminal(files, capsys):
    name = f"{files}/\x1b[31m\nred\udcff.png"
    assert command_line.main(["predict", name]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{files}/\\x1b[31m\\nred\\udcff.png: Expected a picture")
    assert captured.err == "digitlab: 1 of 1 file could not be read.\n"


def test_each_answer_is_printed_as_soon_as_it_is_there(files, monkeypatch, capsys):
    seen = []
    read = drawing_file.read
    monkeypatch.setattr(drawing_file, "read", lambda file, *_: (seen.append(capsys.readouterr().out), read(file))[1])
    assert command_line.main(["predict", str(files / "3.png"), str(files / "text.png"), str(files / "7.png")]) == 1
    assert [text.count("\n") for text in seen] == [0, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["predict", "--json"], "the following arguments are required: FILE"),
        (["predict", "3.png", "--json", "--wrong"], "unrecognized arguments: --wrong"),
        (["predict", "3.png", "--json", "--model"], "argument --model: expected one argument"),
        (["predict", "3.png", "--json", "--model", "nobody"], "There is no model 'nobody'"),
        (["explain", "3.png", "--json", "--digit", "10"], "argument --digit: invalid choice"),
        (["explain", "3.png", "--json", "--model", "nobody"], "There is no model 'nobody'"),
        (["evaluate", "nobody", "--json"], "There is no model 'nobody'"),
        (["models", "--json", "pull"], "invalid choice: 'pull'"),
        (["models", "--json", "push"], "leave out --json"),
        (["doctor", "--json", "--port", "x"], "argument --port: invalid int value"),
        (["sweep", "cnn", "--json", "--trials", "0"], "at least one trial"),
        (["train", "cnn", "--json"], "unrecognized arguments: --json"),
        (["nothing", "--json"], "invalid choice: 'nothing'"),
        (["--json"], "the following arguments are required: COMMAND"),
    ],
)
def test_with_json_wrong_usage_is_a_document_as_well(arguments, expected, capsys):
    assert command_line.main(arguments) == 2
    captured = capsys.readouterr()
    told = strict(captured.out)
    assert list(told) == ["error"]
    assert expected in told["error"]
    assert captured.err == f"digitlab: {told['error']}\n"


def test_a_file_called_json_asks_for_none(files, monkeypatch, capsys):
    monkeypatch.chdir(files)
    (files / "--json").write_bytes((files / "3.png").read_bytes())
    assert command_line.main(["predict", "--model", "dnn", "--", "--json"]) == 0
    assert capsys.readouterr().out.startswith("--json: dnn 3 (")
    assert command_line.main(["predict", "--wrong", "--", "--json"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", ["predict", "models", "evaluate", "doctor", "explain"])
@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (RuntimeError("two\nlines"), 2, "RuntimeError: two\\nlines"),
        (MemoryError(), 2, "MemoryError"),
        (RecursionError(), 2, "RecursionError"),
        (OSError(28, "No space left on device"), 2, "[Errno 28] No space left on device."),
        (KeyboardInterrupt(), 130, "interrupted; nothing was replaced."),
    ],
)
def test_whatever_is_raised_is_one_line_and_a_document(files, command, raised, status, said, monkeypatch, capsys):
    def fault(*_: object, **__: object) -> NoReturn:
        raise raised

    monkeypatch.setattr(command_line.shipped, "bring", fault)
    more = {"predict": [f"{files}/3.png"], "explain": [f"{files}/3.png"], "evaluate": ["dnn"]}.get(command, [])
    assert command_line.main([command, *more, "--json"]) == status
    captured = capsys.readouterr()
    told = strict(captured.out)["error"]
    assert told.startswith(said)
    assert captured.err == f"digitlab: {told}\n"
    assert command_line.main([command, *more]) == status
    assert capsys.readouterr() == ("", captured.err)


def test_a_fault_after_the_document_leaves_the_document(monkeypatch, capsys):
    def rows(_: object) -> NoReturn:
        print(json.dumps([{"loss": float("nan")}, {"loss": float("-inf")}, {"loss": 0.5}]))
        raise RuntimeError("later")

    monkeypatch.setattr(command_line, "_models", rows)
    assert command_line.main(["models", "--json"]) == 2
    captured = capsys.readouterr()
    assert strict(captured.out) == [{"loss": None}, {"loss": None}, {"loss": 0.5}]
    assert captured.err.startswith("digitlab: RuntimeError: later")


def test_a_fault_after_an_object_is_told_in_it(monkeypatch, capsys):
    def summary(_: object) -> NoReturn:
        print(json.dumps({"study": "cnn-1", "loss": float("nan")}))
        raise RuntimeError("later")

    monkeypatch.setattr(command_line, "_models", summary)
    assert command_line.main(["models", "--json"]) == 2
    found = strict(capsys.readouterr().out)
    assert (found["study"], found["loss"]) == ("cnn-1", None)
    assert found["error"].startswith("RuntimeError: later")


def test_damaged_models_are_a_document(files, models_dir, capsys):
    for name in ("dnn", "cnn"):
        damage(models_dir / name)
    assert command_line.main(["predict", str(files / "3.png"), "--json"]) == 2
    captured = capsys.readouterr()
    assert "dnn is damaged: model.tflite" in strict(captured.out)["error"]
    assert captured.err.count("\n") == 1
