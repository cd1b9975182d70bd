"""Saved selections."""

import numpy as np
import pytest

from digitlab.data import slices
from digitlab.errors import InvalidValue, UnknownSlice


def test_slices_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    assert slices.names() == []
    slices.save("  fours  like nines ", "test", np.array([5, 3]))
    slices.save("another", "validation", [1])
    assert slices.names() == ["another", "fours like nines"]
    assert slices.read("fours like nines") == slices.Slice("fours like nines", "test", (5, 3))
    slices.delete("another")
    slices.delete("another")
    with pytest.raises(UnknownSlice, match="Saved are: fours like nines"):
        slices.read("another")
    with pytest.raises(InvalidValue, match="1 to 60 characters"):
        slices.save(" ", "test", [1])
    with pytest.raises(InvalidValue, match="cannot be called 'none'"):
        slices.save("none", "test", [1])
    with pytest.raises(InvalidValue, match="Nothing is selected"):
        slices.save("empty", "test", [])


def test_damaged_file_of_slices_is_no_slices(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    (tmp_path / ".slices.json").write_text("[{]")
    assert slices.names() == []
