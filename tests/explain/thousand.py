"""Twenty digits in place of the thousand, so that robustness is measured in a moment."""

import pytest

from digitlab.analysis.held_out import HeldOut
from digitlab.explain import robustness

FEW = 20


@pytest.fixture
def few(monkeypatch):
    """Two of each digit, and nothing kept from before."""
    every = robustness.digits()
    some = HeldOut(every.split, every.indices[::50], every.images[::50], every.labels[::50], {})
    monkeypatch.setattr(robustness, "digits", lambda: some)
    monkeypatch.setattr(robustness, "COUNT", FEW)
    monkeypatch.setattr(robustness, "_kept", {})
    monkeypatch.setattr(robustness, "_begun", {})
    return some
