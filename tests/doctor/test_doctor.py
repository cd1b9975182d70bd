"""A healthy machine, and planted faults: each is named, and nothing else."""

import inspect
import json
import re
import shutil
import socket
from collections import namedtuple

import pytest

from digitlab import __main__ as command_line
from digitlab import doctor
from digitlab.access import network
from digitlab.doctor import checks
from digitlab.wording.doctor import explain
from tests.damage import damage


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def faults(port: int) -> list[doctor.Finding]:
    return [finding for finding in doctor.examine(port) if finding.state == "fault"]


def test_a_healthy_machine_is_green(models_dir, port, capsys):
    assert faults(port) == []
    assert command_line.main(["doctor", "--json", "--port", str(port)]) == 0
    found = json.loads(capsys.readouterr().out)
    subjects = {"models", "data", "disk", "database", "port", "network", "training"}
    assert {one["subject"] for one in found} == subjects


def damage_a_model(models_dir, monkeypatch, port):
    damage(models_dir / "cnn")


def lose_a_model(models_dir, monkeypatch, port):
    shutil.rmtree(models_dir / "dnn")


def misname_mnist(models_dir, monkeypatch, port):
    monkeypatch.setenv("DIGITLAB_MNIST", str(models_dir / "nowhere.npz"))


def damage_mnist(models_dir, monkeypatch, port):
    (models_dir / "mnist.npz").write_bytes(b"no digits")
    monkeypatch.setenv("DIGITLAB_MNIST", str(models_dir / "mnist.npz"))


def fill_the_disk(models_dir, monkeypatch, port):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(10**6))


def damage_the_database(models_dir, monkeypatch, port):
    (models_dir / "broken").write_text("no database " * 200)
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{models_dir}/broken")


def stop_the_database(models_dir, monkeypatch, port):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me:secret@127.0.0.1:1/none")


def misspell_a_setting(models_dir, monkeypatch, port):
    monkeypatch.setenv("DIGITLAB_PICTURE_MB", "ten")


@pytest.mark.parametrize(
    ("plant", "subject", "word"),
    [
        (damage_a_model, "models", "cnn"),
        (lose_a_model, "models", "dnn"),
        (misname_mnist, "data", "nowhere.npz"),
        (damage_mnist, "data", "mnist.npz"),
        (fill_the_disk, "disk", "1 MB free"),
        (damage_the_database, "database", "not a database"),
        (stop_the_database, "database", "postgresql"),
        (misspell_a_setting, "settings", "DIGITLAB_PICTURE_MB"),
    ],
)
def test_a_planted_fault_is_named(models_dir, monkeypatch, port, capsys, plant, subject, word):
    plant(models_dir, monkeypatch, port)
    found = faults(port)
    assert {one.subject for one in found} == {subject}
    assert any(word in explain(one)[0] for one in found)
    assert all(explain(one)[1] for one in found)
    assert command_line.main(["doctor", "--port", str(port)]) == 1
    said = capsys.readouterr().out
    assert word in said
    assert "secret" not in said


def test_a_stranger_at_the_port_is_named(models_dir, port):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        assert [one.subject for one in faults(port)] == ["port"]


def test_a_machine_on_no_network_is_told(models_dir, monkeypatch, port):
    monkeypatch.setattr(network, "own_address", lambda: None)
    assert any(one.subject == "network" and one.state == "note" for one in doctor.examine(port))


def test_a_password_that_can_be_guessed_is_told(models_dir, monkeypatch, port):
    for word, is_told in (("sesame", True), ("open sesame of many signs", False)):
        monkeypatch.setenv("DIGITLAB_PASSWORD", word)
        assert any(one.kind == "short password" for one in doctor.examine(port)) is is_told


def test_whatever_a_check_finds_can_be_said():
    facts = dict.fromkeys(("error", "folder", "install", "model", "path", "place", "store", "where"), "x")
    facts |= dict.fromkeys(
        ("count", "digits", "drawings", "free_mb", "labelled", "least_mb", "other", "port", "signs"), 1
    )
    facts |= {"address": "127.0.0.1", "models": ["dnn", "cnn"]}
    kinds = set(re.findall(r'Finding\([\w"]+, "\w+", "([^"]+)"', inspect.getsource(checks)))
    assert len(kinds) > 20
    for kind in kinds:
        found, remedy = explain(doctor.Finding("any", "ok", kind, facts))
        assert found
        assert "{" not in f"{found}{remedy}"
