"""Where files may be kept: never where others can put files, too."""

import os
import tempfile
from pathlib import Path

import platformdirs
import pytest

from digitlab import folders


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """This account's folder among temporary files, where the user data folder cannot be written."""
    (tmp_path / "home").write_text("a file")
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "home" / "digitlab")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"digitlab-{os.getuid()}"


def test_a_missing_folder_can_be_written_if_it_can_be_made(tmp_path):
    assert folders.can_write(tmp_path / "a" / "b")
    (tmp_path / "a").write_text("")
    assert not folders.can_write(tmp_path / "a" / "b")
    assert not folders.can_write(Path("~/.local/share"))  # what platformdirs says of an account without a home


def test_the_user_data_folder_comes_first(temporary, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: temporary.parent / "data")
    assert list(folders.writable()) == [temporary.parent / "data", temporary]


@pytest.mark.parametrize("mask", [0o022, 0o002])  # the second one lets a user's group write what the user makes
def test_without_it_there_are_temporary_files(temporary, mask):
    before = os.umask(mask)
    try:
        for _ in range(2):
            assert list(folders.writable()) == [temporary]
            (temporary / "models").mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)


def test_temporary_files_are_not_touched_where_others_can_be_kept(temporary, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: temporary.parent / "data")
    assert next(folders.writable()) == temporary.parent / "data"
    assert not temporary.exists()


@pytest.mark.parametrize("planted", ["of others", "open to others", "a link", "a file"])
def test_a_folder_that_others_may_have_filled_is_not_used(temporary, monkeypatch, planted):
    if planted == "a file":
        temporary.write_text("")
    elif planted == "a link":
        temporary.symlink_to(temporary.parent)
    else:
        temporary.mkdir()
    if planted == "open to others":
        temporary.chmod(0o777)
    if planted == "of others":
        mine = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: mine + 1)
        temporary.rename(temporary.with_name(f"digitlab-{mine + 1}"))
    assert list(folders.writable()) == []
