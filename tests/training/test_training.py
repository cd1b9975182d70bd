"""Every network's shape, then tiny real trainings on the packaged digits."""

import dataclasses
import json

import numpy as np
import pytest

from digitlab import classifier, mnist, presets, rejection, store, versions
from digitlab import recipe as recipes
from digitlab.classifier import Classifier, softmax
from digitlab.errors import ExportFailed, InvalidValue, NothingToKeep, UnknownModel, UnknownNetwork
from digitlab.training import architectures, shapes
from digitlab.training.progress import Observer, Stop

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
import tensorflow as tf  # noqa: E402

from digitlab.training import distortions, export, fit, views  # noqa: E402
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
    built = network.build()
    kinds = {type(layer).__name__ for layer in built.layers}
    assert ("Conv2D" in kinds) == (network.family == "CNN")
    model = network.answering(built, network.recipe)
    assert model.input_shape == (None, 28, 28)
    assert model.output_shape == (None, 10)
    tflite = export.to_tflite(model)
    images = np.random.default_rng(0).random((3, 28, 28), dtype=np.float32)
    answers = Classifier(store.StoredModel(name, {}, tflite, store.folder())).answer(images)
    np.testing.assert_allclose(answers.probabilities, softmax(np.asarray(model(images))), atol=1e-5)
    assert answers.embedding.shape == (3, model.get_layer("embedding").output.shape[-1])


@pytest.mark.parametrize("name", architectures.NETWORKS)
def test_layer_table_without_keras_is_keras_own(name):
    network = architectures.get(name)
    silent = {"InputLayer", "Reshape"}
    theirs = [
        (type(layer).__name__, layer.output.shape[1:], layer.count_params())
        for layer in network.build().layers
        if type(layer).__name__ not in silent and layer.name not in {"embedding"}
        and not (type(layer).__name__ == "Activation" and layer.name == "logits")
    ]  # fmt: skip
    ours = [(layer.kind.split()[0].rstrip(","), layer.shape, layer.parameters) for layer in shapes.table(network)]
    assert sorted(map(str, ours)) == sorted(map(str, theirs))
    assert sum(layer.parameters for layer in shapes.table(network)) == network.build().count_params()


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


def test_an_answer_is_the_mean_of_three_views(packaged):
    trained = architectures.get("cnn").build()
    digits = packaged.train.scaled()[:20]
    padded = np.pad(digits, ((0, 0), (1, 1), (1, 1)))
    between = (padded[:, 1:, 1:] + padded[:, :-1, 1:] + padded[:, 1:, :-1] + padded[:, :-1, :-1]) / 4
    looks = [np.asarray(trained(view)) for view in (digits, between[:, :-1, :-1], between[:, 1:, 1:])]
    averaged = views.averaged(trained)
    np.testing.assert_allclose(averaged(digits), np.mean(looks, axis=0), atol=1e-5)
    assert averaged.count_params() == trained.count_params()
    np.testing.assert_allclose(views.single(averaged)(digits), looks[0], atol=1e-6)
    assert views.single(trained) is trained


def test_unknown_network():
    with pytest.raises(UnknownNetwork, match="Known: dnn, cnn"):
        architectures.get("nobody")


@pytest.mark.parametrize("name", store.names())
def test_committed_models_are_the_registered_recipes(name):
    run, network = store.read(name).run, architectures.get(name)
    assert run["recipe"] == network.recipe.as_dict()
    assert run["seed"] == network.recipe.seed
    assert run["parameters"] == network.build().count_params()


@pytest.mark.parametrize("augment", distortions.KINDS)
def test_same_seed_same_numbers(packaged, augment):
    network, recipe = architectures.get("dnn"), TINY.with_changes(augment=augment, ema=0.9)
    runs = [fit.train(network, recipe, packaged) for _ in range(2)]
    losses = [[(epoch.loss, epoch.val_loss) for epoch in run.history] for run in runs]
    assert losses[0] == losses[1]
    for one, other in zip(*(run.model.get_weights() for run in runs), strict=True):
        np.testing.assert_array_equal(one, other)
    different = fit.train(network, recipe.with_changes(seed=2), packaged)
    assert different.history[0].loss != runs[0].history[0].loss


def test_the_best_epoch_is_kept(packaged):
    seen = []

    class Listener(Observer):
        def epoch(self, epoch):
            seen.append(epoch)

    trained = fit.train(architectures.get("dnn"), TINY.with_changes(epochs=4), packaged, Listener())
    assert seen == list(trained.history)
    assert trained.ended is None
    assert trained.best.val_accuracy == max(epoch.val_accuracy for epoch in seen)
    logits = np.asarray(trained.model(packaged.validation.scaled()))
    assert (logits.argmax(axis=1) == packaged.validation.labels).mean() == pytest.approx(trained.best.val_accuracy)
    assert trained.best.val_accuracy > 0.8


@pytest.mark.parametrize(("count", "kept"), [(None, 2), (5000, 3)])
def test_the_last_epoch_is_kept_that_is_as_good_for_all_the_digits_tell(count, kept):
    class Model:
        def get_weights(self):
            return []

    keeper = fit._BestEpoch(Observer(), count)
    keeper.set_model(Model())
    keeper.on_train_begin()
    for number, accuracy in enumerate([0.9900, 0.9978, 0.9974, 0.9960]):
        keeper.on_epoch_end(
            number, {"cross_entropy": 1.0, "accuracy": 0.9, "val_cross_entropy": 1.0, "val_accuracy": accuracy}
        )
    assert keeper.best.number == kept


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


@pytest.mark.parametrize("kind", distortions.KINDS)
def test_distortions_keep_range_and_identity_of_seeds(packaged, kind):
    distort = distortions.KINDS[kind]
    images = tf.constant(packaged.train.scaled()[:64])
    one, same, other = (distort(images, tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 3]))
    assert one.shape == (64, 28, 28)
    assert 0 <= one.min() <= one.max() <= 1
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 0.01
    assert np.abs(one - images.numpy()).mean() > 0.01
    answers = classifier.get("cnn").answer(one).probabilities.argmax(axis=1)
    assert (answers == packaged.train.labels[:64]).mean() > 0.9  # distorted, and still the same digits


@pytest.mark.parametrize("kind", distortions.KINDS)
def test_weaker_distortion_changes_less(packaged, kind):
    images = packaged.train.scaled()[:200]
    strengths = (0.0, 0.3, 1.0)
    changes = [
        np.abs(distortions.KINDS[kind](tf.constant(images), tf.constant([1, 2]), strength) - images).mean(axis=(1, 2))
        for strength in strengths
    ]
    assert np.median(changes[0]) == pytest.approx(0, abs=1e-6)
    assert np.median(changes[0]) < np.median(changes[1]) < np.median(changes[2])


@pytest.mark.parametrize(("end", "is_plain"), [(0.0, True), (1.0, False)])
def test_distortions_calm_down_towards_the_end(packaged, end, is_plain):
    split = mnist.Split(packaged.train.images[:100], packaged.train.labels[:100])
    recipe = recipes.Recipe(epochs=50, batch_size=100, augment="gentle", augment_end=end)
    batches = [(images.numpy(), labels.numpy()) for images, labels in fit._batches(split, recipe)]
    assert len(batches) == 50
    # Every batch holds the same digits in another order: how far is their ink from what it was?
    plain = np.sort(split.scaled().sum(axis=(1, 2)))
    first, last = (np.abs(np.sort(images.sum(axis=(1, 2))) - plain).mean() for images, _ in (batches[0], batches[-1]))
    assert first > 1
    assert (last < first / 5) == is_plain


def test_every_kind_of_distortion_can_be_asked_for():
    assert ("none", *distortions.KINDS) == recipes.AUGMENTATIONS


def test_some_drawn_digits_are_tilted_far_and_most_are_not():
    bar = np.zeros((400, 28, 28), np.float32)
    bar[:, 4:24, 13:15] = 1
    drawn_bars = distortions.drawn(tf.constant(bar), tf.constant([1, 1])).numpy()
    y, x = np.mgrid[:28, :28] - 13.5
    weight = drawn_bars.sum(axis=(1, 2))
    tilts = np.degrees(np.arctan((drawn_bars * x * y).sum(axis=(1, 2)) / (drawn_bars * y * y).sum(axis=(1, 2))))
    assert (weight > 0).all()
    assert 0.03 < np.mean(np.abs(tilts) > 25) < 0.3
    assert np.median(np.abs(tilts)) < 12


def test_a_pupil_learns_from_its_teacher_alone(packaged):
    nonsense = np.random.default_rng(0).permutation(packaged.train.labels)
    data = dataclasses.replace(packaged, train=mnist.Split(packaged.train.images, nonsense))
    taught = fit.train(architectures.get("dnn"), TINY.with_changes(teacher="cnn"), data)
    assert taught.best.val_accuracy > 0.8
    assert taught.best.val_loss < 1.0  # cross-entropy with the true labels, as for any other network
    assert taught.best.loss > 2.0  # and with the nonsense


def test_a_teacher_that_is_not_there_is_said(packaged):
    with pytest.raises(UnknownModel, match="There is no model 'nobody'"):
        fit.train(architectures.get("dnn"), TINY.with_changes(teacher="nobody"), packaged)


def test_averaged_weights_settle_in_a_short_training(packaged):
    trained = fit.train(architectures.get("dnn"), TINY.with_changes(ema=0.998), packaged)
    assert trained.best.val_accuracy > 0.7


def test_produce_writes_a_model_that_answers(packaged, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    produce(architectures.get("cnn"), TINY.with_changes(epochs=1), packaged)
    versions.promote("cnn")
    stored = store.read("cnn")
    assert {path.name for path in (tmp_path / "cnn").iterdir()} == {
        "model.keras", "model.tflite", "run.json", "evaluation.npz",
    }  # fmt: skip
    assert json.loads((tmp_path / "cnn" / "run.json").read_text())["metrics"].keys() == {"validation"}
    probabilities = store.read_evaluation(stored)["validation_probabilities"]
    answers = Classifier(stored).answer(packaged.validation.scaled()).probabilities
    np.testing.assert_allclose(probabilities, answers, atol=1e-6)
    model = keras.models.load_model(tmp_path / "cnn" / "model.keras")
    logits = np.asarray(model(packaged.validation.scaled())) / stored.run["temperature"]
    np.testing.assert_allclose(softmax(logits), probabilities, atol=1e-4)
    assert getattr(model, "optimizer", None) is None
    kept = Classifier(stored).answer(packaged.validation.scaled()).scores >= 0
    assert kept.mean() >= rejection.KEPT - 0.01


class StopAfter(Observer):
    """Stops a training after so many batches."""

    def __init__(self, batches):
        self.left = batches

    def batch(self, done, loss, accuracy):
        self.left -= 1
        if self.left == 0:
            raise Stop


def test_stopped_training_keeps_the_best_epoch(packaged):
    trained = fit.train(architectures.get("dnn-100"), TINY.with_changes(epochs=9), packaged, StopAfter(50))
    assert len(trained.history) == 2  # 20 batches each
    assert trained.ended == "Stopped on request after 2 of 9 epochs."
    logits = np.asarray(trained.model(packaged.validation.scaled()))
    assert (logits.argmax(axis=1) == packaged.validation.labels).mean() == pytest.approx(trained.best.val_accuracy)


def test_stopped_before_the_first_epoch_there_is_nothing_to_keep(packaged):
    with pytest.raises(NothingToKeep, match="nothing to keep"):
        fit.train(architectures.get("dnn-100"), TINY, packaged, StopAfter(3))


def test_nan_after_a_good_epoch_keeps_that_epoch(packaged):
    class Poison(Observer):
        """Lets the second epoch's loss become NaN, as a weight gone to infinity would."""

        def begin(self, batches, answer):
            self.model, self.epochs = answer.__self__, 0

        def epoch(self, epoch):
            self.model.set_weights([np.full_like(weight, np.nan) for weight in self.model.get_weights()])

    trained = fit.train(architectures.get("dnn-100"), TINY.with_changes(epochs=3), packaged, Poison())
    assert [epoch.number for epoch in trained.history] == [1]
    assert "became NaN in epoch 2" in trained.ended
    assert np.isfinite(np.asarray(trained.model(packaged.validation.scaled()[:5]))).all()


@pytest.mark.parametrize("name", ["dnn", "cnn"])
def test_short_demo_of_a_batch_normalised_network_holds_on_new_digits(packaged, name):
    trained = fit.train(architectures.get(name), presets.demo_kind().with_changes(examples=3000), packaged)
    assert trained.history[-1].val_accuracy > 0.93


def test_early_stopping_says_so(packaged):
    recipe = TINY.with_changes(epochs=30, patience=1, learning_rate=0.05)
    trained = fit.train(architectures.get("dnn-100"), recipe, packaged)
    assert len(trained.history) < 30
    assert "Stopped early" in trained.ended


@pytest.mark.parametrize("name", ["softmax", "cnn"])
def test_onnx_answers_alike(name, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    file = tmp_path / "model.onnx"
    assert export.to_onnx(store.read(name).place / store.KERAS, file) <= 1e-4
    images = mnist.packaged().scaled()[::1000]
    (logits,) = onnxruntime.InferenceSession(file).run(["logits"], {"images": images})
    model = classifier.get(name)
    scaled = logits / model.run["temperature"]
    np.testing.assert_allclose(softmax(scaled), model.answer(images).probabilities, atol=1e-4)


def test_onnx_that_answers_otherwise_is_refused(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(export, "SAME", 0.0)
    with pytest.raises(ExportFailed, match="answers differently"):
        export.to_onnx(store.read("softmax").place / store.KERAS, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()
