"""Every presenter-only action, tried by somebody else: refused in words, and nothing is called."""

import asyncio

import pytest

from digitlab import audience, collection, jobs
from digitlab.access import Guard, Visitor
from digitlab.access.visitor import digest
from digitlab.data import mnist, slices
from digitlab.errors import MnistUnavailable
from digitlab.jobs import processes
from digitlab.models import versions
from tests.pages.test_collected import hung  # noqa: F401 - a fixture for two tests
from tests.pages.test_curves_and_models import open_page
from tests.pages.test_retrain import button, challenge, label_drawings, publish, texts

ELSEWHERE = Visitor("guest", "203.0.113.9", {"Host": "192.168.1.5:8501"})


@pytest.fixture(autouse=True)
def elsewhere(at_the_desk, models_dir, monkeypatch):
    """A guest on the network; whatever changes something fails the test."""
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: ELSEWHERE)

    def called(*_: object, **__: object) -> None:
        raise AssertionError("called for a guest")

    changes = {
        jobs: ("start", "pause", "resume", "stop"), processes: ("measure", "onnx"), mnist: ("fetch",),
        versions: ("promote", "dismiss", "roll_back"), slices: ("save", "delete"),
        collection: ("label", "delete", "set_keeping"), audience.Wall: ("freeze", "clear", "hide"),
    }  # fmt: skip
    for room, names in changes.items():
        for name in names:
            monkeypatch.setattr(room, name, called)
    return models_dir


def refused(app, action: str, caplog) -> None:
    assert not app.exception
    said = texts(app.toast) + texts(app.error)
    assert f"Only the presenter may {action}" in said
    assert f"203.0.113.9: refused to {action}" in caplog.text


CHANGING = ["train/retrain.py", "train/sweep.py", "train/models.py", "present/present.py", "present/collection.py"]
PUBLIC = "**This server is public and read-only.** Everybody may draw and explore; nobody can retrain"


@pytest.mark.parametrize("page", ["draw/draw.py", *CHANGING])
def test_a_public_server_says_that_it_is_read_only(page):
    said = texts(open_page(page).caption)
    assert PUBLIC in said
    assert "(DIGITLAB_PASSWORD)." in said


@pytest.mark.parametrize("page", CHANGING)
def test_with_a_password_it_says_who_can_unlock_it(monkeypatch, page):
    monkeypatch.setenv("DIGITLAB_PASSWORD", "open sesame")
    assert "the presenter can unlock the rest" in texts(open_page(page).caption)


@pytest.mark.parametrize("page", ["draw/draw.py", *CHANGING])
def test_at_ones_own_machine_nothing_is_said(monkeypatch, page):
    here = Visitor("me", "127.0.0.1", {"Host": "127.0.0.1:8501"})
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: here)
    monkeypatch.setattr(processes, "measure", lambda *_: False)
    assert "read-only" not in texts(open_page(page).caption).lower()


def test_who_opened_their_own_machine_by_accident_is_told_how_not_to(monkeypatch):
    here = Visitor("me", "127.0.0.1", {"Host": "127.0.0.1:8501"})
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: here)
    monkeypatch.setattr("digitlab.ui.presenter.guard", lambda: Guard(None, None))  # streamlit run app.py
    assert "or for this machine alone (python -m digitlab run)." in texts(open_page("train/retrain.py").caption)


def test_retrain_and_measure(caplog):
    app = open_page("train/retrain.py", network="dnn-100")
    assert "Can be promoted after about" in texts(app.markdown)
    button(app, "Start training").click().run()
    refused(app, "retrain", caplog)
    assert "This room's handwriting" in texts(app.markdown)  # what stands below the button stays
    assert len(app.dataframe) == 1


@pytest.mark.parametrize(("label", "action"), [("Promote", "promote a model"), ("Dismiss", "dismiss a challenger")])
def test_promote_and_dismiss(elsewhere, caplog, label, action):
    challenge(elsewhere)
    app = open_page("train/retrain.py")
    button(app, label).click().run()
    refused(app, action, caplog)
    assert versions.challengers() == ["cnn"]


@pytest.mark.parametrize(
    ("label", "action"),
    [
        ("Pause", "pause a training"),
        ("Stop and keep the best epoch", "stop a training"),
        ("Discard", "discard a training"),
        ("Resume", "resume a training"),
        ("One epoch more", "change a training"),
    ],
)
def test_a_running_training(caplog, label, action):
    history = [{"number": 1, "loss": 0.5, "accuracy": 0.8, "val_loss": 0.3, "val_accuracy": 0.9, "elapsed_s": 2.0}]
    publish(state="paused" if label == "Resume" else "training", history=history, batches=10, batch=5)
    with jobs.lock():
        app = open_page("train/retrain.py")
        button(app, label).click().run()
        refused(app, action, caplog)


def test_roll_back(monkeypatch, caplog):
    monkeypatch.setattr(versions, "has_previous", lambda name: True)
    app = open_page("train/models.py")
    button(app, "Roll back").click().run()
    refused(app, "roll back a model", caplog)


def test_export(caplog):
    app = open_page("train/models.py")
    button(app, "Make .onnx").click().run()
    refused(app, "export a model", caplog)


def test_fetch_data(no_mnist, caplog):
    with pytest.raises(MnistUnavailable):
        mnist.load(download=False)
    app = open_page("explore/confusion.py")
    app.button(key="fetch").click().run()
    refused(app, "fetch data", caplog)


def test_save_and_delete_a_slice(monkeypatch, caplog):
    monkeypatch.setattr(slices, "names", lambda: ["theirs"])
    monkeypatch.setattr(slices, "read", lambda name: slices.Slice(name, "validation", (1, 2, 3)))
    app = open_page("explore/mistakes.py", slice="theirs", group="all")
    app.text_input(key="slice_name").set_value("mine").run()
    app.button(key="save_slice").click().run()
    refused(app, "save a slice", caplog)
    app.button(key="forget_slice").click().run()
    refused(app, "delete a slice", caplog)


def test_the_script(caplog):
    app = open_page("present/present.py")
    app.button(key="save_script").click().run()
    refused(app, "change the script", caplog)


@pytest.mark.usefixtures("hung")
def test_the_collection(caplog):
    app = open_page("present/collection.py", drawing="1")
    app.selectbox(key="relabel_1").set_value(7).run()
    app.button(key="save_label").click().run()
    refused(app, "relabel a drawing", caplog)
    app.button(key="delete_drawing").click().run()
    refused(app, "delete a drawing", caplog)
    app.toggle(key="keeping").set_value(False).run()
    refused(app, "switch keeping on or off", caplog)


def test_teach(caplog):
    label_drawings(20)
    app = open_page("train/retrain.py", network="cnn")
    app.button(key="teach").click().run()
    refused(app, "teach a model", caplog)


def test_sweep(caplog):
    pytest.importorskip("optuna")
    app = open_page("train/sweep.py", network="dnn-100")
    button(app, "Start sweep").click().run()
    refused(app, "retrain", caplog)


def test_a_presenter_may_until_they_lock_again(monkeypatch):
    guard = Guard("open sesame", None)
    monkeypatch.setattr("digitlab.ui.presenter.guard", lambda: guard)
    key = digest(asyncio.run(guard.unlock(ELSEWHERE, guard.new_page(), "open sesame")))
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: Visitor(key, "192.168.1.6", {}))
    promoted = []
    monkeypatch.setattr(versions, "roll_back", lambda name, seen: promoted.append(name))
    monkeypatch.setattr(versions, "has_previous", lambda name: True)
    app = open_page("train/models.py")
    button(app, "Roll back").click().run()
    assert promoted == ["dnn"]
    other = open_page("train/models.py")
    button(other, "Lock again").click().run()
    button(app, "Roll back").click().run()  # in the first window
    assert promoted == ["dnn"]
    assert "Only the presenter may roll back a model" in texts(app.toast) + texts(app.error)
