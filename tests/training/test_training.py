"""Every network's shape, then tiny real trainings on the packaged digits."""

import json

import numpy as np
import pytest

from digitlab import classifier, mnist, store
from digitlab import recipe as recipes
from digitlab.classifier import Classifier, softmax
from digitlab.errors import InvalidValue, UnknownNetwork
from digitlab.training import architectures

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
import tensorflow as tf  # noqa: E402

from digitlab.training import distortions, export, fit  # noqa: E402
from digitlab.training.produce import produce  # noqa: E402

pytestmark = pytest.mark.training
TINY = recipes.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=1000)


@pytest.fixture(scope="module")
def packaged():
    digits = mnist.packaged()
    odd = np.arange(len(digits)) % 5 == 4
    return mnist.Mnist(
        mnist.Split(digits.images[~odd], digits.labels[~odd]), mnist.Split(digits.images[odd], digits.labels[odd]),
        test=None, source="packaged",
    )  # fmt: skip


@pytest.mark.parametrize("name", architectures.NETWORKS)
def test_network_shapes_and_export(name):
    network = architectures.get(name)
    model = network.build()
    assert model.input_shape == (None, 28, 28)
    assert model.output_shape == (None, 10)
    kinds = {type(layer).__name__ for layer in model.layers}
    assert ("Conv2D" in kinds) == (network.family == "CNN")
    tflite = export.to_tflite(model)
    images = np.random.default_rng(0).random((3, 28, 28), dtype=np.float32)
    answers = Classifier(store.StoredModel(name, {}, tflite, store.folder())).answer(images)
    np.testing.assert_allclose(answers.probabilities, softmax(np.asarray(model(images))), atol=1e-5)
    assert answers.embedding.shape == (3, model.get_layer("embedding").output.shape[-1])


@pytest.mark.parametrize(
    ("name", "parameters"), [("dnn-100", 79_510), ("dnn-512", 669_706), ("cnn-32-64", 225_034), ("softmax", 7_850)]
)
def test_published_parameter_counts(name, parameters):
    assert architectures.get(name).build().count_params() == parameters


def test_residual_network_is_small():
    assert architectures.get("resnet").build().count_params() <= 300_000


def test_sigmoid_head_is_trained_on_keras_own_loss():
    model = architectures.get("softmax").build()
    images = np.random.default_rng(0).random((16, 28, 28), dtype=np.float32)
    labels = np.arange(16) % 10
    scores = np.asarray(keras.Model(model.input, model.layers[-2].output)(images))
    sigmoid = 1 / (1 + np.exp(-scores))  # as numbers: a tensor out of `keras.ops.sigmoid` remembers its logits
    theirs = keras.losses.SparseCategoricalCrossentropy()(labels, sigmoid)
    ours = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, model(images))
    assert float(ours) == pytest.approx(float(theirs), rel=1e-4)


def test_unknown_network():
    with pytest.raises(UnknownNetwork, match="Known: dnn, cnn"):
        architectures.get("nobody")


@pytest.mark.parametrize("name", store.names())
def test_committed_models_are_the_registered_recipes(name):
    run, network = store.read(name).run, architectures.get(name)
    assert run["recipe"] == network.recipe.as_dict()
    assert run["seed"] == network.recipe.seed
    assert run["parameters"] == network.build().count_params()


def test_same_seed_same_numbers(packaged):
    network, recipe = architectures.get("dnn"), TINY.with_changes(augment="gentle", ema=0.9)
    runs = [fit.train(network, recipe, packaged) for _ in range(2)]
    losses = [[(epoch.loss, epoch.val_loss) for epoch in run.history] for run in runs]
    assert losses[0] == losses[1]
    for one, other in zip(*(run.model.get_weights() for run in runs), strict=True):
        np.testing.assert_array_equal(one, other)
    different = fit.train(network, recipe.with_changes(seed=2), packaged)
    assert different.history[0].loss != runs[0].history[0].loss


def test_the_best_epoch_is_kept(packaged):
    seen = []
    trained = fit.train(architectures.get("dnn"), TINY.with_changes(epochs=4), packaged, seen.append)
    assert seen == list(trained.history)
    assert trained.best.val_accuracy == max(epoch.val_accuracy for epoch in seen)
    logits = np.asarray(trained.model(packaged.validation.scaled()))
    assert (logits.argmax(axis=1) == packaged.validation.labels).mean() == pytest.approx(trained.best.val_accuracy)
    assert trained.best.val_accuracy > 0.8


def test_examples_are_an_even_share_of_every_digit(packaged):
    split = fit._first_examples(packaged.train, TINY.with_changes(examples=105))
    counts = np.bincount(split.labels)
    assert counts.sum() == 105
    assert counts.min() >= 10
    with pytest.raises(InvalidValue, match="examples must be at most 4000"):
        fit.train(architectures.get("dnn"), TINY.with_changes(examples=5000), packaged)


def test_a_loss_that_becomes_nan_is_said(packaged):
    explosive = architectures.Network(
        "explosive", "DNN", "no normalisation to hold it", TINY, 0.0,
        lambda layers, images, _: layers.Dense(100, "relu")(layers.Dense(100)(layers.Flatten()(images))),
    )  # fmt: skip
    with pytest.raises(InvalidValue, match="learning_rate 10 is too large"):
        fit.train(explosive, TINY.with_changes(learning_rate=10.0, optimizer="sgd"), packaged)


def test_distortions_keep_range_and_identity_of_seeds(packaged):
    images = tf.constant(packaged.train.scaled()[:64])
    one, same, other = (distortions.gentle(images, tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 3]))
    assert one.shape == (64, 28, 28)
    assert 0 <= one.min() <= one.max() <= 1
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 0.01
    assert np.abs(one - images.numpy()).mean() > 0.01
    answers = classifier.get("cnn").answer(one).probabilities.argmax(axis=1)
    assert (answers == packaged.train.labels[:64]).mean() > 0.9  # distorted, and still the same digits


def test_produce_writes_a_model_that_answers(packaged, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    produce(architectures.get("cnn"), TINY.with_changes(epochs=1), packaged)
    stored = store.read("cnn")
    assert {path.name for path in (tmp_path / "cnn").iterdir()} == {
        "model.keras", "model.tflite", "run.json", "evaluation.npz",
    }  # fmt: skip
    assert json.loads((tmp_path / "cnn" / "run.json").read_text())["metrics"].keys() == {"validation"}
    probabilities = store.read_evaluation("cnn")["validation_probabilities"]
    answers = Classifier(stored).answer(packaged.validation.scaled()).probabilities
    np.testing.assert_allclose(probabilities, answers, atol=1e-6)
    model = keras.models.load_model(tmp_path / "cnn" / "model.keras")
    np.testing.assert_allclose(softmax(np.asarray(model(packaged.validation.scaled()))), probabilities, atol=1e-4)
    assert getattr(model, "optimizer", None) is None
