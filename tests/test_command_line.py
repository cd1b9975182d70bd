"""The command line as a script sees it: arguments in, streams and exit status out."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab import __main__ as command_line
from digitlab import jobs, networks, serving, settings, training
from digitlab.analysis import embedding_map
from digitlab.data import mnist
from digitlab.explain import DISTORTIONS, distort, nearest
from digitlab.models import store, versions
from tests import drawings
from tests.damage import damage


def digitlab(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "digitlab", *map(str, arguments)],
        cwd=settings.REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for digit in (3, 7):
        (folder / f"{digit}.png").write_bytes(drawings.png(drawings.canvas(digit)))
    (folder / "42.png").write_bytes(drawings.png(drawings.row(4, 2)))
    cross = [np.array([[80.0, 80], [200, 200]]), np.array([[200.0, 80], [80, 200]])]
    (folder / "x.png").write_bytes(drawings.png(drawings.rasterise(cross, 280, 20)))
    (folder / "blank.png").write_bytes(drawings.png(np.full((280, 280, 3), 255, np.uint8)))
    (folder / "text.png").write_text("not a picture")
    return folder


def test_predict_json(files):
    done = digitlab("predict", files / "3.png", files / "blank.png", files / "7.png", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    three, blank, seven = json.loads(done.stdout)
    assert three["file"] == str(files / "3.png")
    assert list(three["answers"]) == ["dnn", "cnn"]
    for expected, result in ((3, three), (7, seven)):
        for answer in result["answers"].values():
            assert answer["digit"] == expected
            assert len(answer["probabilities"]) == 10
            assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
            assert answer["confidence"] == max(answer["probabilities"]) > 0.9
            assert (answer["is_digit"], answer["reason"]) == (True, None)
        assert (result["is_digit"], result["reason"]) == (True, None)
        assert "digits" not in result
    assert blank == {
        "file": str(files / "blank.png"),
        "error": blank["error"],
        "is_digit": False,
        "reason": blank["error"],
    }
    assert "no ink" in blank["error"]


def test_predict_json_of_no_digit(files):
    (result,) = json.loads(digitlab("predict", files / "x.png", "--json").stdout)
    assert result["is_digit"] is False
    assert result["reason"].startswith("This does not look like one digit: ")
    for answer in result["answers"].values():
        assert answer["is_digit"] is False
        assert answer["reason"] == result["reason"]
        assert answer["confidence"] == max(answer["probabilities"])


def test_predict_several(files):
    done = digitlab("predict", files / "42.png", files / "3.png", files / "blank.png", "--json", "--several")
    two, one, blank = json.loads(done.stdout)
    assert two["is_digit"] is False
    assert two["reason"] == "This does not look like one digit: there are 2 separate ones."
    assert one["is_digit"] is True
    assert blank["digits"] == []
    for name in ("dnn", "cnn"):
        assert [digit["answers"][name]["digit"] for digit in two["digits"]] == [4, 2]
        assert [digit["answers"][name]["digit"] for digit in one["digits"]] == [3]
        assert all(digit["answers"][name]["is_digit"] for digit in two["digits"])
    (left, top, width, height), right = two["digits"][0]["box"], two["digits"][1]["box"]
    assert left + width < right[0]
    assert 90 <= top <= 110
    assert 70 <= height <= 90
    for_people = digitlab("predict", files / "42.png", files / "x.png", "--several").stdout.splitlines()
    assert for_people[0].count("4 (") == for_people[0].count("2 (") == 2
    assert "does not look like one digit" in for_people[1]


def test_predict_says_how_several_digits_are_read(files, capsys):
    assert command_line.main(["predict", str(files / "42.png"), str(files / "x.png"), str(files / "3.png")]) == 0
    two, cross, one = capsys.readouterr().out.splitlines()
    assert two.endswith("there are 2 separate ones. With --several they are read one by one.")
    assert "--several" not in cross + one
    assert command_line.main(["predict", str(files / "42.png"), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert "--several" not in told["reason"]
    assert "digits" not in told


def test_predict_for_people_and_with_chosen_models(files):
    done = digitlab("predict", files / "7.png", "--model", "cnn", "--model", "cnn")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("cnn 7 (") == 1
    assert "dnn" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["predict", "3.png", "--model", "nobody"], "no model 'nobody'. Models there are: dnn, cnn"),
        (["explain", "3.png", "--model", "nobody"], "no model 'nobody'. Models there are: dnn, cnn"),
        (["explain", "3.png", "--digit", "10"], "argument --digit: invalid choice"),
        (["evaluate", "nobody"], "no model 'nobody'"),
        (["train", "nobody"], "no network 'nobody'. Known: dnn, cnn"),
        (["train", "dnn", "--epochs", "0"], "epochs must be a whole number from 1 to 500, got 0"),
        (["train", "dnn", "--optimizer", "lion"], "optimizer must be one of adam, adamw, sgd, rmsprop, got 'lion'"),
        (["sweep", "cnn", "--trials", "0"], "at least one trial"),
        (["sweep", "cnn", "--workers", "0"], "at least one trial and one worker"),
        (["sweep", "cnn", "--workers", "-1"], "at least one trial and one worker"),
        (["sweep", "cnn", "--budget-s", "nan"], "a budget above 0 seconds"),
        (["sweep", "cnn", "--space", "none.json"], "cannot be read"),
        (["sweep", "cnn", "--room", "0.2"], "A sweep does not learn from the drawings of the room"),
        (["predict"], "the following arguments are required: FILE"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_errors_are_one_line_and_status_2(files, capfd, arguments, expected):
    words = [str(files / word) if word == "." or word.endswith(".png") else word for word in arguments]
    status = command_line.main(words)
    printed = capfd.readouterr()
    assert (status, printed.out) == (2, "")
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("digitlab: ")
    assert expected in printed.err


def test_a_process_says_as_much_of_an_error(files):
    done = digitlab("predict", files / "3.png", "--model", "nobody")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("digitlab: There is no model 'nobody'.")
    assert done.stderr.count("\n") == 1


def test_file_is_named_as_it_was_given(files):
    given = f"{files}/./3.png"
    assert json.loads(digitlab("predict", given, "--json").stdout)[0]["file"] == given


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_disk_is_one_line(files, unbuffered):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "digitlab", "predict", str(files / "3.png")],
            cwd=settings.REPOSITORY, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "digitlab: [Errno 28] No space left on device.\n"


def test_damaged_model_does_not_hide_the_others_in_the_table(models_dir, capsys):
    damage(models_dir / "dnn")
    assert command_line.main(["models"]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[1].startswith("cnn")
    assert "dnn is damaged" in captured.err


def test_evaluate_without_full_mnist_uses_unseen_digits_alone(models_dir, no_mnist, capsys):
    run = store.read("dnn").run
    run["data"] = {"source": "packaged", "train": 4000, "validation": 1000}
    with versions.challenging("dnn", run) as folder:
        for file in store.HASHED:
            (folder / file).write_bytes((models_dir / "dnn" / file).read_bytes())
    versions.promote("dnn")
    assert command_line.main(["evaluate", "dnn"]) == 0
    assert "1,000 validation digits" in capsys.readouterr().out


def test_models(capsys):
    assert command_line.main(["models"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in table[1:3]] == ["dnn", "cnn"]
    assert command_line.main(["models", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[1]["parameters"] == store.read("cnn").run["parameters"]


def test_evaluate_runs_the_model_again(capsys, full_mnist):
    assert command_line.main(["evaluate", "dnn", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["split"], summary["count"]) == ("test", 10_000)
    assert summary["accuracy"] == pytest.approx(store.read("dnn").run["metrics"]["test"]["accuracy"], abs=2e-4)


def test_evaluate_without_full_mnist(capsys, no_mnist):
    assert command_line.main(["evaluate", "dnn"]) == 0
    assert "5,000 validation digits" in capsys.readouterr().out


def test_damaged_model_is_said_on_stderr(files, models_dir, capsys):
    (models_dir / ".previous").mkdir()
    (models_dir / "cnn").rename(models_dir / ".previous" / "cnn")
    assert command_line.main(["predict", str(files / "3.png"), "--model", "cnn"]) == 0
    captured = capsys.readouterr()
    assert "cnn 3" in captured.out
    assert "version before it answers" in captured.err


def test_a_notice_stands_below_its_model(models_dir, capsys):
    (models_dir / ".previous").mkdir()
    (models_dir / "cnn").rename(models_dir / ".previous" / "cnn")
    assert command_line.main(["models"]) == 0
    assert "version before it answers" in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_is_no_error():
    command = [sys.executable, "-m", "digitlab", "models"]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": {**os.environ, "PYTHONUNBUFFERED": ""}}
    with subprocess.Popen(command, cwd=settings.REPOSITORY, **how) as writer:
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 0


def test_a_map_of_the_pixels_is_made_by_command(monkeypatch, tmp_path):
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    few = mnist.Split(mnist.packaged().images[::100], mnist.packaged().labels[::100])
    monkeypatch.setattr(mnist, "load", lambda: mnist.Mnist(few, few, few, "full"))
    monkeypatch.setattr(embedding_map, "_PIXEL_MAP", tmp_path / "pixel_map.npz")
    assert command_line.main(["map", "--pixels"]) == 0
    with np.load(tmp_path / "pixel_map.npz") as stored:
        assert stored["test"].shape == stored["validation"].shape == (50, 2)


def test_drawings_are_made_by_command(monkeypatch, capsys):
    from digitlab.handwriting import drawings as made

    monkeypatch.setattr(made, "make", lambda data: None)
    monkeypatch.setattr(mnist, "load", lambda: None)
    assert command_line.main(["drawings"]) == 0
    assert "drawn.npz" in capsys.readouterr().out


def test_without_tensorflow_a_training_says_what_to_do(monkeypatch, models_dir, capsys):
    monkeypatch.delattr(training, "produce", raising=False)  # another test may have imported it
    monkeypatch.setitem(sys.modules, "digitlab.training.produce", None)  # as if it could not be found
    assert command_line.main(["map", "cnn"]) == 2
    assert "needs TensorFlow" in capsys.readouterr().err


@pytest.fixture
def trained(monkeypatch) -> list[jobs.Job]:
    """The jobs of commands, which are only noted."""
    noted: list[jobs.Job] = []
    monkeypatch.setattr("digitlab.training.commands.train.do", lambda job: noted.append(job) or 0)
    return noted


@pytest.mark.parametrize("name", networks.HYPERPARAMETERS)
def test_every_hyperparameter_is_an_option_with_its_description(trained, capsys, name):
    about, option = networks.HYPERPARAMETERS[name], f"--{name.replace('_', '-')}"
    values = about.choices or (["cnn"] if about.kind is str else [str(about.most)])
    for word in filter(None, (*values, about.none)):
        assert command_line.main(["train", "dnn", option, word]) == 0
        assert trained.pop().recipe == networks.get("dnn").recipe.with_changes(**{name: about.parse(word)})
    with pytest.raises(SystemExit):
        command_line.main(["train", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{option} VALUE {about.title}. {about.description} ({about.values})" in said


def test_a_network_that_stops_early_can_be_told_never_to(trained, monkeypatch):
    network = networks.get("dnn-100")
    recipe = network.recipe.with_changes(patience=3, examples=2000)
    monkeypatch.setitem(networks.NETWORKS, "dnn-100", dataclasses.replace(network, recipe=recipe))
    assert command_line.main(["train", "dnn-100"]) == 0
    assert command_line.main(["train", "dnn-100", "--patience", "never", "--examples", "all"]) == 0
    assert [(job.recipe.patience, job.recipe.examples) for job in trained] == [(3, 2000), (None, None)]


def test_a_file_without_a_job_is_one_line(tmp_path, capsys):
    file = tmp_path / "job.json"
    for content in (None, "{", '{"kind": "train"}'):
        if content is not None:
            file.write_text(content)
        assert command_line.main(["job", str(file)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "no job" in line


def test_export_to_another_ending_is_refused(capsys):
    assert command_line.main(["export", "cnn", "cnn.pb"]) == 2
    assert "ending in .keras, .tflite or .onnx" in capsys.readouterr().err


def strokes_file(folder: Path, **changes: object) -> Path:
    lines = [line.tolist() for line in drawings.strokes(8, 120, 120, size=40)]
    file = folder / "eight.json"
    file.write_text(json.dumps({"width": 280, "height": 280, "brush": 20, "strokes": lines, **changes}))
    return file


def test_strokes_are_read(tmp_path, files, capsys):
    file = strokes_file(tmp_path)
    assert command_line.main(["predict", str(file), str(files / "3.png"), "--json"]) == 0
    eight, three = json.loads(capsys.readouterr().out)
    assert {name: answer["digit"] for name, answer in eight["answers"].items()} == {"dnn": 8, "cnn": 8}
    assert three["answers"]["cnn"]["digit"] == 3


def test_strokes_without_ink_are_reported_in_their_place(tmp_path, capsys):
    assert command_line.main(["predict", str(strokes_file(tmp_path, strokes=[])), "--json"]) == 0
    (nothing,) = json.loads(capsys.readouterr().out)
    assert nothing["error"].startswith("There is no ink here")


def test_strokes_of_another_form_are_one_line(tmp_path, capsys):
    file = strokes_file(tmp_path, brush="broad")
    assert command_line.main(["predict", str(file)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f'{file}: These strokes cannot be read: brush is "broad".')


def test_a_doubted_digit_has_no_confidence_for_people_but_keeps_it_for_scripts(files, capsys):
    assert command_line.main(["predict", str(files / "x.png")]) == 0
    said = capsys.readouterr().out
    assert "? (doubted)" in said
    assert "%" not in said
    assert command_line.main(["predict", str(files / "x.png"), "--json"]) == 0
    (cross,) = json.loads(capsys.readouterr().out)
    assert all(0 < answer["confidence"] <= 1 for answer in cross["answers"].values())


@pytest.mark.usefixtures("no_mnist")
def test_explain_json(files, capsys):
    paths = [str(files / "7.png"), str(files / "blank.png")]
    assert command_line.main(["explain", *paths, "--json"]) == 0
    seven, blank = json.loads(capsys.readouterr().out)
    assert seven["file"] == paths[0]
    assert list(seven["answers"]) == ["dnn", "cnn"]
    assert (seven["is_digit"], seven["reason"]) == (True, None)
    for name, found in seven["answers"].items():
        assert (found["is_digit"], found["reason"]) == (True, None)
        assert (found["digit"], found["answer"]) == (7, 7)
        attribution, pixels = np.array(found["attribution"]), np.array(found["pixels"], np.float32)
        assert attribution.shape == pixels.shape == (28, 28)
        assert 0 <= pixels.min() < pixels.max() <= 1
        assert serving.load(name).answer(pixels[None]).probabilities[0].argmax() == 7
        assert attribution.max() > 0
        assert len(found["nearest"]) > 1
        assert {one["label"] for one in found["nearest"]} == {7}
        assert list(found["flips"]) == list(DISTORTIONS)
        for flip in found["flips"]["rotation"]:
            image = distort(pixels, {"rotation": flip["value"]})
            assert serving.load(name).answer(image).probabilities[0].argmax() == flip["to"] != flip["from"]
    assert blank == {"file": paths[1], "error": blank["error"], "is_digit": False, "reason": blank["error"]}


@pytest.mark.usefixtures("no_mnist")
def test_explain_doubts_what_predict_doubts(files, capsys, monkeypatch):
    monkeypatch.setattr(nearest, "nearest", lambda *_: [])  # seconds, and told by another test
    paths = [str(files / name) for name in ("x.png", "42.png")]
    assert command_line.main(["predict", *paths, "--json"]) == 0
    predicted = json.loads(capsys.readouterr().out)
    assert command_line.main(["explain", *paths, "--json"]) == 0
    for found, expected in zip(json.loads(capsys.readouterr().out), predicted, strict=True):
        assert (found["is_digit"], found["reason"]) == (expected["is_digit"], expected["reason"])
        for name, answer in found["answers"].items():
            said = expected["answers"][name]
            assert (answer["answer"], answer["is_digit"]) == (said["digit"], said["is_digit"])
            assert answer["reason"] == said["reason"]
    assert command_line.main(["explain", *paths, "--model", "dnn"]) == 0
    cross, two = re.split(r"^/.*:\n", capsys.readouterr().out, flags=re.MULTILINE)[1:]
    for said, result in ((cross, predicted[0]), (two, predicted[1])):
        assert "%)" not in said
        first, second, *_ = said.splitlines()
        guess = result["answers"]["dnn"]["digit"]
        assert first.startswith(f"  dnn {guess}? (doubted)  This does not look like one digit: ")
        assert second == "    Below is what it would say if it were one digit:"


@pytest.mark.usefixtures("no_mnist")
def test_explain_another_digit(files, capsys, monkeypatch):
    monkeypatch.setattr(nearest, "nearest", lambda *_: [])  # seconds, and told by another test
    arguments = ["explain", str(files / "7.png"), "--model", "dnn", "--json"]
    maps = []
    for digit in (1, 7):
        assert command_line.main([*arguments, "--digit", str(digit)]) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert list(found["answers"]) == ["dnn"]
        assert (found["answers"]["dnn"]["digit"], found["answers"]["dnn"]["answer"]) == (digit, 7)
        maps.append(found["answers"]["dnn"]["attribution"])
    assert maps[0] != maps[1]


@pytest.mark.usefixtures("no_mnist")
def test_explain_for_people(files, tmp_path, capsys):
    paths = [str(files / "3.png"), str(files / "blank.png"), str(strokes_file(tmp_path))]
    assert command_line.main(["explain", *paths, "--model", "dnn"]) == 0
    said = capsys.readouterr().out
    assert "  dnn 3 (" in said
    assert "  dnn 8 (" in said
    assert "rotation: 3" in said
    assert "if it were" not in said
    assert said.count("nearest: a ") == 2
    assert f"{paths[1]}: There is no ink here" in said


def two_on_a_page() -> Image.Image:
    """A 3, and far below it a 7 that lies on its side."""
    page = Image.new("L", (600, 900), 255)
    page.paste(Image.fromarray(drawings.canvas(3)[..., 0]), (40, 30))
    page.paste(Image.fromarray(drawings.canvas(7)[..., 0]).transpose(Image.Transpose.ROTATE_90), (250, 560))
    return page


def test_a_box_of_a_picture_is_read_and_turned(tmp_path, capsys):
    file = tmp_path / "page.png"
    two_on_a_page().save(file)
    assert command_line.main(["predict", str(file), "--json", "--several", "--box", "40,30,280,280"]) == 0
    (three,) = json.loads(capsys.readouterr().out)
    left, top, width, height = three["digits"][0]["box"]
    assert (three["answers"]["cnn"]["digit"], three["is_digit"]) == (3, True)
    assert 90 < left < left + width < 300
    assert 60 < top < top + height < 280
    # Turned clockwise, the picture is 900 px wide, and what was at the left is at the top.
    assert command_line.main(["predict", str(file), "--box", "60,250,280,280", "--turn", "90"]) == 0
    assert capsys.readouterr().out.startswith(f"{file}: dnn 7 (")
    assert command_line.main(["explain", str(file), "--model", "cnn", "--json", "--box", "40,30,280,280"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["answers"]["cnn"]["digit"] == 3


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (
            ["--box", "400,0,300,300"],
            1,
            "The box reaches from (400, 0) to (700, 300), but the picture has only",
        ),
        (["--box", "0,0,0,9"], 1, "A box is at least 1 px wide and high, not 0 x 9."),
        (
            ["--box", "1,2,3"],
            2,
            "argument --box: expected four whole numbers such as 40,60,200,240 (left, top, ",
        ),
        (["--box", "a,b,c,d"], 2, "argument --box: expected four whole numbers"),
        (["--turn", "45"], 2, "argument --turn: invalid choice: 45 (choose from 0, 90, 180, 270)"),
    ],
)
def test_a_box_or_turn_that_cannot_be_is_told_in_a_sentence(tmp_path, capsys, options, status, told):
    file = tmp_path / "page.png"
    two_on_a_page().save(file)
    assert command_line.main(["predict", str(file), *options]) == status
    captured = capsys.readouterr()
    assert told in captured.out + captured.err
    assert "Traceback" not in captured.err


def test_strokes_have_no_box(tmp_path, capsys):
    assert command_line.main(["predict", str(strokes_file(tmp_path)), "--box", "0,0,9,9"]) == 1
    assert "Only a picture in a file can be turned, or read in part; this is a drawing." in capsys.readouterr().out


def test_of_several_pages_it_says_which_was_read(tmp_path, capsys):
    file = tmp_path / "scan.tif"
    blank = Image.new("L", (280, 280), 255)
    blank.save(file, save_all=True, append_images=[Image.fromarray(drawings.canvas(7)[..., 0]), blank])
    assert command_line.main(["predict", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"{file}: (picture 2 of 3 in the file) dnn 7 (")
    assert command_line.main(["predict", str(file), "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["page"], entry["pages"]) == (2, 3)


def test_a_picture_on_its_side_is_told_with_the_turn_that_helps(tmp_path, capsys):
    file = tmp_path / "lying.png"
    Image.fromarray(drawings.canvas(4)[..., 0]).transpose(Image.Transpose.ROTATE_90).save(file)
    assert command_line.main(["predict", str(file)]) == 0
    assert "It may be turned: with --turn 90, both read 4." in capsys.readouterr().out
    assert command_line.main(["predict", str(file), "--json", "--turn", "180"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["is_digit"], entry["turn"]) == (False, 90)
    assert command_line.main(["predict", str(file), "--turn", "90"]) == 0
    assert "turned" not in capsys.readouterr().out
