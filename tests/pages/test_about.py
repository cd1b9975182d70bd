"""What the Models page says of one model."""

import json

import pytest

from digitlab import networks
from digitlab.models import store
from digitlab.networks import HYPERPARAMETERS, Recipe
from digitlab.wording import models
from tests.pages.test_curves_and_models import open_page


def run_of(name: str = "cnn-32-64", metrics: dict | None = None, data: dict | None = None, **recipe) -> dict:
    stored = store.read(name).run
    made = Recipe(**{"epochs": len(stored["history"]), **recipe}).as_dict()
    return stored | {"recipe": made, "metrics": metrics or stored["metrics"], "data": data or stored["data"]}


def test_recipe_in_words():
    said = models.choices(
        run_of(
            learning_rate=0.02, optimizer="adamw", schedule="cosine", batch_size=64, augment="drawn", augment_end=0.2,
            written=0.1, non_digits=0.03, ema=0.998, examples=5000, patience=4, scaling="standardised", seed=3,
        )
    )  # fmt: skip
    assert said["Optimizer"] == "AdamW"
    assert said["Learning rate"].startswith("0.02, reached after a tenth of the steps")
    assert said["Batch size"] == "64"
    assert said["Early stopping"] == "after 4 epochs without a better validation loss"
    assert said["Digits"] == "5,000 of the 55,000 of full MNIST"
    assert "standard deviation" in said["Input scaling"]
    assert said["Distortion"].startswith("as people draw")
    assert said["Distortion"].endswith("at the end 20% as much")
    assert (said["Other forms"], said["Non-digits"]) == ("up to 10% of the digits", "up to 3% of the pictures")
    assert "for non-digits, cross-entropy with 10% for each digit" in said["Loss"]
    assert said["Dropout"] == "50% of a layer's units"  # the network's own
    assert said["Weights"].startswith("averaged, momentum 0.998")
    assert said["Seed"] == "3"


def test_what_is_off_is_not_listed():
    said = models.choices(run_of("dnn-100"))
    assert not {"Dropout", "Other forms", "Non-digits", "This room's", "Early stopping", "Ended", "Views"} & set(said)
    assert (said["Distortion"], said["Weights"]) == ("none", "as trained")
    assert said["Loss"] == "sparse categorical cross-entropy"


def test_outputs_are_described_as_they_are_trained():
    for name, network in networks.NETWORKS.items():
        said = models.choices(run_of() | {"name": name})["Output"]
        assert ("sigmoids" in said, "softmax" in said) == (network.head == "sigmoid", network.head == "softmax")
    assert "softmax" in models.choices(run_of() | {"name": "no-longer-registered"})["Output"]


def test_a_pupil_learns_its_teachers_answers():
    said = models.choices(run_of("dnn", teacher="cnn", non_digits=0.03))
    assert (
        said["Loss"]
        == "distillation: cross-entropy with the answers of cnn instead of the labels, both at temperature 4"
    )


@pytest.mark.training
def test_temperature_of_a_teacher_is_the_trainings():
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    from digitlab.training import fit

    assert models.choices(run_of("dnn", teacher="cnn"))["Loss"].endswith(f"temperature {fit.TEACHER_TEMPERATURE:g}")


def test_a_taught_model_names_where_it_began():
    data = {"source": "full", "train": 55_000, "room": {"drawings": 15, "latest": 20}}
    said = models.choices(run_of("cnn", data=data, room=0.125, start="cnn", examples=12_800, epochs=1))
    assert said["Begun with"] == "the weights of cnn, then in service"
    assert said["This room's"] == "up to 12.5% of the digits, from 15 drawings"


def test_a_short_training_answers_from_one_view():
    assert models.choices(run_of("cnn", epochs=36))["Views"] == "the mean over three"
    assert models.choices(run_of("cnn", epochs=3))["Views"].startswith("only one")


def test_figures_of_a_finished_model():
    summary = {"count": 55_000, "accuracy": 0.99876, "loss": 0.0123, "f1": 0.9987}
    run = run_of(metrics=store.read("cnn").run["metrics"] | {"training": summary})
    assert models.reached(run)[0] == {
        "Digits": "Training",
        "Accuracy": "99.88%",
        "Loss, nats": "0.0123",
        "F1": "0.9987",
    }
    assert "finished model" in models.training_figures(run)
    assert "means over" not in models.training_figures(run)


def test_figures_of_before_are_said_to_be_means_of_an_epoch():
    run = store.read("cnn").run
    metrics = {name: run["metrics"][name] for name in ("validation", "test")}
    old = run | {"metrics": metrics}
    kept = run["history"][run["best_epoch"] - 1]
    assert models.reached(old)[0] == {
        "Digits": "Training",
        "Accuracy": f"{kept['accuracy']:.2%}",
        "Loss, nats": f"{kept['loss']:.4f}",
        "F1": models.UNKNOWN,
    }
    sentence = models.training_figures(old)
    for words in (f"means over epoch {run['best_epoch']}", "distorted", "dropout switches off 30%"):
        assert words in sentence


def test_without_full_mnist_there_is_no_test_accuracy(models_dir):
    file = models_dir / "cnn" / store.RUN
    run = json.loads(file.read_text(encoding="utf-8"))
    del run["metrics"]["test"]
    run["data"] |= {"source": "packaged", "train": 4000}
    file.write_text(json.dumps(run), encoding="utf-8")
    app = open_page("train/models.py", model="cnn")
    rows = {row["name"]: row for row in app.dataframe[0].value.to_dict("records")}
    assert rows["cnn"]["accuracy"] != rows["cnn"]["accuracy"]  # NaN
    assert rows["dnn"]["accuracy"] > 99
    assert models.reached(run)[2]["Accuracy"] == models.UNKNOWN
    assert models.choices(run)["Digits"] == "4,000 that ship with digitlab"


def test_authors_figures():
    assert models.reported("softmax") == "Its author reported about 92%."
    assert models.reported("dnn-100") == "Its author reported 99% / 97% (training / test)."
    for name in ("cnn", "no-longer-registered"):
        assert models.reported(name).startswith("There are no figures")


@pytest.mark.parametrize("name", store.names())
def test_every_stored_model_is_described(name):
    app = open_page("train/models.py", model=name)
    figures, recipe = app.table
    assert list(figures.value["Digits"]) == ["Training", "Validation", "Test"]
    assert models.UNKNOWN not in set(figures.value["Accuracy"])
    assert {"Output", "Loss", "Optimizer", "Learning rate", "Input scaling"} <= set(recipe.value.index)


def test_every_option_has_a_meaning():
    assert {field: tuple(meanings) for field, meanings in models.options().items()} == {
        field: HYPERPARAMETERS[field].choices for field in ("optimizer", "schedule", "augment", "scaling")
    }


def test_digitlabs_version_is_shown_where_it_was_noted():
    run = run_of()
    assert "digitlab" not in models.choices(run | {"versions": {"keras": "3.15.1"}})["Versions"]
    assert "digitlab 0.9" in models.choices(run | {"versions": {"digitlab": "0.9", "keras": "3.15.1"}})["Versions"]
