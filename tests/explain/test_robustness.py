import numpy as np
import pytest

from digitlab import serving
from digitlab.explain import DISTORTIONS, distort, robustness
from digitlab.explain.distortions import noise_fields
from digitlab.explain.robustness import Robustness
from digitlab.pixels import to_shares
from digitlab.wording import confusion as words
from tests.explain.thousand import FEW, few

__all__ = ["few"]


def test_a_thousand_digits_that_no_model_has_trained_on():
    every = robustness.digits()
    assert np.bincount(every.labels).tolist() == [100] * 10
    assert (every.indices % 5 == 4).all()  # those that a training on the packaged digits leaves out


def test_a_measurement_that_somebody_leaves_is_continued(few, monkeypatch):
    def leave(share: float) -> None:
        if share > 0.5:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        robustness.measure(["softmax"], leave)
    before, asked, distorted = len(robustness._begun), [], robustness.distorted
    monkeypatch.setattr(robustness, "distorted", lambda *job: asked.append(job) or distorted(*job))
    robustness.measure(["softmax"])
    jobs = sum(len(robustness.values(name)) - 1 for name in DISTORTIONS) + 1
    assert len(asked) == jobs - before < jobs / 2
    assert robustness._begun == {}


def test_measured_is_what_models_answer(few):
    told: list[float] = []
    found = robustness.measure(["dnn", "softmax"], told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    for name in found:
        for distortion in DISTORTIONS:
            values = robustness.values(distortion)
            assert found[name].probabilities[distortion].shape == (len(values), FEW, 10)
            images = to_shares(few.images)
            for at in (0, len(values) - 1):
                said = serving.load(name).answer(distort(images, {distortion: values[at]}, noise_fields(FEW)))
                np.testing.assert_allclose(
                    found[name].probabilities[distortion][at], said.probabilities, atol=1e-5
                )  # fmt: skip
                wrong = said.probabilities.argmax(axis=1) != few.labels
                assert found[name].wrong(distortion, at).tolist() == few.indices[wrong].tolist()
                assert found[name].accuracy(distortion)[at] == pytest.approx(1 - wrong.mean())
    held = robustness.at(list(found.values()), "noise", 2)
    assert list(held.probabilities) == ["dnn", "softmax"]
    assert not np.array_equal(held.images, few.images)


def test_kept_until_the_model_changes(few, models_dir):
    first = robustness.measure(["dnn"])["dnn"]
    assert robustness.measure(["dnn"], lambda share: pytest.fail("asked again"))["dnn"] is first
    assert robustness.known("dnn") is first
    run = models_dir / "dnn" / "run.json"
    run.write_text(run.read_text() + "\n")
    assert robustness.known("dnn") is None
    assert robustness.measure(["dnn"])["dnn"] is not first


def test_it_ends_when_progress_raises(few):
    def leave(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        robustness.measure(["dnn"], leave)
    assert robustness.known("dnn") is None
    assert robustness.measure(["dnn"])


def made_up(name: str, right: list[int]) -> Robustness:
    """A model that reads so many of 100 fours at each rotation, and takes the others for nines."""
    answers = np.array([[4] * count + [9] * (100 - count) for count in right])
    probabilities = {"rotation": np.where(np.arange(10) == answers[..., None], 0.91, 0.01).astype(np.float32)}
    return Robustness(name, np.full(100, 4, np.uint8), probabilities)


def test_crossings_are_where_the_lead_passes():
    count = len(robustness.values("rotation"))
    assert robustness.values("rotation")[count // 2 :].tolist() == [0, 30, 60, 90]
    left, right = made_up("left", [90, 90, 99, 99, 99, 60, 20]), made_up("right", [50, 60, 99, 99, 95, 68, 50])
    (crossing,) = robustness.crossings(left, right, "rotation")
    assert (crossing.value, crossing.leader) == (pytest.approx(40), "right")
    assert robustness.crossings(left, left, "rotation") == []


def test_worst_pairs_and_confidence():
    model = made_up("left", [90, 90, 99, 99, 99, 60, 20])
    (worst,) = model.worst_pairs("rotation")
    assert words.pair(worst) == "a 4 taken for a 9: 143 times, 20.4% of all fours"
    assert model.confidence("rotation") == pytest.approx(np.full(7, 0.91))
