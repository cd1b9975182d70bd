"""The files that a training writes: small, and readable for others."""

import io
import json
import zipfile

import numpy as np
import pytest

from digitlab import networks
from digitlab.data import mnist
from digitlab.explain.network import KINDS
from digitlab.models import graph as joining

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")

from digitlab.training import export, graph, inside, keras_file  # noqa: E402
from digitlab.training.build import build, for_export  # noqa: E402

pytestmark = pytest.mark.training


def model(name: str, scaling: str = "unit") -> "keras.Model":
    """An untrained network whose batch normalisations are not neutral."""
    network = networks.get(name)
    made = build(network, scaling=scaling)
    random = np.random.default_rng(0)
    made.set_weights([weight + random.uniform(0, 0.5, weight.shape) for weight in made.get_weights()])
    return for_export(network, made, network.recipe)


@pytest.mark.parametrize(("name", "share"), [("cnn", 0.1), ("resnet", 0.1), ("dnn-512", 0.02), ("softmax", 0.2)])
def test_the_graph_is_small_and_gives_the_tflite_file_back(name, share, tmp_path):
    made = model(name)
    keras_file.save(made, tmp_path / "model.keras")
    content, tflite = (tmp_path / "model.keras").read_bytes(), export.to_tflite(made)
    rest = graph.split(content, tflite)
    assert joining.joined(content, rest) == tflite
    assert len(rest) < share * len(tflite)


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_the_layers_of_every_network_are_described(name, tmp_path):
    made = model(name, "standardised")
    keras_file.save(made, tmp_path / "model.keras")
    content = (tmp_path / "model.keras").read_bytes()
    steps = inside.described(made, content)["steps"]
    unknown = {step["kind"] for step in steps} - KINDS.keys()
    assert not unknown, f"explain.network does not know what {unknown} of {name} do backwards"
    paths = [path for step in steps for path in step["weights"]]
    assert sorted(paths) == sorted(joining.read_weights(content)), "Keras stores weights that no layer shows, or twice"
    mute = [step["name"] for step in steps[1:] if not step["inputs"]]
    assert not mute, f"Keras does not say what {mute} read"


def test_what_inside_cannot_show_is_not_taken_for_a_layer_that_it_can(tmp_path):
    images = keras.Input((28, 28), name="images")
    x = keras.layers.Flatten()(keras.layers.Reshape((28, 28, 1), name="channel")(images))
    shared = keras.layers.Dense(784)
    x = keras.layers.Activation("linear", name="embedding")(shared(shared(keras.ops.add(x, 1.0))))
    made = keras.Model(images, keras.layers.Dense(10, name="logits")(x))
    keras_file.save(made, tmp_path / "model.keras")
    kinds = [step["kind"] for step in inside.described(made, (tmp_path / "model.keras").read_bytes())["steps"]]
    assert kinds[3].startswith("keras.ops.add")
    assert kinds[5] == "Activation after a layer that is used twice or has two outputs"


@pytest.mark.parametrize("name", ["cnn", "dnn", "softmax"])
def test_a_keras_file_has_nothing_that_only_the_newest_keras_reads(name, tmp_path):
    made, file = model(name, "standardised"), tmp_path / "model.keras"
    keras_file.save(made, file)
    with zipfile.ZipFile(file) as archive:
        config = archive.read("config.json").decode()
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    for newer in ("quantization_config", "input_axes", "renorm"):
        assert newer not in config
    images = mnist.packaged().scaled()[::500]
    np.testing.assert_array_equal(np.asarray(keras.models.load_model(file)(images)), np.asarray(made(images)))
    content = file.read_bytes()
    keras_file.save(made, file)
    assert file.read_bytes() == content


def test_settings_that_say_something_stay():
    fields = {
        "module": "keras.layers",
        "config": {"name": "bn", "renorm": True, "quantization_config": {"mode": "int8"}},
    }
    assert keras_file.portable(fields) == fields
    operation = {"module": "keras.src.ops.numpy", "name": "add", "config": {"name": "add"}}
    assert keras_file.portable([operation]) == [{**operation, "config": {}}]


def test_a_keras_file_is_smaller_than_keras_writes_it(tmp_path):
    made = model("cnn")
    made.save(tmp_path / "theirs.keras")
    theirs = (tmp_path / "theirs.keras").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(theirs)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert len(keras_file.tidied(theirs)) < 0.95 * len(packed.getvalue())
    with zipfile.ZipFile(io.BytesIO(keras_file.tidied(theirs))) as archive:
        assert json.loads(archive.read("metadata.json"))["keras_version"] == keras.__version__
