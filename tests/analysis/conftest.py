import shutil
from pathlib import Path

import numpy as np
import pytest

from digitlab.models import store, versions
from tests.conftest import MODELS


@pytest.fixture
def small(models_dir):
    """The DNN as if it was trained on packaged digits alone, as on a machine without MNIST."""
    return on_packaged_digits("dnn", models_dir)


@pytest.fixture
def smaller(models_dir):
    """As `small`, of a network whose map is made quickly."""
    return on_packaged_digits("dnn-100", models_dir)


def on_packaged_digits(name: str, models_dir: Path) -> str:
    shutil.copytree(MODELS / name, models_dir / name, dirs_exist_ok=True)
    stored = store.read(name)
    run = {**stored.run, "data": {"source": "packaged", "train": 4000, "validation": 1000}}
    with versions.challenging("small", run) as folder:
        for file in (store.KERAS, store.TFLITE):
            (folder / file).write_bytes((stored.place / file).read_bytes())
        np.savez(folder / store.EVALUATION)
    versions.promote("small")
    return "small"
