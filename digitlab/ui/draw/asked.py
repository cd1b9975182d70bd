"""The explanations of a drawing: models are asked each question once, until the drawing or the model changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from digitlab import serving
from digitlab.explain import attribution, counterfactual, curves, reasons
from digitlab.explain.counterfactual import Counterfactual
from digitlab.explain.curves import Curve
from digitlab.explain.reasons import Reason
from digitlab.models import store
from digitlab.serving import Classifier


def maps(model: Classifier, pixels: np.ndarray) -> np.ndarray:
    """`attribution.maps`."""
    return _maps(*_key(model, pixels))


def reason(model: Classifier, pixels: np.ndarray) -> Reason | None:
    """`reasons.find` of the model's answer."""
    return _reason(*_key(model, pixels))


def flips(model: Classifier, pixels: np.ndarray) -> dict[str, Curve]:
    """`curves.measure`."""
    return _flips(*_key(model, pixels))


def smallest_change(model: Classifier, pixels: np.ndarray) -> Counterfactual | None:
    """`counterfactual.find`."""
    return _smallest_change(*_key(model, pixels))


def _key(model: Classifier, pixels: np.ndarray) -> tuple[np.ndarray, str, Path, tuple]:
    return pixels, model.name, store.folder(), store.fingerprint(model.name)


@st.cache_data(max_entries=50, show_spinner=False)
def _maps(pixels: np.ndarray, name: str, folder: Path, fingerprint: tuple) -> np.ndarray:
    return attribution.maps(serving.load(name), pixels)


@st.cache_data(max_entries=50, show_spinner=False)
def _reason(pixels: np.ndarray, name: str, folder: Path, fingerprint: tuple) -> Reason | None:
    model = serving.load(name)
    answer = int(model.answer_one(pixels).probabilities[0].argmax())
    return reasons.find(model, pixels, _maps(pixels, name, folder, fingerprint)[answer])


@st.cache_data(max_entries=50, show_spinner=False)
def _flips(pixels: np.ndarray, name: str, folder: Path, fingerprint: tuple) -> dict[str, Curve]:
    return curves.measure(serving.load(name), pixels)


@st.cache_data(max_entries=50, show_spinner=False)
def _smallest_change(pixels: np.ndarray, name: str, folder: Path, fingerprint: tuple) -> Counterfactual | None:
    return counterfactual.find(serving.load(name), pixels)
