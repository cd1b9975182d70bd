import pytest

from digitlab import settings
from digitlab.errors import InvalidValue


def test_defaults(monkeypatch):
    for name in ("DIGITLAB_MODELS", "DIGITLAB_MNIST", "DIGITLAB_PICTURE_MB", "DIGITLAB_PICTURE_MEGAPIXELS"):
        monkeypatch.delenv(name, raising=False)
    loaded = settings.load()
    assert loaded.models_dir == settings.REPOSITORY / "models"
    assert (loaded.models_url, loaded.metrics) == (None, False)
    assert (loaded.mnist_path, loaded.picture_bytes, loaded.picture_pixels) == (None, 10_000_000, 40_000_000)


@pytest.mark.parametrize("value", ["ten", "0", "-1", "nan", "inf"])
def test_bad_limits_are_refused_in_words(monkeypatch, value):
    monkeypatch.setenv("DIGITLAB_PICTURE_MB", value)
    with pytest.raises(InvalidValue, match=f"DIGITLAB_PICTURE_MB must be a positive number, got '{value}'"):
        settings.load()


def test_models_by_url_have_a_copy_on_this_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MODELS", "s3://key:secret@bucket/models")
    loaded = settings.load()
    assert loaded.models_url == "s3://key:secret@bucket/models"
    assert loaded.models_dir.name.startswith("models-")
    assert "secret" not in repr(loaded)
    monkeypatch.setenv("DIGITLAB_COPY", str(tmp_path))
    assert settings.load().models_dir == tmp_path
