"""Tiny real trainings on the packaged digits."""

import dataclasses

import numpy as np
import pytest

from digitlab import networks
from digitlab.data import drawn, mnist
from digitlab.errors import InvalidValue, NothingToKeep, UnknownModel
from digitlab.jobs import presets
from digitlab.serving import softmax
from digitlab.training.progress import Observer, Stop

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
import tensorflow as tf  # noqa: E402

from digitlab.pixels import to_shares  # noqa: E402
from digitlab.training import augmentation, fit  # noqa: E402
from digitlab.training.build import build  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=1000)


@pytest.mark.parametrize("augment", augmentation.KINDS)
def test_same_seed_same_numbers(packaged, augment):
    network, recipe = networks.get("dnn"), TINY.with_changes(augment=augment, ema=0.9)
    runs = [fit.train(network, recipe, packaged) for _ in range(2)]
    losses = [[(epoch.loss, epoch.val_loss) for epoch in run.history] for run in runs]
    assert losses[0] == losses[1]
    for one, other in zip(*(run.model.get_weights() for run in runs), strict=True):
        np.testing.assert_array_equal(one, other)
    different = fit.train(network, recipe.with_changes(seed=2), packaged)
    assert different.history[0].loss != runs[0].history[0].loss


@pytest.mark.parametrize("ema", [0.0, 0.9])  # averaged weights are also the ones that are validated
def test_the_best_epoch_is_kept(packaged, ema):
    seen = []

    class Listener(Observer):
        def epoch(self, epoch):
            seen.append(epoch)

    trained = fit.train(networks.get("dnn"), TINY.with_changes(epochs=4, ema=ema), packaged, Listener())
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
    split = fit.first_examples(packaged.train, TINY.with_changes(examples=105))
    counts = np.bincount(split.labels)
    assert counts.sum() == 105
    assert counts.min() >= 10
    with pytest.raises(InvalidValue, match="examples must be at most 4000"):
        fit.train(networks.get("dnn"), TINY.with_changes(examples=5000), packaged)


def test_a_loss_that_becomes_nan_is_said(packaged):
    explosive = networks.Network(
        "explosive", "DNN", "no normalisation to hold it", TINY, 0.0,
        lambda layers, images, _: layers.Dense(100, "relu")(layers.Dense(100)(layers.Flatten()(images))),
    )  # fmt: skip
    with pytest.raises(InvalidValue, match="learning_rate 10 is too large"):
        fit.train(explosive, TINY.with_changes(learning_rate=10.0, optimizer="sgd"), packaged)


@pytest.mark.parametrize(("end", "is_plain"), [(0.0, True), (1.0, False)])
def test_distortion_falls_towards_the_end(packaged, end, is_plain):
    split = mnist.Split(packaged.train.images[:100], packaged.train.labels[:100])
    recipe = networks.Recipe(epochs=50, batch_size=100, augment="gentle", augment_end=end)
    batches = [images.numpy() for images, _, _ in fit._Batches(split, recipe, None).numbered_from(0).take(50)]
    assert len(batches) == 50
    # Every batch holds the same digits in another order: how far is their ink from what it was?
    plain = np.sort(split.scaled().sum(axis=(1, 2)))
    first, last = (np.abs(np.sort(images.sum(axis=(1, 2))) - plain).mean() for images in (batches[0], batches[-1]))
    assert first > 1
    assert (last < first / 5) == is_plain


def test_other_forms_and_non_digits_take_their_share_of_a_batch(packaged):
    split = mnist.Split(np.zeros((2000, 28, 28), np.uint8), np.full(2000, 7, np.uint8))
    recipe = networks.Recipe(epochs=2, batch_size=2000, written=0.2, non_digits=0.1, augment_end=0.0)
    shares = []
    for images, labels, weights in fit._Batches(split, recipe, None).numbered_from(0).take(2):
        taken = images.numpy().any(axis=(1, 2))
        assert not (weights.numpy() == 0)[~taken].any()  # what is left of the split's own is digits
        assert set(labels.numpy()[taken & (weights.numpy() == 1)]) == set(range(10))
        shares.append((1 - weights.numpy().mean(), taken.mean()))
    assert shares[0] == pytest.approx((0.1, 0.3), abs=0.03)
    assert shares[1] == pytest.approx((0.1, 0.3), abs=0.03)  # distortion falls from here on


def test_every_digit_may_be_tilted_but_ones_with_an_upstroke_and_nothing_else(packaged, monkeypatch):
    def as_told(images, seed, strength, may_tilt):
        return tf.zeros_like(images) + may_tilt[:, None, None]

    monkeypatch.setitem(augmentation.KINDS, "drawn", as_told)
    recipe = networks.Recipe(epochs=1, batch_size=500, augment="drawn", written=0.3, non_digits=0.3)
    images, labels, weights = next(iter(fit._Batches(packaged.train, recipe, None).numbered_from(0)))
    may_tilt = images.numpy()[:, 0, 0]
    assert 0.5 < weights.numpy().mean() < 0.9
    fixed = may_tilt != weights.numpy()
    assert 0 < fixed.mean() < 0.1
    assert (labels.numpy()[fixed] == 1).all()
    assert (may_tilt[fixed] == 0).all()


def test_of_non_digits_no_digit_is_preferred(packaged):
    letters = to_shares(drawn.load().non_digits[-300:])
    surest = []
    for share in (0.0, 0.2):
        model = fit.train(networks.get("dnn"), TINY.with_changes(epochs=3, non_digits=share), packaged).model
        surest.append(softmax(np.asarray(model(letters))).max(axis=1).mean())
    assert surest[0] > 0.6
    assert surest[1] < 0.4


def test_a_pupil_learns_from_its_teacher_alone(packaged):
    nonsense = np.random.default_rng(0).permutation(packaged.train.labels)
    data = dataclasses.replace(packaged, train=mnist.Split(packaged.train.images, nonsense))
    taught = fit.train(networks.get("dnn"), TINY.with_changes(teacher="cnn"), data)
    assert taught.best.val_accuracy > 0.8
    assert taught.best.val_loss < 1.0  # cross-entropy with the true labels, as for any other network
    assert taught.best.loss > 2.0  # and with the nonsense


def test_a_teacher_that_is_not_there_is_said(packaged):
    with pytest.raises(UnknownModel, match="There is no model 'nobody'"):
        fit.train(networks.get("dnn"), TINY.with_changes(teacher="nobody"), packaged)


def test_the_model_to_start_with_may_be_replaced_meanwhile(packaged, monkeypatch):
    class Replaced(Observer):
        def epoch(self, epoch):
            monkeypatch.setattr(fit, "load", lambda name: build(networks.get("cnn-simple")))

    trained = fit.train(networks.get("dnn-100"), TINY.with_changes(start="dnn-100"), packaged, Replaced())
    assert trained.best.val_accuracy > 0.9
    assert trained.model.count_params() == 79_510


def test_averaged_weights_settle_in_a_short_training(packaged):
    trained = fit.train(networks.get("dnn"), TINY.with_changes(ema=0.998), packaged)
    assert trained.best.val_accuracy > 0.7


class StopAfter(Observer):
    """Stops a training after so many batches."""

    def __init__(self, batches):
        self.left = batches

    def batch(self, done, loss, accuracy):
        self.left -= 1
        if self.left == 0:
            raise Stop


def test_stopped_training_keeps_the_best_epoch(packaged):
    trained = fit.train(networks.get("dnn-100"), TINY.with_changes(epochs=9), packaged, StopAfter(50))
    assert len(trained.history) == 2  # 20 batches each
    assert trained.ended == "Stopped on request after 2 of 9 epochs."
    logits = np.asarray(trained.model(packaged.validation.scaled()))
    assert (logits.argmax(axis=1) == packaged.validation.labels).mean() == pytest.approx(trained.best.val_accuracy)


def test_stopped_before_the_first_epoch_there_is_nothing_to_keep(packaged):
    with pytest.raises(NothingToKeep, match="nothing to keep"):
        fit.train(networks.get("dnn-100"), TINY, packaged, StopAfter(3))


def test_nan_after_a_good_epoch_keeps_that_epoch(packaged):
    class Poison(Observer):
        """Lets the second epoch's loss become NaN, as a weight gone to infinity would."""

        def begin(self, batches, answer):
            self.model, self.epochs = answer.__self__, 0

        def epoch(self, epoch):
            self.model.set_weights([np.full_like(weight, np.nan) for weight in self.model.get_weights()])

    trained = fit.train(networks.get("dnn-100"), TINY.with_changes(epochs=3), packaged, Poison())
    assert [epoch.number for epoch in trained.history] == [1]
    assert "became NaN in epoch 2" in trained.ended
    assert np.isfinite(np.asarray(trained.model(packaged.validation.scaled()[:5]))).all()


@pytest.mark.parametrize("name", ["dnn", "cnn"])
def test_short_demo_of_a_batch_normalised_network_holds_on_new_digits(packaged, name):
    trained = fit.train(networks.get(name), presets.demo_kind().with_changes(examples=3000), packaged)
    assert trained.history[-1].val_accuracy > 0.93


def test_early_stopping_says_so(packaged):
    recipe = TINY.with_changes(epochs=30, patience=1, learning_rate=0.05)
    trained = fit.train(networks.get("dnn-100"), recipe, packaged)
    assert len(trained.history) < 30
    assert "Stopped early" in trained.ended
