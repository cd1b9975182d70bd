"""A link is a view: opened elsewhere it shows the same, or one sentence says what is missing."""

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.data import mnist
from digitlab.ui import share
from digitlab.ui.draw import link
from digitlab.ui.explore import gallery, matrix
from tests.explain.thousand import few
from tests.pages.test_curves_and_models import open_page, shown

__all__ = ["few"]

MISSING = "This link is about MNIST's test digits, which are not on this machine."


class Seen:
    """What a page shows of digits, and the link that its button copies."""

    def __init__(self) -> None:
        self.tiles: list[int] = []
        self.cells: list = []
        self.absent: dict[str, list[str]] = {}

    def open(self, path: str, **query: str | list[str]) -> tuple[AppTest, dict[str, list[str]]]:
        """Open a page anew; also what a link to it names, as `share.js` puts it together."""
        self.__init__()  # type: ignore[misc]
        app = open_page(path, **query)
        kept = {key: value if isinstance(value, list) else [value] for key, value in app.query_params.items()}
        return app, {**self.absent, **kept}


@pytest.fixture
def seen(monkeypatch):
    found = Seen()
    monkeypatch.setattr(gallery, "_component", lambda data, **_: found.tiles.extend(tile[0] for tile in data["tiles"]))
    monkeypatch.setattr(matrix, "_component", lambda data, **_: found.cells.append((data["label"], data["chosen"])))
    monkeypatch.setattr(share, "_component", lambda data, **_: found.absent.update(data["absent"]))
    return found


def told(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.caption, *app.warning, *app.info))


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """Makes this a machine without full MNIST, in the middle of a test."""

    def move() -> None:
        monkeypatch.setattr(mnist, "_find", mnist._find)
        monkeypatch.setenv("DIGITLAB_MNIST", "")
        monkeypatch.setattr(mnist.Path, "home", lambda: tmp_path)

    return move


def test_a_digit_without_its_split_is_not_another_digit(no_mnist, seen):
    app, _ = seen.open("explore/mistakes.py", group="only left wrong", digit="2135")
    assert MISSING in told(app)
    assert [button.label for button in app.button if button.key == "fetch"] == ["Fetch full MNIST (11 MB)"]
    assert seen.tiles == []
    assert not app.get("dialog")
    assert app.segmented_control(key="split").value == "test"
    app.segmented_control(key="split").set_value("validation").run()
    assert MISSING not in told(app)
    assert seen.tiles


@pytest.mark.parametrize("path", ["confusion", "mistakes", "embedding_map", "calibration"])
def test_a_split_that_is_not_here_is_one_sentence(no_mnist, seen, path):
    app, _ = seen.open(f"explore/{path}.py", split="test")
    assert told(app).count(MISSING) == 1
    assert seen.tiles == seen.cells == []
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("number", ["test-2135", "validation-99999", "<b>7</b>"])
def test_a_digit_that_is_not_here_is_told_on_the_draw_page(no_mnist, number):
    app = open_page("draw/draw.py", digit=number)
    said = told(app)
    assert said.count(MISSING) == number.startswith("test")
    assert ("This link is about the digit" in said) == (not number.startswith("test"))
    assert [button.label for button in app.button if button.key == "fetch"] == ["Fetch full MNIST (11 MB)"] * (
        number.startswith("test")
    )
    open_page("draw/draw.py", digit="validation-7")


def test_a_link_to_a_missing_model_or_split_says_so(seen):
    app, _ = seen.open("explore/calibration.py", left="gone", split="training", right="none")
    assert "about the model gone, which is not on this machine. Shown instead: dnn." in told(app)
    assert "digits called training, which digitlab does not know" in told(app)


def _shown(app: AppTest) -> list[str]:
    """What a page says, without the training digits that only full MNIST has."""
    return [line for line in shown(app).splitlines() if not line.startswith("Training digits most like")]


STROKES = {"brush": 20, "strokes": [[[70, 50], [200, 200]]]}
WITHOUT_SPLIT = {"curves", "dataset", "robustness", "../train/models", "../draw/draw"}
VIEWS = {
    "confusion": {"left": "softmax", "cell": "softmax-4-9", "shown": "% of true"},
    "mistakes": {"group": "both wrong", "order": "index", "label": "9", "digit": "validation-947"},
    "embedding_map": {"selected": "validation-4-9", "colour": "answer", "only": ["4", "9"]},
    "calibration": {"left": "softmax", "bins": "equal count", "sure": "99"},
    "dataset": {"section": "One digit", "split": "validation", "index": "7"},
    "curves": {"models": ["cnn", "softmax"], "quantity": "accuracy"},
    "robustness": {"models": ["dnn", "softmax"], "distortion": "size", "of": "softmax", "at": "50%"},
    "../train/models": {"model": "softmax"},
    "../draw/draw": {"left": "softmax", "drawing": link.text(None, STROKES)},
}  # fmt: skip


@pytest.mark.parametrize("path", VIEWS)
def test_a_copied_link_opens_the_same_view_with_and_without_full_mnist(full_mnist, elsewhere, seen, few, path):
    split = {} if path in WITHOUT_SPLIT else {"split": "validation"}
    first, link = seen.open(f"explore/{path}.py", **VIEWS[path], **split)
    expected = _shown(first), seen.tiles, seen.cells, link
    assert link.keys() >= VIEWS[path].keys() | split.keys()
    elsewhere()
    again, same = seen.open(f"explore/{path}.py", **link)
    assert (_shown(again), seen.tiles, seen.cells, same) == expected


@pytest.mark.parametrize("path", ["confusion", "mistakes", "embedding_map", "calibration"])
def test_a_link_of_first_choices_names_its_split_and_models(full_mnist, elsewhere, seen, path):
    _, link = seen.open(f"explore/{path}.py")
    assert (link["split"], link["left"], link["right"]) == (["test"], ["dnn"], ["cnn"])
    elsewhere()
    app, _ = seen.open(f"explore/{path}.py", **link)
    assert told(app).count(MISSING) == 1
