import pytest

from digitlab import settings
from digitlab.errors import InvalidValue


def test_defaults(monkeypatch):
    for name in ("DIGITLAB_MODELS", "DIGITLAB_MNIST", "DIGITLAB_PICTURE_MB", "DIGITLAB_PICTURE_MEGAPIXELS"):
        monkeypatch.delenv(name, raising=False)
    loaded = settings.load()
    assert loaded.models_dir == settings.REPOSITORY / "models"
    assert (loaded.models_url, loaded.metrics) == (None, False)
    assert (loaded.mnist_path, loaded.picture_bytes, loaded.picture_pixels) == (None, 100_000_000, 210_000_000)


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


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "8501.0", "99999999999"])
def test_a_bad_port_is_refused_in_words(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(InvalidValue, match=f"PORT must be a port from 1 to 65535, got '{value}'. Unset it to use 8501"):
        settings.port()


def test_a_host_says_where_to_listen(monkeypatch):
    for name in ("PORT", "DIGITLAB_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    assert (settings.address(), settings.port()) == ("127.0.0.1", 8501)
    monkeypatch.setenv("PORT", "8080")
    monkeypatch.setenv("DIGITLAB_ADDRESS", "0.0.0.0")
    assert (settings.address(), settings.port()) == ("0.0.0.0", 8080)


def test_of_a_folder_that_somebody_names_there_is_nothing_to_say(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(settings, "APP", tmp_path / "file")
    assert "cannot be written" in settings.displaced()
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    assert settings.displaced() is None
