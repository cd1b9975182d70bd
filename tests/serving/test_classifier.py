import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.errors import DamagedModel, InvalidValue, UnknownModel
from digitlab.models import store, versions
from digitlab.serving.classifier import LARGEST_BATCH
from tests import drawings
from tests.damage import damage
from tests.patience import PATIENCE_S


def one_digit(digit: int) -> np.ndarray:
    return ink.read(drawings.canvas(digit)).pixels[None]


def test_answers_have_the_documented_shapes(models_dir):
    images = np.random.default_rng(0).random((7, 28, 28), dtype=np.float32)
    began = time.perf_counter()
    answers = serving.load("cnn").answer(images)
    took_s = time.perf_counter() - began
    assert answers.probabilities.shape == (7, 10)
    assert answers.probabilities.dtype == np.float32
    np.testing.assert_allclose(answers.probabilities.sum(axis=1), 1, atol=1e-6)
    assert answers.embedding.shape == (7, 192)
    assert 0 < answers.elapsed_s < took_s


@pytest.mark.parametrize("name", ["dnn", "cnn"])
def test_clear_digits_are_read(name):
    images = np.concatenate([one_digit(digit) for digit in range(10)])
    np.testing.assert_array_equal(serving.load(name).answer(images).probabilities.argmax(axis=1), range(10))


def test_batches_and_single_images_agree():
    images = np.random.default_rng(1).random((LARGEST_BATCH + 3, 28, 28), dtype=np.float32)
    model = serving.load("dnn")
    together = model.answer(images).probabilities
    for at in (0, 1, LARGEST_BATCH, len(images) - 1):
        np.testing.assert_allclose(model.answer(images[at][None]).probabilities[0], together[at], atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28), (0, 28, 28), (1, 28, 27), (1, 28, 28, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(InvalidValue, match="28, 28"):
        serving.load("dnn").answer(np.zeros(shape, np.float32))


def test_concurrent_sessions_get_their_own_answers():
    model = serving.load("cnn")
    images = {digit: one_digit(digit) for digit in range(10)}
    wrong: list[int] = []

    def session(digit: int) -> None:
        for _ in range(100):
            if model.answer(images[digit]).probabilities[0].argmax() != digit:
                wrong.append(digit)

    threads = [threading.Thread(target=session, args=(digit,)) for digit in images]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_models_load_at_the_same_time_and_each_once(models_dir, monkeypatch):
    read, meet, began = store.read, threading.Barrier(2), []

    def slow(name: str) -> store.StoredModel:
        began.append(name)
        meet.wait(PATIENCE_S)  # for the other model, which would never come if one waited for the other
        return read(name)

    monkeypatch.setattr(store, "read", slow)
    with ThreadPoolExecutor() as pool:
        loaded = list(pool.map(serving.load, ["dnn", "cnn", "dnn", "cnn"]))
    assert sorted(began) == ["cnn", "dnn"]
    assert loaded[:2] == loaded[2:]


def test_the_same_classifier_until_the_model_is_replaced(models_dir):
    first = serving.load("cnn")
    assert serving.load("cnn") is first
    shutil.copytree(models_dir / "dnn", models_dir / "new")
    shutil.rmtree(models_dir / "cnn")
    (models_dir / "new").rename(models_dir / "cnn")
    second = serving.load("cnn")
    assert second is not first
    assert second.answer(one_digit(3)).embedding.shape == (1, 600)  # the DNN's


def test_damaged_model_is_answered_by_the_previous_one(models_dir):
    shutil.copytree(models_dir / "dnn", models_dir / ".previous" / "cnn")
    damage(models_dir / "cnn")
    model = serving.load("cnn")
    assert "version before it answers" in str(model.notice)
    assert model.answer(one_digit(5)).probabilities[0].argmax() == 5


def test_model_damaged_while_in_memory_goes_on_answering(models_dir):
    assert serving.load("cnn").notice is None
    damage(models_dir / "cnn")
    model = serving.load("cnn")
    assert "copy in memory" in str(model.notice)
    assert model.answer(one_digit(5)).probabilities[0].argmax() == 5


def test_model_deleted_while_in_memory_goes_on_answering(models_dir):
    serving.load("cnn")
    shutil.rmtree(models_dir / "cnn")
    model = serving.load("cnn")
    assert "copy in memory" in str(model.notice)
    assert model.answer(one_digit(5)).probabilities[0].argmax() == 5


def test_no_version_left_is_an_error(models_dir):
    damage(models_dir / "cnn")
    with pytest.raises(DamagedModel, match="cnn is damaged"):
        serving.load("cnn")


def test_file_that_litert_refuses_is_an_error(models_dir):
    with versions.challenging("cnn", store.read("cnn").run) as folder:
        for file in store.HASHED:
            (folder / file).write_bytes(b"whole, but no model")
    versions.promote("cnn")
    shutil.rmtree(models_dir / ".previous")
    with pytest.raises(DamagedModel, match="cannot be run"):
        serving.load("cnn")


def test_unknown_model():
    with pytest.raises(UnknownModel, match="no model 'nobody'"):
        serving.load("nobody")


def test_softmax_survives_extreme_logits():
    probabilities = serving.softmax(np.array([[1e4, 0, -1e4], [0, 0, 0]], np.float32))
    np.testing.assert_allclose(probabilities, [[1, 0, 0], [1 / 3] * 3], atol=1e-7)
