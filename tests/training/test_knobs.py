"""What is changed while a network learns, in tiny real trainings."""

import numpy as np
import pytest

from digitlab import networks
from digitlab.jobs import Change, Knobs
from digitlab.training.progress import AS_PLANNED, Observer

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
import tensorflow as tf  # noqa: E402

from digitlab.training import fit, turning  # noqa: E402
from digitlab.training.dials import Dials  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=500, schedule="cosine", augment="gentle")
BATCHES = 10  # in each epoch


class Hand(Observer):
    """Asks for knobs once so many batches are done, and notes what it is told."""

    def __init__(self, **asked):
        self.asked = {int(name[1:]): knobs for name, knobs in asked.items()}
        self.done, self.told, self.batches, self.films, self.rates = 0, [], [], [], []
        self.seen_after = []  # how many batches

    def begin(self, batches, answer):
        self.optimizer = answer.__self__.optimizer

    def knobs(self):
        return next((self.asked[at] for at in sorted(self.asked, reverse=True) if at <= self.done), AS_PLANNED)

    def batch(self, done, loss, accuracy):
        self.done += 1
        self.rates.append(float(self.optimizer._learning_rate(self.optimizer.iterations - 1)))

    def changed(self, change):
        self.told.append(change)

    def seen(self, batch):
        self.batches.append(batch)
        self.seen_after.append(self.done)

    def filmed(self, film):
        self.films.append(film)


def weights(trained):
    return trained.model.get_weights()


def same(one, other):
    return all((a == b).all() for a, b in zip(weights(one), weights(other), strict=True))


def test_changes_take_effect_at_the_next_batch_and_can_be_made_again(packaged):
    network = networks.get("dnn-100")
    plain, watched = Hand(), Hand(
        a7=Knobs(learning_rate=4e-3), a12=Knobs(learning_rate=4e-3, momentum=0.5, noise=0.2, rotation=20.0, more=1)
    )  # fmt: skip
    before = fit.train(network, TINY, packaged, plain, filmed=True)
    after = fit.train(network, TINY, packaged, watched)
    assert [(change.knob, change.value, change.batch, change.at) for change in after.changes] == [
        ("learning_rate", 4e-3, 7, 0.7), ("momentum", 0.5, 12, 1.2), ("noise", 0.2, 12, 1.2),
        ("rotation", 20.0, 12, 1.2), ("epochs", 3, 12, 1.2),
    ]  # fmt: skip
    assert watched.told == list(after.changes)
    assert len(after.history) == 3
    assert after.ended is None
    shares = np.array(watched.rates[:12]) / plain.rates[:12]  # before the schedule is stretched
    assert shares == pytest.approx([1.0] * 7 + [2.0] * 5)
    assert min(watched.rates[-BATCHES:]) > 0
    assert not same(before, after)
    assert same(after, fit.train(network, TINY, packaged, changes=after.changes))
    # And a film or somebody who watches changes nothing.
    assert same(before, fit.train(network, TINY, packaged))
    assert before.changes == ()
    film = plain.films[-1]
    right = np.trace(film.counts, axis1=1, axis2=2) / film.counts.sum(axis=(1, 2))
    assert right == pytest.approx([epoch.val_accuracy for epoch in before.history])
    assert after.film is None


def test_slow_motion_shows_the_batches_that_are_learned(packaged, monkeypatch):
    recipe = TINY.with_changes(non_digits=0.2, epochs=1)
    seen = Hand(a3=Knobs(pace="slow", noise=0.3), a5=Knobs(noise=0.3))
    learned = []

    class Dialled(Dials):
        def disturbed(self, images, step):
            made = super().disturbed(images, step)
            if not tf.executing_eagerly():  # in the training, not in slow motion
                tf.py_function(lambda some: learned.append(some.numpy()), [made], [])
            return made

    monkeypatch.setattr(fit, "Dials", Dialled)
    fit.train(networks.get("dnn-100"), recipe, packaged, seen)
    assert [batch.number for batch in seen.batches] == [4, 5]
    assert seen.seen_after == [3, 4]  # before the batch is told of, at which slow motion stays
    for batch in seen.batches:
        np.testing.assert_array_equal(batch.images, learned[batch.number - 1][: turning.SHOWN])
        assert batch.size == 50
        assert -1 in batch.labels
        assert 0 < batch.loss < 5


def test_noise_and_rotation_change_a_batch_and_nothing_else_does(packaged):
    images, step = tf.constant(packaged.train.scaled()[::200]), tf.constant(5, tf.int64)
    dials = Dials(TINY, BATCHES)
    assert (dials.disturbed(images, step).numpy() == images.numpy()).all()
    dials.turn(Knobs(noise=0.2))
    noisy = dials.disturbed(images, step).numpy()
    assert (noisy == dials.disturbed(images, step).numpy()).all()  # by chance, but always by the same
    assert 0.05 < (noisy - images.numpy()).std() < 0.2
    dials.turn(Knobs(rotation=45.0))
    turned = dials.disturbed(images, step).numpy()
    assert turned.sum() == pytest.approx(images.numpy().sum(), rel=0.02)
    assert np.abs(turned - images.numpy()).mean() > 0.02


@pytest.mark.parametrize(("optimizer", "name"), [("sgd", "momentum"), ("adam", "beta_1"), ("rmsprop", None)])
def test_momentum_is_that_of_sgd_and_adam(optimizer, name):
    dials = Dials(TINY.with_changes(optimizer=optimizer), BATCHES)
    made = dials.optimizer()
    dials.turn(Knobs(momentum=0.25))
    if name is not None:
        assert float(tf.cast(getattr(made, name), tf.float32)) == 0.25
        assert float(1 - getattr(made, name)) == 0.75


def test_of_planned_changes_the_last_epochs_count(packaged):
    planned = [Change("epochs", 3, 4, 0.4, 1.0), Change("learning_rate", 1e-3, 4, 0.4, 1.0)]
    trained = fit.train(networks.get("softmax"), TINY.with_changes(epochs=1), packaged, changes=planned)
    assert len(trained.history) == 3
    assert {change.knob for change in trained.changes} == {"epochs", "learning_rate"}
