from collections.abc import Callable
from pathlib import Path

import pytest

from tests.models.machines import Machine


@pytest.fixture
def in_file(tmp_path, monkeypatch) -> Path:
    """Models are shared by the URL of this folder."""
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/mount/shared")
    return tmp_path / "mount" / "shared"


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Callable[[str], Machine]:
    return lambda name: Machine(tmp_path / name, monkeypatch)
