"""A model's answers to a whole split: computed once, kept while they belong to its version."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.analysis import answers
from digitlab.data import mnist
from digitlab.errors import MnistUnavailable
from digitlab.models import store
from digitlab.serving import Classifier
from tests import damage


@pytest.fixture
def asked(monkeypatch):
    """How many digits models were asked about."""
    counts = []
    original = Classifier.answer

    def answer(self, images):
        counts.append(len(images))
        return original(self, images)

    monkeypatch.setattr(Classifier, "answer", answer)
    return counts


def test_they_are_the_models_own_and_computed_once(models_dir, asked):
    stored = store.read("dnn")
    found = answers.probabilities(stored, "validation")
    first = sum(asked)
    expected = Classifier(stored).answer(mnist.packaged().scaled()[::50]).probabilities
    np.testing.assert_allclose(found[::50], expected, atol=1e-6)
    asked.clear()
    np.testing.assert_array_equal(answers.probabilities(stored, "validation"), found)
    assert (first >= 5000, asked) == (True, [])


def test_a_damaged_or_foreign_cache_is_computed_anew(models_dir):
    stored = store.read("dnn")
    found = answers.probabilities(stored, "validation")
    (kept,) = (models_dir / ".cache" / "dnn").iterdir()
    whole = kept.read_bytes()
    np.savez(other := models_dir / "other.npz", logits=np.zeros((7, 10), np.float32))
    for content in (b"", whole[:1000], other.read_bytes()):
        kept.write_bytes(content)
        np.testing.assert_array_equal(answers.probabilities(stored, "validation"), found)
        assert kept.read_bytes() == whole


def test_where_nothing_may_be_written_they_are_still_given(models_dir, monkeypatch):
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("digitlab.files.replace", full)
    assert answers.probabilities(store.read("dnn"), "validation").shape == (5000, 10)
    assert not (models_dir / ".cache").exists()


def test_old_versions_leave_the_cache(models_dir):
    stored = store.read("dnn")
    for number in range(answers.KEPT + 2):
        stored.run["sha256"][store.TFLITE] = f"{number:016}"
        answers.keep(stored, "validation", np.zeros((5000, 10), np.float32))
    assert len(list((models_dir / ".cache" / "dnn").iterdir())) == answers.KEPT


def test_a_model_of_packaged_digits_is_asked_about_what_it_held_out(models_dir):
    expected = answers.probabilities(store.read("dnn"), "validation")[4::5]
    packaged = {"source": "packaged", "train": 4000}
    damage.forge(models_dir / "dnn", lambda run: run.update(data=packaged), evaluation_npz=damage.npz())
    found = answers.probabilities(replace(store.read("dnn"), name="small"), "validation")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_without_full_mnist_there_are_no_answers_to_test_digits(models_dir, no_mnist):
    with pytest.raises(MnistUnavailable, match="part of full MNIST"):
        answers.probabilities(store.read("dnn"), "test")
