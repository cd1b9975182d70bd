"""What the pages that explore errors compute: matrices, groups, orders, maps, exports."""

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn import metrics

from digitlab import __main__ as command_line
from digitlab import confusion, exports, held_out, landscape, mistakes, mnist, slices, store, versions
from digitlab.errors import InvalidValue, MnistUnavailable, UnknownSlice
from digitlab.held_out import HeldOut
from digitlab.mistakes import Filter


def made_up(labels, *answers, confidence=0.8, split="validation") -> HeldOut:
    """Digits without ink that models answered as given, all equally sure."""
    labels = np.array(labels, np.uint8)
    probabilities = {}
    for name, given_ in zip(("left", "right"), answers, strict=False):
        rows = np.full((len(labels), 10), (1 - confidence) / 9, np.float32)
        rows[np.arange(len(labels)), given_] = confidence
        probabilities[name] = rows
    images = np.zeros((len(labels), 28, 28), np.uint8)
    return HeldOut(split, np.arange(len(labels)) + 100, images, labels, probabilities)


def read_or_skip(split, name):
    try:
        return held_out.read(split, [name])
    except MnistUnavailable as error:
        pytest.skip(f"needs full MNIST: {error}")


DUEL = made_up([4, 4, 7, 9, 9, 1], [4, 9, 7, 4, 4, 1], [4, 9, 1, 9, 3, 1])
#               both right, both, only right, only left, both, both right


@pytest.mark.parametrize("name", store.names())
@pytest.mark.parametrize("split", ["validation", "test"])
def test_matrix_report_and_f1_are_scikit_learns(name, split):
    view = read_or_skip(split, name)
    answers = view.answers(name)
    counts = confusion.matrix(view.labels, answers)
    np.testing.assert_array_equal(counts, metrics.confusion_matrix(view.labels, answers, labels=range(10)))
    found = confusion.report(view.labels, answers)
    each = metrics.precision_recall_fscore_support(view.labels, answers, labels=range(10))
    for column, expected in zip(("precision", "recall", "f1", "support"), each, strict=True):
        np.testing.assert_allclose(found[column][:10], expected)
    for row, average in ((10, "macro"), (11, "weighted")):
        expected = metrics.precision_recall_fscore_support(view.labels, answers, average=average)[:3]
        np.testing.assert_allclose([found[column][row] for column in ("precision", "recall", "f1")], expected)
    assert found["f1"][10] == pytest.approx(store.read(name).run["metrics"][split]["f1"])
    assert found["support"][10] == found["support"][11] == len(view.labels)


def test_worst_pairs_and_words():
    counts = confusion.matrix(np.array([4, 4, 4, 9, 4]), np.array([9, 9, 4, 4, 9]))
    assert [pair.words() for pair in confusion.worst_pairs(counts)] == [
        "a 4 taken for a 9: 3 times, 75.0% of all fours",
        "a 9 taken for a 4: once, 100.0% of all nines",
    ]
    assert confusion.words(counts, 4, 4) == "fours read as fours: 1 of 4, 25.0%"
    assert confusion.words(counts, 4, 3) == "a 4 is never taken for a 3"
    assert confusion.words(counts, 5, 5) == "fives read as fives: 0 of 0, 0.0%"


def test_shares_by_row_and_by_column():
    counts = np.zeros((10, 10), np.int64)
    counts[4, 4], counts[4, 9], counts[9, 9] = 3, 1, 4
    assert confusion.shares(counts, "counts") is counts
    assert confusion.shares(counts, "% of true")[4, 9] == 0.25
    assert confusion.shares(counts, "% of answers")[4, 9] == 0.2
    assert confusion.shares(counts, "% of answers")[:, 0].sum() == 0


def test_four_groups_of_a_duel():
    found = {name: mask.nonzero()[0].tolist() for name, mask in mistakes.groups(DUEL).items()}
    assert found == {
        "any wrong": [1, 2, 3, 4], "only left wrong": [3], "only right wrong": [2], "both wrong": [1, 4],
        "both right": [0, 5], "all": [0, 1, 2, 3, 4, 5],
    }  # fmt: skip


@pytest.mark.parametrize("pair", list(itertools.combinations(store.names(), 2))[:12])
def test_four_groups_share_the_whole_split_out(pair):
    view = held_out.read("validation", pair)
    masks = mistakes.groups(view)
    np.testing.assert_array_equal(sum(masks[name].astype(int) for name in mistakes.DUEL[1:5]), 1)


def test_one_model_has_two_groups():
    view = made_up([1, 2], [1, 3])
    assert {name: mask.tolist() for name, mask in mistakes.groups(view).items()} == {
        "wrong": [False, True], "right": [True, False], "all": [True, True],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Filter(), [0, 1, 2, 3, 4, 5]),
        (Filter(label=9), [3, 4]),
        (Filter(given=4), [0, 3, 4]),
        (Filter(given=1), [2, 5]),
        (Filter(group="both wrong", label=9), [4]),
        (Filter(least=0.9), []),
        (Filter(most=0.8), [0, 1, 2, 3, 4, 5]),
        (Filter(group="wrong"), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_filter(wanted, places):
    assert mistakes.select(DUEL, wanted).tolist() == places


def test_contested_labels_can_be_left_out():
    index = next(iter(held_out.CONTESTED))
    view = HeldOut(
        "test", np.array([index, 5]), DUEL.images[:2], DUEL.labels[:2], {"left": DUEL.probabilities["left"][:2]}
    )
    assert view.contested().tolist() == [True, False]
    assert mistakes.select(view, Filter(contested=False)).tolist() == [1]
    assert not made_up([1], [1]).contested().any()  # validation digits were not rated


def test_contested_labels_are_those_of_the_test_set(full_mnist):
    assert len(held_out.CONTESTED) == 15
    for index, (given_label, guess, *votes) in held_out.CONTESTED.items():
        assert full_mnist.test.labels[index] == given_label != guess
        assert sum(votes) == 5
        assert votes[0] < 3


def test_orders():
    view = made_up([0, 0, 0], [0, 1, 2], [0, 0, 3])
    view.probabilities["left"][2] = [0.01, 0, 0.5, 0.49, 0, 0, 0, 0, 0, 0]
    places = np.arange(3)
    assert mistakes.sort(view, places, "loss").tolist() == [2, 1, 0]
    assert mistakes.sort(view, places, "margin").tolist() == [2, 0, 1]
    assert mistakes.sort(view, places, "disagreement").tolist() == [1, 2, 0]
    assert mistakes.sort(view, np.array([2, 0]), "index").tolist() == [2, 0]


def test_selection_as_csv():
    rows = list(csv.DictReader(io.StringIO(exports.selection(DUEL, np.array([3, 0])))))
    assert [(row["split"], row["index"], row["label"], row["left_answer"]) for row in rows] == [
        ("validation", "103", "9", "4"), ("validation", "100", "4", "4"),
    ]  # fmt: skip
    assert float(rows[1]["left_loss"]) == pytest.approx(-np.log(0.8), abs=1e-5)


@given(st.integers(1, 130))
def test_sheet_holds_every_digit(count):
    sheet = Image.open(io.BytesIO(exports.sheet(np.full((count, 28, 28), 255, np.uint8), ["7: 1"] * count)))
    rows = -(-count // exports.ACROSS)
    assert sheet.size == (min(count, 20) * exports.TILE_PX, rows * (exports.TILE_PX + exports.CAPTION_PX))
    dark = (np.asarray(sheet) == 0).sum()
    assert dark >= count * exports.TILE_PX**2


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


@pytest.fixture
def small(models_dir):
    """A model that was trained on packaged digits alone, as on a machine without MNIST."""
    stored = store.read("cnn")
    run = {**stored.run, "data": {"source": "packaged", "train": 4000, "validation": 1000}}
    with versions.challenging("small", run) as folder:
        for file in (store.KERAS, store.TFLITE):
            (folder / file).write_bytes((stored.place / file).read_bytes())
        every_fifth = store.read_evaluation(stored)["validation_probabilities"][4::5]
        np.savez(folder / store.EVALUATION, validation_probabilities=every_fifth)
    versions.promote("small")
    return "small"


def test_packaged_models_are_seen_on_digits_they_have_not_trained_on(small):
    view = held_out.read("validation", ["cnn", small])
    assert len(view.labels) == 1000
    np.testing.assert_array_equal(view.probabilities["cnn"], view.probabilities[small])
    np.testing.assert_array_equal(view.labels, mnist.packaged().labels[view.indices])


def test_packaged_models_are_mapped_on_digits_they_have_not_trained_on(small, monkeypatch):
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    monkeypatch.setattr(landscape, "flat", lambda points, thorough: np.zeros((len(points), 2), np.float16))
    assert command_line.main(["map", small]) == 0
    evaluation = store.read_evaluation(store.read(small))
    assert evaluation["validation_probabilities"].shape == (1000, 10)
    assert evaluation["validation_neighbours"].max() < 4000
    assert len(held_out.read("validation", ["cnn", small]).labels) == 1000


@pytest.mark.parametrize("split", ["validation", "test"])
def test_digits_without_a_stored_map_still_have_places(small, split):
    from digitlab.ui import maps

    view = read_or_skip(split, small)
    places = maps._places(view, small, maps.LAYERS[0])
    assert places.shape == (len(view.labels), 2)
    assert 0 <= places.min() <= places.max() <= 1
    assert maps.method(split, small, maps.LAYERS[0]) == "PCA"


def test_nearest_are_the_nearest():
    random = np.random.default_rng(0)
    points, others = random.normal(size=(1203, 5)), random.normal(size=(700, 5))
    found = landscape.nearest(points, others, 3)
    distances = np.linalg.norm(points[:, None] - others[None], axis=2)
    np.testing.assert_array_equal(found, distances.argsort(axis=1)[:, :3])


@pytest.mark.parametrize("thorough", [False, True])
def test_map_keeps_neighbours_together_and_repeats(thorough):
    random = np.random.default_rng(0)
    centres = np.eye(12)[:3] * 20
    points = np.concatenate([centre + random.normal(size=(60, 12)) for centre in centres])
    places = landscape.flat(points, thorough=thorough)
    assert (places.shape, places.dtype) == ((180, 2), np.float16)
    assert 0 <= places.min() <= places.max() <= 1
    np.testing.assert_array_equal(places, landscape.flat(points, thorough=thorough))
    nearest = landscape.nearest(places.astype(float), places.astype(float), 4)[:, 1:]
    assert (nearest // 60 == np.arange(180)[:, None] // 60).mean() > 0.98


@pytest.mark.parametrize("name", store.names())
def test_committed_maps_keep_the_digits_apart(name):
    evaluation, labels = store.read_evaluation(store.read(name)), mnist.packaged().labels
    places = evaluation["validation_map"].astype(float)
    neighbours = landscape.nearest(places, places, 6)[:, 1:]
    assert (labels[neighbours] == labels[:, None]).mean() > 0.85  # pixels alone reach 0.9
    assert evaluation["validation_neighbours"].shape == (5000, landscape.NEIGHBOURS)
    assert evaluation["test_neighbours"].shape == (10000, landscape.NEIGHBOURS)


def test_nearest_training_digits_are_mostly_of_the_same_kind(full_mnist):
    neighbours = store.read_evaluation(store.read("cnn"))["test_neighbours"]
    assert (full_mnist.train.labels[neighbours[:, 0]] == full_mnist.test.labels).mean() > 0.99


@pytest.mark.parametrize("split", ["validation", "test"])
def test_pixels_have_a_map(split):
    assert landscape.pixel_map(split).shape == ({"validation": 5000, "test": 10000}[split], 2)
