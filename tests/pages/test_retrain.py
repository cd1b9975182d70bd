"""The Retrain page without a browser; a running training is a status on disk and a held lock."""

import dataclasses
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from msgspec import to_builtins
from streamlit.proto.Metric_pb2 import Metric as MetricProto
from streamlit.testing.v1 import AppTest

from digitlab import collection, files, jobs, networks, settings
from digitlab.access import Visitor
from digitlab.analysis import film
from digitlab.data import mnist
from digitlab.errors import ModelsBusy
from digitlab.explain import index, labels
from digitlab.jobs import Change, Knobs, presets, processes, queue, speed
from digitlab.jobs.speed import Speed
from digitlab.models import store, versions
from digitlab.networks import Recipe
from digitlab.pixels import to_base64
from digitlab.wording import models
from tests.damage import damage
from tests.digits import tiny
from tests.pages.test_curves_and_models import open_page, shown

HISTORY = [{"number": 1, "loss": 0.5, "accuracy": 0.8, "val_loss": 0.3, "val_accuracy": 0.9, "elapsed_s": 2.0}]


@pytest.fixture(autouse=True)
def own_models(models_dir, monkeypatch):
    """Nothing is measured in the background, and no page touches the models of the repository."""
    monkeypatch.setattr(processes, "measure", lambda *_: False)
    return models_dir


def texts(elements) -> str:
    return "\n".join(str(element.value) for element in elements)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def field(app, label):
    return next(one for one in app.text_input if one.label == label)


def choice(app, label):
    return next(one for one in app.selectbox if one.label == label)


def status(**changes) -> jobs.Status:
    values = {"id": "1", "pid": 1, "origin": "page", "network": "cnn", "recipe": Recipe().as_dict(), "promote": "never"}
    return jobs.Status(**{**values, **changes})


def publish(**changes) -> None:
    jobs.write(status(**changes))


def challenge(models_dir: Path, name: str = "cnn", source: str = "dnn") -> None:
    stored = store.read(source)
    with versions.challenging(name, dict(stored.run)) as folder:
        for file in store.HASHED:
            (folder / file).write_bytes((stored.place / file).read_bytes())


def test_form_shows_layers_time_and_preview():
    app = open_page("train/retrain.py", network="dnn-100")
    table = app.dataframe[0].value
    assert list(table["Parameters"]) == [0, 78_500, 1_010]
    assert "79,510 parameters" in shown(app)
    assert "at a guess" in shown(app)  # this network has no stored model
    assert "judging by an earlier training" in shown(open_page("train/retrain.py", network="cnn"))
    assert "as the network will see them: undistorted" in "".join(element.proto.body for element in app.get("html"))


@pytest.fixture
def started(monkeypatch) -> list[jobs.Job]:
    """What the page has asked for instead of starting it."""
    asked: list[jobs.Job] = []
    monkeypatch.setattr(jobs, "start", asked.append)
    return asked


@pytest.mark.usefixtures("no_mnist")
@pytest.mark.parametrize("name", networks.NETWORKS)
@pytest.mark.parametrize("preset", [presets.DEMO, presets.PUBLISHED, presets.BEST])
def test_start_trains_what_the_form_says(started, name, preset):
    app = open_page("train/retrain.py", network=name, preset=preset)
    button(app, "Start training").click().run()
    assert not app.exception
    (job,) = started
    published = networks.get(name).recipe
    assert (job.network, job.promote) == (name, "never")
    recipe = job.recipe
    if preset == presets.DEMO:
        assert recipe.epochs == presets.DEMO_EPOCHS
    else:
        expected = published if preset == presets.PUBLISHED else presets.best(published)
        assert recipe == expected.with_changes(examples=4000)


@pytest.mark.usefixtures("full_mnist")
def test_start_trains_on_all_digits_that_the_form_found(started):
    button(open_page("train/retrain.py", network="dnn", preset=presets.PUBLISHED), "Start training").click().run()
    recipe = started[0].recipe
    assert recipe == networks.get("dnn").recipe


def test_changed_hyperparameters_are_trained(started):
    app = open_page("train/retrain.py", network="cnn-32-64", preset=presets.PUBLISHED)
    field(app, "Epochs").set_value("2").run()
    field(app, "Training digits").set_value("3000").run()
    choice(app, "Distortion").set_value("gentle").run()
    choice(app, "Input scaling").set_value("standardised").run()
    app.toggle(key="if_better").set_value(True).run()
    button(app, "Start training").click().run()
    recipe = started[0].recipe
    assert recipe == networks.get("cnn-32-64").recipe.with_changes(
        epochs=2, examples=3000, augment="gentle", scaling="standardised"
    )
    assert started[0].promote == "if-better"


def test_every_hyperparameter_is_in_the_form_with_its_description():
    app = open_page("train/retrain.py", network="cnn", preset=presets.PUBLISHED)
    fields = {field.label: field for field in (*app.text_input, *app.selectbox)}
    for hyperparameter in networks.HYPERPARAMETERS.values():
        if hyperparameter.is_in_form:
            assert fields[hyperparameter.title].help.startswith(hyperparameter.description)


def test_early_stopping_can_be_switched_off(started, monkeypatch):
    network = networks.get("dnn-100")
    impatient = dataclasses.replace(network, recipe=network.recipe.with_changes(patience=3))
    monkeypatch.setitem(networks.NETWORKS, "dnn-100", impatient)
    app = open_page("train/retrain.py", network="dnn-100", preset=presets.PUBLISHED)
    assert field(app, "Early stopping after").value == "3"
    field(app, "Early stopping after").set_value("0").run()
    button(app, "Start training").click().run()
    assert started[0].recipe.patience is None


# By label: what a field holds that a training cannot use, and what the page says of it.
WRONG = {
    "Epochs": ("501", "a whole number from 1 to 500, got '501'."),
    "Training digits": ("9", "a whole number from 10 to (55000|4000), got '9'."),
    "Learning rate": ("0,001", "a number from 1e-08 to 10, got '0,001'."),
    "Dropout": ("1.5", "a number from 0 to 0.95, got '1.5'."),
    "Distortion at the end": ("-0.1", "a number from 0 to 1, got '-0.1'."),
    "Other forms of digits": ("half", "a number from 0 to 0.3, got 'half'."),
    "Non-digits": ("nan", "a number from 0 to 0.3, got 'nan'."),
    "Weight averaging (EMA)": ("1", "a number from 0 to 0.99999, got '1'."),
    "Early stopping after": ("2.5", "a whole number from 0 to 500, got '2.5'."),
    "Seed": ("", "a whole number from 0 to 2147483647, the field is empty."),
}


@pytest.mark.parametrize("label", WRONG)
def test_start_waits_until_every_number_is_valid(started, label):
    app = open_page("train/retrain.py", network="cnn", preset=presets.PUBLISHED)
    other = "Seed" if label != "Seed" else "Epochs"
    field(app, other).set_value("7").run()
    before, (wrong, said) = field(app, label).value, WRONG[label]
    field(app, label).set_value(wrong).run()
    assert not app.exception
    (error,) = app.error
    assert re.fullmatch(re.escape(f"{label} must be ") + said, error.value)
    assert button(app, "Start training").disabled
    assert field(app, other).value == "7"
    field(app, label).set_value(before).run()
    assert not app.error
    assert not button(app, "Start training").disabled
    button(app, "Start training").click().run()
    recipe = started[0].recipe
    assert recipe == networks.get("cnn").recipe.with_changes(**{other.lower(): 7}, examples=recipe.examples)


def test_start_pressed_in_the_moment_of_a_wrong_number_starts_nothing(started):
    app = open_page("train/retrain.py", network="dnn-100")
    field(app, "Epochs").set_value("0")
    button(app, "Start training").click().run()  # one run, as when a click also ends the typing
    assert "Epochs must be" in texts(app.error)
    assert not started


def test_measured_speed_gives_the_time(source):
    examples, count = {"packaged": (4000, 4000), "full": (None, 55_000)}[source]
    published = networks.get("dnn-100").recipe
    speed.remember("dnn-100", published.with_changes(examples=examples), Speed(5, 1e-5, 0.1, 2))
    app = open_page("train/retrain.py", network="dnn-100", preset=presets.PUBLISHED)
    expected = 5 + 20 * (count * 1e-5 + 0.1) + 2
    assert f"about {expected:.0f} s**, as measured on this machine" in shown(app)


def test_running_training_is_shown_instead_of_the_form():
    gallery = {"indices": [0, 600], "answers": [0, 7]}
    curve = [[0.5, 1.0, 0.6], [1.0, 0.5, 0.8]]
    seen = jobs.Seen(5, 128, to_base64(mnist.packaged().images[:2]), [0, -1], [8, 1], 0.25)
    taken = film.developed(np.array([0, 600]), [np.eye(10) * 9], [np.array([0, 7])], [np.ones((2, 4))])
    publish(
        state="training", history=HISTORY, batches=10, batch=5, curve=curve, gallery=gallery, left_s=12.0,
        seen=to_builtins(seen), film=taken.packed(), changes=[to_builtins(Change("noise", 0.1, 3, 0.3, 1.0))],
    )  # fmt: skip
    jobs.turn("1", pace="step")
    with jobs.lock():
        app = open_page("train/retrain.py")
        assert [one.label for one in app.button] == [
            "Pause", "Stop and keep the best epoch", "One epoch more", "Discard", "Next batch",
        ]  # fmt: skip
        assert "cnn has been training since" in texts(app.caption)
        assert "1 of these 2" in shown(app)
        html = "".join(element.proto.body for element in app.get("html"))
        assert "7 ✗ is 1" in html
        assert "8 ✗ is 0" in html
        assert "1, no digit" in html
        assert "**Batch 5**, loss 0.250 nats" in shown(app)
        assert "**After epoch 1**, 90 of 90 validation digits are right" in shown(app)
        app.select_slider[0].set_value(0.01).run()
        app.slider[1].set_value(0.2).run()
        button(app, "Next batch").click().run()
        button(app, "One epoch more").click().run()
        assert jobs.asked("1")[1] == Knobs(learning_rate=0.01, noise=0.2, more=1, pace="step", steps=1)
        jobs.turn("1", noise=0.3)  # in another window
        app.run()
        assert app.slider[1].value == 0.3
        button(app, "Pause").click().run()
        assert jobs.asked("1")[0] == "pause"
        button(app, "Stop and keep the best epoch").click().run()
        assert jobs.asked("1")[0] == "stop"
        button(app, "Discard").click().run()
        assert jobs.asked("1")[0] == "discard"


def test_nothing_to_keep_before_the_first_epoch():
    publish(state="training", batches=10, batch=5)
    with jobs.lock():
        app = open_page("train/retrain.py")
        assert button(app, "Stop and keep the best epoch").disabled


@pytest.mark.parametrize("state", ["training", "preparing", "paused", "finishing"])
def test_killed_training_is_told_and_another_can_start(state):
    publish(state=state, history=HISTORY)
    app = open_page("train/retrain.py")
    assert "was killed" in texts(app.error)
    assert not button(app, "Start training").disabled


def test_failure_is_told_in_its_own_words():
    publish(state="failed", message="The loss became NaN.")
    app = open_page("train/retrain.py")
    assert "**cnn**: The loss became NaN." in texts(app.error)


def test_challenger_is_promoted_and_rolled_back(own_models):
    before, other = store.read("cnn").tflite, store.read("dnn").tflite
    trained = store.read("cnn").run
    challenge(own_models)
    publish(state="done", message="It waits.")
    app = open_page("train/retrain.py")
    assert "**cnn**, compared with the version in service" in shown(app)
    assert "McNemar" in texts(app.caption)
    assert len(app.metric) == 4
    button(app, "Promote").click().run()
    assert not app.exception
    assert "cnn is in service" in texts(app.success)
    assert store.read("cnn").tflite == other
    (back,) = (one for one in app.button if one.key == "roll_back")
    assert back.label == f"Roll back to that of {models.trained_at(trained)}"
    back.click().run()
    assert store.read("cnn").tflite == before
    assert not app.exception


def test_a_challenger_that_is_no_better_is_not_green(own_models):
    challenge(own_models, source="cnn")
    publish(state="done", message="It waits.", history=HISTORY)
    app = open_page("train/retrain.py")
    assert not app.success
    accuracy, loss = (metric.proto for metric in app.metric[:2])
    assert (accuracy.delta, loss.delta) == ("+0.00 points", "+0.0000")
    assert {one.color for one in (accuracy, loss)} == {MetricProto.GRAY}
    assert {one.direction for one in (accuracy, loss)} == {MetricProto.NONE}


def test_challenger_is_dismissed(own_models):
    challenge(own_models)
    app = open_page("train/retrain.py")
    button(app, "Dismiss").click().run()
    assert "The challenger is gone" in texts(app.success)
    assert versions.challengers() == []


def test_challenger_without_a_model_in_service(own_models):
    challenge(own_models, name="lenet-5")
    app = open_page("train/retrain.py")
    assert "No whole version of it is in service" in shown(app)
    button(app, "Promote").click().run()
    assert store.read("lenet-5").tflite == store.read("dnn").tflite


def test_old_news_is_no_news():
    publish(state="failed", message="Long ago.", started_at=time.time() - 9000)
    long_ago = {**status(state="failed").__dict__, "updated_at": time.time() - 9000}
    files.replace(settings.load().job_dir / "status.json", json.dumps(long_ago).encode())
    assert not open_page("train/retrain.py").error


def test_second_start_is_told_who_trains(monkeypatch):
    app = open_page("train/retrain.py")
    publish(state="training", network="resnet")
    with jobs.lock():
        button(app, "Start training").click().run()
        assert not app.exception
        assert "resnet has been training since" in texts(app.caption)


def test_without_full_mnist_the_form_says_what_it_will_do(no_mnist):
    app = open_page("train/retrain.py")
    assert "Full MNIST is not on this machine" in texts(app.info)


def test_demo_without_full_mnist_trains_on_the_digits_it_says(no_mnist, started):
    speed.remember("cnn-32-64", presets.demo_kind(), Speed(2, 1e-5, 0.1, 2))
    app = open_page("train/retrain.py")
    button(app, "Start training").click().run()
    recipe = started[0].recipe
    assert recipe.examples == 4000


def test_challenger_of_a_damaged_model_can_be_promoted(own_models):
    challenge(own_models)
    damage(own_models / "cnn")
    app = open_page("train/retrain.py")
    assert "No whole version of it is in service" in shown(app)
    button(app, "Promote").click().run()
    assert store.read("cnn").notice is None


def test_without_tensorflow_the_page_says_so(monkeypatch):
    monkeypatch.setattr(processes, "can_train", lambda: False)
    app = open_page("train/retrain.py")
    assert "Training needs TensorFlow" in texts(app.warning)
    assert button(app, "Start training").disabled


@pytest.mark.parametrize("machines", [0, 1])
def test_a_training_for_another_machine_is_queued_and_cancelled(monkeypatch, postgresql, machines):
    monkeypatch.setenv("DIGITLAB_DATABASE", postgresql)
    monkeypatch.setattr(processes, "can_train", lambda: False)
    monkeypatch.setattr(queue, "machines", lambda: machines)
    app = open_page("train/retrain.py", network="dnn-100")
    assert ("No machine that trains is connected" in texts(app.warning)) == (machines == 0)
    assert "measured" not in shown(app)
    button(app, "Start training").click().run()
    assert not app.exception
    assert "**dnn-100**: queued" in shown(app)
    assert ("No machine that trains is connected" in texts(app.warning)) == (machines == 0)
    assert [one.label for one in app.button] == ["Cancel"]
    assert "queued" in shown(open_page("train/sweep.py"))
    button(app, "Cancel").click().run()
    assert jobs.status().state == "discarded"
    assert "Discarded before it began" in texts(open_page("train/retrain.py").info)


def test_a_database_that_is_away_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_DATABASE", f"postgresql://digitlab@/none?host={tmp_path}")
    app = open_page("train/retrain.py")
    assert not app.exception
    assert "cannot be opened" in texts(app.error)


def test_two_challengers_can_be_told_apart(own_models):
    challenge(own_models, "cnn")
    challenge(own_models, "dnn", source="cnn")
    app = open_page("train/retrain.py")
    assert app.segmented_control(key="waiting").options == ["cnn", "dnn"]
    app.segmented_control(key="waiting").set_value("dnn").run()
    assert "**dnn**, compared with the version in service" in shown(app)


def test_a_promotion_that_fails_is_told(own_models, monkeypatch):
    challenge(own_models)

    def busy(name: str) -> None:
        raise ModelsBusy("Another window is exchanging models.")

    monkeypatch.setattr(versions, "promote", busy)
    app = open_page("train/retrain.py")
    app.button(key="promote").click().run()
    assert "Another window is exchanging models." in texts(app.toast)
    assert versions.challengers() == ["cnn"]


def label_drawings(count: int, wrong: dict[int, int] | None = None) -> None:
    """Keep digits that every model reads, with their labels, or with other ones by their numbers."""
    digits = mnist.packaged()
    for number in range(1, count + 1):
        digit, token = number % 10, f"{number:032x}"
        collection.keep(token, {}, digits.images[500 * digit + number], {})
        collection.label_of(token, (wrong or {}).get(number, digit))


def test_teaching_says_what_is_missing():
    label_drawings(19)
    app = open_page("train/retrain.py", network="cnn")
    assert app.button(key="teach").disabled
    assert "It takes 20 drawings with a label; the collection has 19." in texts(app.caption)
    label_drawings(20)
    app = open_page("train/retrain.py", network="dnn-100")
    assert app.button(key="teach").disabled
    assert "no whole model dnn-100 in service" in texts(app.caption)


def test_teaching_starts_from_the_model_in_service(started):
    label_drawings(20)
    app = open_page("train/retrain.py", network="cnn")
    app.button(key="teach").click().run()
    (job,) = started
    recipe = job.recipe
    assert (job.network, recipe.start, job.promote) == ("cnn", "cnn", "never")
    assert 0 < recipe.room < 0.5
    assert not recipe.is_long


@pytest.mark.usefixtures("full_mnist")
def test_a_model_of_the_packaged_digits_is_taught_with_as_many(started, models_dir):
    file = models_dir / "cnn" / store.RUN
    run = json.loads(file.read_text(encoding="utf-8"))
    run["data"]["source"] = "packaged"
    file.write_text(json.dumps(run), encoding="utf-8")
    label_drawings(20)
    open_page("train/retrain.py", network="cnn").button(key="teach").click().run()
    recipe = started[0].recipe
    assert recipe.examples == len(mnist.packaged_splits().train)  # a worker refuses more


@pytest.fixture
def few_digits(monkeypatch):
    """The nearest are looked for among twenty digits."""
    monkeypatch.setattr(labels, "_of_shipped", lambda model: index.make(model, "validation", tiny(), 50))


def ask(count: int = 27) -> AppTest:
    """The page after a click on "Teach", where three labels are wrong."""
    label_drawings(count, {3: 8, 5: 1, 7: 0})
    app = open_page("train/retrain.py", network="cnn")
    return app.button(key="teach").click().run()


@pytest.mark.usefixtures("few_digits")
def test_disputed_labels_are_shown_first_and_left_out_without_a_decision(started):
    app = ask()
    assert not started
    said = texts(app.markdown)
    assert "3 of 27 labels are probably wrong" in said
    assert "among the 20 digits that ship" in said
    assert "DNN says 3 (" in said
    boxes = [str(box.key) for box in app.selectbox if str(box.key).startswith("dispute_")]
    assert boxes == ["dispute_7", "dispute_5", "dispute_3"]
    offered = ["leave it out", "keep 8", "change to 3", "it is not a digit"]
    assert app.selectbox(key="dispute_3").options[:4] == offered
    app.button(key="teach_decided").click().run()
    assert not app.exception
    assert started[0].left_out == (7, 5, 3)
    assert collection.digits(checked=True)[0].tolist() == []


@pytest.mark.usefixtures("few_digits")
def test_labels_are_kept_changed_and_left_out(started):
    app = ask()
    app.selectbox(key="dispute_3").set_value(8).run()
    app.selectbox(key="dispute_5").set_value(collection.NOT_A_DIGIT).run()
    assert app.button(key="teach_decided").label == "Teach cnn without 1 drawing"
    app.button(key="teach_decided").click().run()
    assert started[0].left_out == (7,)
    decided = {drawing.id: drawing.label for drawing in collection.search() if drawing.checked}
    assert decided == {3: 8, 5: collection.NOT_A_DIGIT}
    app.button(key="teach").click().run()
    assert "1 of 25 labels is probably wrong" in texts(app.markdown)  # what was decided is not asked again


@pytest.mark.usefixtures("few_digits")
def test_all_are_decided_at_once(started):
    app = ask()
    app.button(key="as_said").click().run()
    assert app.button(key="teach_decided").label == "Teach cnn"
    app.button(key="leave_out").click().run()
    assert app.button(key="teach_decided").label == "Teach cnn without 3 drawings"
    app.button(key="as_said").click().run()
    app.button(key="teach_decided").click().run()
    assert started[0].left_out == ()
    assert {drawing.label for drawing in collection.search() if drawing.checked} == {3, 5, 7}


@pytest.mark.usefixtures("few_digits")
def test_too_few_remain_without_those_that_are_left_out(started):
    app = ask(20)
    assert app.button(key="teach_decided").disabled
    assert "Without these, 17 drawings with a label remain; it takes 20." in texts(app.error)
    app.button(key="as_said").click().run()
    assert not app.button(key="teach_decided").disabled


@pytest.mark.usefixtures("few_digits")
def test_only_a_presenter_decides(started, monkeypatch):
    app = ask()
    app.selectbox(key="dispute_3").set_value(8).run()
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: Visitor("2", "203.0.113.9", {}))
    app.button(key="teach_decided").click().run()
    assert not started
    assert "presenter" in texts(app.error).lower()
    assert collection.digits(checked=True)[0].tolist() == []


def test_only_a_presenter_teaches(started, monkeypatch):
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: Visitor("2", "203.0.113.9", {}))
    label_drawings(20)
    app = open_page("train/retrain.py", network="cnn")
    app.button(key="teach").click().run()
    assert not started
    assert "presenter" in texts(app.error).lower()


def test_a_taught_challenger_is_compared_on_the_room_and_on_mnist(models_dir):
    label_drawings(20)
    stored = store.read("cnn")
    run = {**stored.run, "data": {**stored.run["data"], "room": {"drawings": 15, "latest": 20}}}
    with versions.challenging("cnn", run) as folder:
        for file in store.HASHED:
            (folder / file).write_bytes((stored.place / file).read_bytes())
    app = open_page("train/retrain.py")
    assert app.metric[0].label == "Room accuracy"
    assert "Validation accuracy" in [one.label for one in app.metric]
    assert "on 5 drawings of this room" in texts(app.caption)


def test_what_the_form_says_survives_a_run(started):
    app = open_page("train/retrain.py")
    choice(app, "Network").set_value("dnn-100").run()
    app.segmented_control(key="preset").set_value(presets.PUBLISHED).run()
    field(app, "Epochs").set_value("7").run()
    field(app, "Training digits").set_value("3000").run()
    choice(app, "Distortion").set_value("gentle").run()
    app.toggle(key="if_better").set_value(True).run()
    publish(state="training", network="dnn-100", history=HISTORY, batches=10, batch=5)
    with jobs.lock():
        app.run()
        assert not app.text_input
    speed.remember("dnn-100", networks.get("dnn-100").recipe, Speed(5, 1e-5, 0.1, 2))  # as a training does
    publish(state="done", network="dnn-100", history=HISTORY, promoted=True)
    button(app.run(), "Start training").click().run()
    (job,) = started
    expected = networks.get("dnn-100").recipe.with_changes(epochs=7, examples=3000, augment="gentle")
    assert (job.network, job.recipe, job.promote) == ("dnn-100", expected, "if-better")


def test_the_demo_follows_what_was_measured_until_somebody_types(started):
    app = open_page("train/retrain.py", network="dnn-100")
    before = field(app, "Training digits").value
    speed.remember("dnn-100", presets.demo_kind(), Speed(2, 1e-2, 0.1, 2))
    after = field(app.run(), "Training digits").value
    assert int(after) < int(before)
    field(app, "Training digits").set_value("500").run()
    speed.remember("dnn-100", presets.demo_kind(), Speed(2, 2e-2, 0.1, 2))
    assert field(app.run(), "Training digits").value == "500"
