"""Telling digits from non-digits."""

import functools
import json

import numpy as np
import pytest

from benchmarks import forms
from digitlab import serving
from digitlab.data import drawn, mnist
from digitlab.errors import DamagedModel
from digitlab.handwriting import drawings
from digitlab.handwriting.forms import FORMS
from digitlab.handwriting.letters import LETTERS
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import Classifier, rejection


def outputs(random, middle, count=600):
    """A network's made-up outputs around some middle."""
    return random.normal(0, 1, (count, 10)).astype(np.float32), random.normal(middle, 1, (count, 4)).astype(np.float32)


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_threshold_keeps_the_share_it_promises(random):
    held_out = outputs(random, 1.5)
    learned = rejection.fit(outputs(random, 1.5), outputs(random, -1.5), [held_out])
    assert np.mean(learned.score(*held_out) >= 0) == pytest.approx(rejection.KEPT, abs=0.005)
    assert np.mean(learned.score(*outputs(random, -1.5)) < 0) > 0.9


def test_what_is_stored_scores_the_same(random):
    learned = rejection.fit(outputs(random, 1.0), outputs(random, -1.0), [outputs(random, 1.0)])
    restored = rejection.from_run(json.loads(json.dumps({"rejection": learned.as_dict()})))
    some = outputs(random, 0.0)
    np.testing.assert_allclose(restored.score(*some), learned.score(*some), atol=1e-3)


def test_a_model_from_before_rejects_nothing(models_dir):
    stored = store.read("dnn")
    del stored.run["rejection"]
    answers = Classifier(stored).answer(to_shares(drawn.load().non_digits[:50]))
    assert (answers.scores == 0).all()


@pytest.mark.parametrize(
    "damage", ["3 4", {"weights": "1 2 x", "bias": 0}, {"weights": "1 2", "bias": 0}, {"weights": "nan", "bias": 0}, {}]
)
def test_damaged_rejection_is_a_damaged_model(models_dir, damage):
    stored = store.read("dnn")
    stored.run["rejection"] = damage
    with pytest.raises(DamagedModel, match="cannot be run"):
        Classifier(stored)


@pytest.fixture(scope="module")
def strangers():
    """(150, 28, 28): non-digits of the kinds that rejection is learned from, and none of those."""
    generator = np.random.default_rng(4711)
    kinds = (drawings._sign, drawings._scribble, functools.partial(drawings._pair, mnist.packaged().images))
    return np.stack([drawings._until_ink(kind, generator) for kind in kinds for _ in range(50)])


@pytest.mark.parametrize("name", store.names())
def test_every_model_refuses_what_it_has_not_seen_and_keeps_digits(name, strangers):
    model = serving.load(name)
    assert np.mean(model.answer(mnist.packaged().scaled()).scores >= 0) >= rejection.KEPT
    assert np.mean(model.answer(strangers).scores < 0) > (0.9 if name in store.FLAGSHIPS else 0.5)


@pytest.mark.parametrize(("tilt_deg", "most"), [(0, 0.01), (-30, 0.04), (30, 0.04)])
def test_legible_digits_in_any_form_are_rarely_doubted(tilt_deg, most):
    generator = np.random.default_rng(4711)
    images = np.concatenate([forms.written(form, 12, generator, tilt_deg) for form in FORMS.values()])
    for name in store.FLAGSHIPS:
        assert np.mean(serving.load(name).answer(images).scores < 0) <= most


def test_letters_in_other_hands_are_refused():
    generator = np.random.default_rng(4711)
    images = np.concatenate([forms.written(letter, 4, generator) for letter in LETTERS.values()])
    for name in store.FLAGSHIPS:
        assert np.mean(serving.load(name).answer(images).scores < 0) >= 0.95


def test_drawings_that_ship_are_digits_and_others():
    made = drawn.load()
    assert (len(made.digits), len(made.written), len(made.non_digits)) == (6000, 30_000, 14_000)
    for images in (made.digits.images, made.written.images, made.non_digits):
        assert images.shape[1:] == (28, 28)
        assert images.dtype == np.uint8
        assert (images.max(axis=(1, 2)) > 200).all()
    for split in (made.digits, made.written):
        answers = serving.load("dnn").answer(split.scaled()).probabilities.argmax(axis=1)
        assert np.mean(answers == split.labels) > 0.95
