import hashlib

import numpy as np
import pytest

from digitlab.data import mnist
from digitlab.errors import MnistDamaged, MnistUnavailable


def test_packaged_digits():
    digits = mnist.packaged()
    assert digits.images.shape == (5000, 28, 28)
    assert digits.images.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(digits.labels), [500] * 10)
    assert digits.scaled().dtype == np.float32
    assert digits.scaled().max() == 1.0
    assert not digits.images.flags.writeable
    # Stored evaluations and saved slices tell of digits by their place among these.
    of_images = "2913c6b6527114b7307e1086335a7665e3f94c74aba3d67525e6f116bf5ae20f"
    of_labels = "41b7b0a9d94690a3a2f54a1d01a9f1cc1b9512e3954fb737ad5ed9f66972403d"
    assert hashlib.sha256(digits.images).hexdigest() == of_images
    assert hashlib.sha256(digits.labels).hexdigest() == of_labels


def test_packaged_digits_stand_in_where_mnist_is_not_to_be_had(no_mnist):
    with pytest.raises(MnistUnavailable, match="could not be fetched"):
        mnist.load()
    data = mnist.load_or_packaged()
    assert (len(data.train), len(data.validation), data.test, data.source) == (4000, 1000, None, "packaged")
    np.testing.assert_array_equal(np.bincount(data.train.labels), [400] * 10)
    trained_on = {image.tobytes() for image in data.train.images}
    assert not any(image.tobytes() in trained_on for image in data.validation.images)


def test_no_download_unless_allowed(no_mnist):
    with pytest.raises(MnistUnavailable, match="not on this machine"):
        mnist.load(download=False)


def test_where_keras_cannot_keep_it_it_is_beside_the_models(no_mnist, models_dir, tmp_path):
    (tmp_path / ".keras").write_text("a file")
    assert mnist.cache_path() == models_dir / ".cache" / "mnist.npz"


def test_missing_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MNIST", str(tmp_path / "none.npz"))
    for load in (mnist.load, mnist.load_or_packaged):  # who names a file does not want other digits in silence
        with pytest.raises(MnistUnavailable, match=r"none\.npz"):
            load()


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 cut"])
def test_unreadable_file(monkeypatch, tmp_path, content):
    path = tmp_path / "mnist.npz"
    path.write_bytes(content)
    monkeypatch.setenv("DIGITLAB_MNIST", str(path))
    with pytest.raises(MnistDamaged, match=r"mnist\.npz"):
        mnist.load()


def test_other_contents_are_refused(monkeypatch, tmp_path):
    path = tmp_path / "mnist.npz"
    np.savez(path, **dict.fromkeys(mnist.ARRAY_SHA256, np.zeros(3, np.uint8)))
    monkeypatch.setenv("DIGITLAB_MNIST", str(path))
    with pytest.raises(MnistDamaged, match="x_train is not MNIST's"):
        mnist.load()


def test_full_mnist(full_mnist):
    assert (len(full_mnist.train), len(full_mnist.validation), len(full_mnist.test)) == (55_000, 5_000, 10_000)
    np.testing.assert_array_equal(np.bincount(full_mnist.validation.labels), [500] * 10)
    assert hashlib.sha256(full_mnist.test.labels).hexdigest() == mnist.ARRAY_SHA256["y_test"]
    held_out = {image.tobytes() for image in full_mnist.validation.images}
    assert not any(image.tobytes() in held_out for image in full_mnist.train.images)
    assert not any(image.tobytes() in held_out for image in full_mnist.test.images)
