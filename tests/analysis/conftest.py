import numpy as np
import pytest

from digitlab.models import store, versions


@pytest.fixture
def small(models_dir):
    """A model that was trained on packaged digits alone, as on a machine without MNIST."""
    stored = store.read("dnn")  # the quicker one
    run = {**stored.run, "data": {"source": "packaged", "train": 4000, "validation": 1000}}
    with versions.challenging("small", run) as folder:
        for file in (store.KERAS, store.TFLITE):
            (folder / file).write_bytes((stored.place / file).read_bytes())
        np.savez(folder / store.EVALUATION)
    versions.promote("small")
    return "small"
