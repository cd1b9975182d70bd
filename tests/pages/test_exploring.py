"""The pages that explore errors, without a browser; what a gallery shows is read from its component."""

import errno
import io
import re

import numpy as np
import pytest

from digitlab.analysis import confusion, held_out, mistakes
from digitlab.data import slices
from digitlab.models import store, versions
from digitlab.ui.explore import embedding_map as embedding_map_ui
from digitlab.ui.explore import gallery, matrix
from digitlab.wording import confusion as words
from tests.damage import damage
from tests.pages.test_curves_and_models import open_page, shown
from tests.patience import PATIENCE_S

PAGES = ["explore/confusion.py", "explore/mistakes.py", "explore/embedding_map.py"]


@pytest.fixture
def tiles(monkeypatch):
    """The indices that galleries showed since the last look."""
    found: list[int] = []
    monkeypatch.setattr(
        gallery, "_component", lambda data, **_: found.extend(identity for identity, *_ in data["tiles"])
    )
    return found


@pytest.fixture
def split(source) -> str:
    """The split that pages open with."""
    return {"packaged": "validation", "full": "test"}[source]


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_without_full_mnist(no_mnist, page):
    app = open_page(page)
    assert not app.error
    assert "5,000" in shown(app) + "\n".join(element.value for element in app.caption)


@pytest.mark.parametrize("page", PAGES)
def test_page_of_one_model(page):
    app = open_page(page, right="none")
    assert not app.error
    assert "cnn" not in shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_damaged_model_is_one_message(models_dir, page):
    damage(models_dir / "dnn")
    app = open_page(page)
    assert "dnn is damaged" in app.error[0].value


@pytest.mark.parametrize(("name", "factor"), [("dnn", 1), ("cnn", 7)])
def test_cells_of_two_models_show_as_many_pictures(tiles, split, name, factor):
    held = held_out.read(split, ["dnn", "cnn"])
    app = open_page("explore/confusion.py")
    counts, answers = confusion.matrix(held.labels, held.answers(name)), held.answers(name)
    for true in range(10):
        for given in (true, (factor * true + 3) % 10):  # every digit in both places
            tiles.clear()
            app.query_params["cell"] = f"{name}-{true}-{given}"
            app.run()
            assert len(tiles) == min(counts[true, given], 150)
            expected = held.indices[(held.labels == true) & (answers == given)]
            assert tiles == expected[:150].tolist()


def test_cell_by_link(tiles, split):
    held = held_out.read(split, ["dnn", "cnn"])
    app = open_page("explore/confusion.py", of="cnn", true="9", answer="4")
    expected = held.indices[(held.labels == 9) & (held.answers("cnn") == 4)]
    assert tiles == expected.tolist()
    assert "## cnn: nines read as fours: " in shown(app)
    assert "## cnn: nines read as fours: " in shown(open_page("explore/confusion.py", cell="cnn-9-4"))


def test_first_cell_is_the_commonest_mistake(tiles, split):
    held = held_out.read(split, ["dnn"])
    (worst,) = confusion.worst_pairs(confusion.matrix(held.labels, held.answers("dnn")), 1)
    app = open_page("explore/confusion.py")
    assert f"## dnn: {words.names()[worst.true]} read as {words.names()[worst.given]}: {worst.count} of" in shown(app)
    assert len(tiles) == worst.count


def cells_of(monkeypatch, **query):
    found = {}
    monkeypatch.setattr(matrix, "_component", lambda key, data, **_: found.update({key: data["cells"]}))
    open_page("explore/confusion.py", **query)
    return found


def test_matrix_shows_counts_shares_and_words(monkeypatch, split):
    held = held_out.read(split, ["dnn"])
    counts = confusion.matrix(held.labels, held.answers("dnn"))
    cells = cells_of(monkeypatch)["matrix_of_dnn"]
    assert cells[4][4][0] == f"{counts[4, 4]}"
    assert "fours read as fours" in cells[4][4][1]
    assert cells[4][4][2] == 0  # the mistakes alone are coloured
    assert max(cell[2] for row in cells for cell in row) == 1
    shares = cells_of(monkeypatch, shown="% of true", errors="false")["matrix_of_dnn"]
    assert shares[4][4][0] == f"{100 * counts[4, 4] / counts[4].sum():.1f}"
    assert shares[4][4][2] > 0.9


def test_difference_is_right_less_left(monkeypatch, split):
    held = held_out.read(split, ["dnn", "softmax"])
    cells = cells_of(monkeypatch, right="softmax", beside="difference")["difference"]
    change = confusion.matrix(held.labels, held.answers("softmax")) - confusion.matrix(held.labels, held.answers("dnn"))
    for true in range(10):
        for given in range(10):
            text, _, _, side = cells[true][given]
            assert int(text.replace("−", "-").replace("·", "0")) == change[true, given]
            better = change[true, given] > 0 if true == given else change[true, given] < 0
            assert side == ("" if change[true, given] == 0 else "cnn" if better else "dnn")


def test_report_is_shown_for_both():
    app = open_page("explore/confusion.py")
    reports = [element.value for element in app.dataframe]
    assert len(reports) == 2
    assert list(reports[0]["digit"])[-2:] == ["macro average", "weighted average"]


@pytest.mark.parametrize("group", mistakes.DUEL[:4])
def test_mistakes_of_a_group(tiles, split, group):
    held = held_out.read(split, ["dnn", "cnn"])
    expected = held.indices[mistakes.groups(held)[group]]
    app = open_page("explore/mistakes.py", group=group, order="index")
    assert tiles == expected.tolist()
    assert re.search(f"## {len(expected):,} digit" + (r"\b" if len(expected) == 1 else "s"), shown(app))


def test_mistakes_filtered_by_link(tiles, split):
    held = held_out.read(split, ["dnn", "cnn"])
    open_page("explore/mistakes.py", group="any wrong", label="9", given="4", order="index")
    wrong = mistakes.groups(held)["any wrong"] & (held.labels == 9)
    expected = wrong & ((held.answers("dnn") == 4) | (held.answers("cnn") == 4))
    assert tiles == held.indices[expected].tolist()


def test_all_digits_come_in_pages(tiles, split):
    count = len(held_out.read(split, ["dnn"]).labels)
    app = open_page("explore/mistakes.py", group="all", order="index", page="2")
    assert tiles == list(range(300, 600))
    assert f"## {count:,} digits, 300 at a time" in shown(app)


def test_accuracy_with_and_without_contested_labels(full_mnist, tiles):
    app = open_page("explore/mistakes.py", order="index", contested="false")
    held = held_out.read("test", ["dnn", "cnn"])
    right = held.answers("dnn") == held.labels
    assert f"{right.mean():.2%} of 10,000" in shown(app)
    assert f"{right[~held.contested()].mean():.2%} without the 15 contested labels" in shown(app)
    assert not set(tiles) & set(held_out.CONTESTED)


def test_slice_is_saved_and_shared_by_link(models_dir, tiles):
    app = open_page("explore/mistakes.py", group="both wrong", order="index")
    both = list(tiles)
    app.text_input(key="slice_name").set_value("hard ones").run()
    app.button(key="save_slice").click().run()
    assert not app.exception
    assert set(slices.read("hard ones").indices) == set(both)
    tiles.clear()
    open_page("explore/mistakes.py", slice="hard ones", order="index")
    assert tiles == sorted(both)
    unknown = open_page("explore/mistakes.py", slice="nobody")
    assert "no saved selection 'nobody'" in unknown.warning[0].value


def test_open_digit_by_link(split):
    app = open_page("explore/mistakes.py", digit="947", split=split)
    page = "".join(element.proto.body for element in app.get("html"))
    assert page.count("Probability of each digit") == 2
    if split == "validation":
        assert "are part of full MNIST, which is not on this machine" in "".join(
            element.value for element in app.caption
        )
    else:
        assert "Training digits most like it" in shown(app)
        assert "five human raters" in app.info[-1].value


@pytest.mark.parametrize("digit", ["99999", "x", "-1", "²", "9" * 5000])
def test_digit_that_is_not_there_is_told(digit):
    app = open_page("explore/mistakes.py", split="validation", digit=digit)
    assert "There is no" in app.warning[0].value


@pytest.mark.parametrize("layer", ["last hidden layer", "pixels"])
@pytest.mark.parametrize("colour", ["true digit", "answer", "right or wrong"])
def test_embedding_map_by_link_shows_the_selected_digits(tiles, layer, colour):
    app = open_page("explore/embedding_map.py", layer=layer, colour=colour, split="validation", selected="3-1-2")
    assert tiles == [1, 2, 3]
    assert "## 3 digits selected" in shown(app)
    app.toggle(key="wrong").set_value(True).run()
    assert "of 3 selected digits pass the filters" in shown(app)


def test_embedding_map_places_the_last_drawing(split):
    from streamlit.testing.v1 import AppTest

    from digitlab import settings
    from tests import drawings

    held = held_out.read(split, ["cnn"])
    places = embedding_map_ui._places(held, "cnn", "last hidden layer").astype(float)
    from digitlab import ink

    pixels = ink.read(drawings.canvas(7)).pixels
    place = embedding_map_ui._place(held, "cnn", "last hidden layer", places, pixels)
    near = np.linalg.norm(places - place, axis=1).argsort()[:10]
    assert (held.labels[near] == 7).all()
    app = AppTest.from_file(str(settings.REPOSITORY / "pages/explore/embedding_map.py"), default_timeout=PATIENCE_S)
    app.session_state["drawing"] = drawings.png(drawings.canvas(7))
    app.query_params["mine"] = "true"
    app.run()
    assert not app.exception


@pytest.mark.parametrize("selected", ["99999999999999999999", "x-²-", "-", "5-5"])
def test_nonsense_selected_by_link_is_left_out(tiles, selected):
    open_page("explore/embedding_map.py", split="validation", selected=selected)
    assert tiles == ([5] if selected == "5-5" else [])


def test_selection_does_not_outlive_its_split(full_mnist, tiles):
    app = open_page("explore/embedding_map.py", selected="4-9")
    tiles.clear()
    app.segmented_control(key="split").set_value("validation").run()
    assert not app.exception
    assert tiles == []


@pytest.mark.parametrize("page", PAGES)
def test_without_any_model_the_page_says_how_to_train_one(monkeypatch, tmp_path, page):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    app = open_page(page)
    assert "python -m digitlab train cnn" in "\n".join(element.value for element in app.info)


def test_a_slice_that_cannot_be_saved_is_told(models_dir, monkeypatch):
    def full_disk(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    app = open_page("explore/mistakes.py")
    monkeypatch.setattr(slices, "save", full_disk)
    app.text_input(key="slice_name").set_value("nines").run()
    app.button(key="save_slice").click().run()
    assert "disk is full" in "\n".join(element.value for element in app.toast)


def test_neighbours_of_a_quickly_trained_model_are_told_to_be_missing(models_dir):
    stored = store.read("dnn")
    arrays = store.read_evaluation(stored)
    buffer = io.BytesIO()
    np.savez(buffer, **{name: array for name, array in arrays.items() if "neighbours" not in name})
    versions.amend("dnn", stored.run, {store.EVALUATION: buffer.getvalue()})
    app = open_page("explore/mistakes.py", digit="5", split="validation")
    assert "python -m digitlab map dnn" in "\n".join(element.value for element in app.caption)


def test_neighbours_are_part_of_full_mnist(no_mnist):
    app = open_page("explore/mistakes.py", digit="validation-5")
    assert "part of full MNIST, which is not on this machine" in "\n".join(element.value for element in app.caption)


def test_a_contested_label_is_told(full_mnist):
    app = open_page("explore/mistakes.py", digit=str(next(iter(held_out.CONTESTED))), split="test")
    assert "five human raters" in "\n".join(element.value for element in app.info)


@pytest.mark.parametrize("drawing", [b"no picture", None])
def test_an_illegible_drawing_has_no_place_on_the_map(drawing):
    app = open_page("explore/embedding_map.py")
    app.session_state["drawing"] = drawing
    app.run()
    assert app.toggle(key="mine").disabled


def test_a_selection_that_is_forgotten_is_not_missed(monkeypatch, tmp_path):
    monkeypatch.setattr(slices, "_path", lambda: tmp_path / "slices.json")
    slices.save("mine", "validation", [1, 2, 3])
    slices.save("other", "validation", [4])
    app = open_page("explore/mistakes.py", slice="mine", group="all")
    app.button(key="forget_slice").click().run()
    assert slices.names() == ["other"]
    assert not app.warning
    assert app.selectbox(key="slice").value == "none"
    assert "slice" not in app.query_params
