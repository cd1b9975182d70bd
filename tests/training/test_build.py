"""Every network's shape, and what is exported of it."""

import numpy as np
import pytest
from scipy import ndimage

from digitlab import networks
from digitlab.models import store
from digitlab.serving import Classifier, softmax

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")

from digitlab.training import export, views  # noqa: E402
from digitlab.training.build import build, for_export  # noqa: E402
from digitlab.training.deslant import deslanted  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=1000)


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_network_shapes_and_export(name):
    network = networks.get(name)
    built = build(network)
    kinds = {type(layer).__name__ for layer in built.layers}
    assert ("Conv2D" in kinds) == (network.family == "CNN")
    model = for_export(network, built, network.recipe)
    assert model.input_shape == (None, 28, 28)
    assert model.output_shape == (None, 10)
    tflite = export.to_tflite(model)
    images = np.random.default_rng(0).random((3, 28, 28), dtype=np.float32)
    answers = Classifier(store.StoredModel(name, {}, tflite, store.folder())).answer(images)
    np.testing.assert_allclose(answers.probabilities, softmax(np.asarray(model(images))), atol=1e-5)
    assert answers.embedding.shape == (3, model.get_layer("embedding").output.shape[-1])


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_layer_table_without_keras_is_keras_own(name):
    network = networks.get(name)
    silent = {"InputLayer", "Reshape"}
    theirs = [
        (type(layer).__name__, layer.output.shape[1:], layer.count_params())
        for layer in build(network).layers
        if type(layer).__name__ not in silent and layer.name not in {"embedding"}
        and not (type(layer).__name__ == "Activation" and layer.name == "logits")
    ]  # fmt: skip
    ours = [
        (layer.kind.split()[0].rstrip(","), layer.shape, layer.parameters) for layer in networks.layer_table(network)
        if layer.kind != "Deslanting"  # made of operations, which Keras lists with no layer
    ]  # fmt: skip
    assert sorted(map(str, ours)) == sorted(map(str, theirs))
    assert sum(layer.parameters for layer in networks.layer_table(network)) == build(network).count_params()


@pytest.mark.parametrize(
    ("name", "parameters"), [("dnn-100", 79_510), ("dnn-512", 669_706), ("cnn-32-64", 225_034), ("softmax", 7_850)]
)
def test_published_parameter_counts(name, parameters):
    assert build(networks.get(name)).count_params() == parameters


def test_residual_network_is_small():
    assert build(networks.get("resnet")).count_params() <= 300_000


def test_sigmoid_head_is_trained_on_keras_own_loss():
    model = build(networks.get("softmax"))
    images = np.random.default_rng(0).random((16, 28, 28), dtype=np.float32)
    labels = np.arange(16) % 10
    scores = np.asarray(keras.Model(model.input, model.layers[-2].output)(images))
    sigmoid = 1 / (1 + np.exp(-scores))  # as numbers: a tensor out of `keras.ops.sigmoid` remembers its logits
    theirs = keras.losses.SparseCategoricalCrossentropy()(labels, sigmoid)
    ours = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, model(images))
    assert float(ours) == pytest.approx(float(theirs), rel=1e-4)


def test_slanted_digits_are_deslanted_alike(packaged):
    digits = packaged.train.scaled()[:50]
    images = keras.Input((28, 28))
    model = keras.Model(images, deslanted(images))
    once = np.asarray(model(digits))
    sheared = np.stack(
        [ndimage.affine_transform(digit, [[1, 0], [0.3, 1]], (0, -0.3 * 13.5), order=1) for digit in digits]
    )
    assert np.abs(np.asarray(model(sheared)) - once).mean() < 0.5 * np.abs(sheared - digits).mean()
    assert max(abs(slant(digit)) for digit in once) < 0.05 < np.mean([abs(slant(digit)) for digit in digits])
    np.testing.assert_allclose(once.sum(axis=(1, 2)), digits.sum(axis=(1, 2)), rtol=0.02)  # no ink is lost
    assert not np.asarray(model(np.zeros((1, 28, 28)))).any()


def slant(image):
    y, x = np.mgrid[:28, :28] - np.array(ndimage.center_of_mass(image))[:, None, None]
    return (image * x * y).sum() / (image * y * y).sum()


def test_an_answer_is_the_mean_of_three_views(packaged):
    trained = build(networks.get("cnn"))
    digits = packaged.train.scaled()[:20]
    padded = np.pad(digits, ((0, 0), (1, 1), (1, 1)))
    between = (padded[:, 1:, 1:] + padded[:, :-1, 1:] + padded[:, 1:, :-1] + padded[:, :-1, :-1]) / 4
    looks = [np.asarray(trained(view)) for view in (digits, between[:, :-1, :-1], between[:, 1:, 1:])]
    averaged = views.averaged(trained)
    np.testing.assert_allclose(averaged(digits), np.mean(looks, axis=0), atol=1e-5)
    assert averaged.count_params() == trained.count_params()
    np.testing.assert_allclose(views.single(averaged)(digits), looks[0], atol=1e-6)
    assert views.single(trained) is trained


@pytest.mark.parametrize("name", store.names())
def test_committed_models_are_the_registered_recipes(name):
    run, network = store.read(name).run, networks.get(name)
    assert networks.Recipe(**run["recipe"]) == network.recipe  # a hyperparameter that came later was at its default
    assert run["seed"] == network.recipe.seed
    assert run["parameters"] == build(network).count_params()


@pytest.mark.parametrize("name", ["dnn", "cnn", "lenet-5"])
def test_standardised_pixels_are_the_networks_own_first_step(name):
    network = networks.get(name)
    plain, standardised = build(network), build(network, scaling="standardised")
    standardised.set_weights(plain.get_weights())
    images = np.random.default_rng(0).random((3, 28, 28), dtype=np.float32)
    (rescaling,) = (layer for layer in standardised.layers if type(layer).__name__ == "Rescaling")
    seen = np.asarray(keras.Model(standardised.input, rescaling.output)(images))
    channel = np.asarray(keras.Model(plain.input, plain.get_layer("channel").output)(images))
    np.testing.assert_allclose(seen, (channel - 0.1307) / 0.3081, atol=1e-5)
    assert [layer.kind for layer in networks.layer_table(network, scaling="standardised")].count("Rescaling") == 1
    assert "Rescaling" not in [layer.kind for layer in networks.layer_table(network)]
