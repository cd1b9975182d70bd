import numpy as np
import pytest
from sklearn import metrics

from digitlab.analysis import answers, evaluation
from digitlab.data import mnist
from digitlab.models import store

# Other processors add in another order: that may turn a digit on the edge, and the last figures of a loss.
ALIKE = {"rel": 1e-3, "abs": 4e-4}


@pytest.mark.parametrize("name", store.names())
def test_committed_figures_are_those_of_the_models_answers(name):
    stored = store.read(name)
    assert stored.run["data"] == {"source": "full", "train": 55_000, "validation": 5_000}
    summary = evaluation.summarise(answers.probabilities(stored, "validation"), mnist.packaged().labels)
    assert summary.as_dict() == pytest.approx(stored.run["metrics"]["validation"], **ALIKE)


@pytest.mark.parametrize("name", store.names())
def test_committed_test_figures(name, full_mnist):
    stored = store.read(name)
    summary = evaluation.summarise(answers.probabilities(stored, "test"), full_mnist.test.labels)
    assert summary.as_dict() == pytest.approx(stored.run["metrics"]["test"], **ALIKE)


@pytest.mark.parametrize(("name", "least"), [("dnn", 0.989), ("cnn", 0.994)])
def test_flagships_reach_their_accuracy(name, least, full_mnist):
    probabilities = answers.probabilities(store.read(name), "test")
    assert (probabilities.argmax(axis=1) == full_mnist.test.labels).mean() >= least


def test_summary_is_scikit_learns():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 10, 500).astype(np.uint8)
    probabilities = generator.dirichlet(np.ones(10), 500).astype(np.float32)
    summary = evaluation.summarise(probabilities, labels)
    said = probabilities.argmax(axis=1)
    assert summary.count == 500
    assert summary.accuracy == metrics.accuracy_score(labels, said)
    assert summary.f1 == metrics.f1_score(labels, said, average="macro")
    assert summary.weighted_f1 == metrics.f1_score(labels, said, average="weighted")
    assert summary.loss == pytest.approx(-np.log(probabilities[np.arange(500), labels]).mean(), rel=1e-5)


def test_calibration_error_by_hand():
    probabilities = np.zeros((4, 10))
    probabilities[:, 0] = [0.9, 0.9, 0.6, 0.6]
    probabilities[:, 1] = [0.1, 0.1, 0.4, 0.4]
    labels = np.array([0, 1, 0, 0])  # half right at 0.9, all right at 0.6
    assert evaluation.calibration_error(probabilities, labels) == pytest.approx((0.4 + 0.4) / 2)


def test_certain_and_wrong_is_finite():
    probabilities = np.eye(10, dtype=np.float32)[[3, 3]]
    assert np.isfinite(evaluation.summarise(probabilities, np.array([3, 4], np.uint8)).loss)


@pytest.mark.parametrize("sureness", [0.5, 1.0, 3.0])
def test_temperature_takes_back_what_was_too_sure(sureness):
    random = np.random.default_rng(0)
    honest = random.dirichlet(np.full(10, 0.3), 20_000)
    labels = np.array([random.choice(10, p=row) for row in honest]).astype(np.uint8)
    stated = honest**sureness / (honest**sureness).sum(axis=1, keepdims=True)
    assert evaluation.fit_temperature(np.log(stated), labels) == pytest.approx(sureness, rel=0.05)
