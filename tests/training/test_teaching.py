"""A room's handwriting is taught: which drawings, and that they are learned while MNIST is not forgotten."""

import numpy as np
import pytest

from digitlab import collection, networks
from digitlab.__main__ import main
from digitlab.analysis import comparison, held_out
from digitlab.errors import InvalidValue
from digitlab.explain import index, labels
from digitlab.jobs import presets
from digitlab.models import store, versions
from digitlab.networks import Recipe
from digitlab.training import lesson
from digitlab.training.commands import train
from tests.digits import tiny

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


def test_what_is_left_out_or_no_digit_is_not_taught():
    fill(24)
    collection.label(1, collection.NOT_A_DIGIT)
    taught = lesson.read(TAUGHT, left_out=(2, 3))
    assert (len(taught.drawings), taught.latest) == (15, 24)  # of 24, six are set aside
    with pytest.raises(InvalidValue, match=r"found 19 without the 4 left out"):
        lesson.read(TAUGHT, left_out=(2, 3, 5, 6))


def test_the_command_leaves_disputed_labels_out_unless_it_is_told_to_keep_them(monkeypatch, capsys):
    fill(24, label=8)
    asked = []
    monkeypatch.setattr(train, "do", lambda job: asked.append(job) or 0)
    monkeypatch.setattr(labels, "_of_shipped", lambda model: index.make(model, "validation", tiny(), 50))
    for option in ([], ["--keep-disputed"]):
        assert main(["teach", "cnn", *option]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("24 of 24 labels are probably wrong")
    assert "left out: 24, 23" in said[0]
    assert "taught all the same" in said[1]
    assert [sorted(job.left_out) for job in asked] == [[*range(1, 25)], []]


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
