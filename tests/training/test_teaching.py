"""A room's handwriting is taught: which drawings, and that they are learned while MNIST is not forgotten."""

import numpy as np
import pytest

from digitlab import collection, networks
from digitlab.analysis import comparison, held_out
from digitlab.errors import InvalidValue
from digitlab.jobs import presets
from digitlab.models import store, versions
from digitlab.networks import Recipe
from digitlab.training import lesson

TAUGHT = Recipe(room=0.2)


def fill(count: int, label: int = 3) -> None:
    """Drawings of a sign that no MNIST digit looks like, all with the same label."""
    for at in range(count):
        pixels = np.zeros((28, 28), np.uint8)
        pixels[[5 + at % 3, 20], 4:24] = 255
        token = f"{at:032x}"
        collection.keep(token, {}, pixels, {})
        collection.label_of(token, label)


def test_too_few_labels_teach_nothing():
    assert lesson.read(Recipe()) is None
    fill(collection.TEACHABLE - 1)
    with pytest.raises(InvalidValue, match=r"at least 20 drawings .* found 19"):
        lesson.read(TAUGHT)


def test_drawings_set_aside_are_never_taught():
    fill(20)
    taught = lesson.read(TAUGHT)
    assert (len(taught.drawings), taught.latest) == (15, 20)
    numbers, *_ = held_out.room([{"data": {"room": lesson.record(TAUGHT, taught)["room"]}}])
    assert numbers.tolist() == [4, 8, 12, 16, 20]
    numbers, *_ = held_out.room([{"data": {}}])
    assert len(numbers) == 20
    numbers, *_ = held_out.room([{"data": {"room": {"latest": 17}}}])
    assert numbers.tolist() == [4, 8, 12, 16, 18, 19, 20]


@pytest.mark.training
def test_the_room_is_learned_and_mnist_not_forgotten(packaged, models_dir):
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    from digitlab.training.produce import produce

    network = networks.get("dnn-100")
    produce(network, Recipe(epochs=3, batch_size=50, learning_rate=2e-3, examples=2000), packaged)
    versions.promote("dnn-100")
    fill(24)
    recipe = presets.teach("dnn-100", network.recipe, len(packaged.train))
    run = produce(network, recipe, packaged).run
    assert run["data"]["room"] == {"drawings": 18, "latest": 24}
    before, after = store.read("dnn-100"), store.read_challenger("dnn-100")
    room = comparison.compare_in_room(before, after)
    assert (room.before_summary.count, room.before_summary.accuracy, room.after_summary.accuracy) == (6, 0, 1)
    of_mnist = comparison.compare(before, after)
    assert of_mnist.after_summary.accuracy > of_mnist.before_summary.accuracy - 0.01
    versions.promote("dnn-100")
    assert lesson.record(Recipe(start="dnn-100"), None) == {"room": run["data"]["room"]}
    with pytest.raises(InvalidValue, match="dnn-100 has other layers than cnn-32-64"):
        produce(networks.get("cnn-32-64"), Recipe(start="dnn-100", examples=100, epochs=1), packaged)
