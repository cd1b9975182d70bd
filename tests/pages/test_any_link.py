"""Any query string on any page: whoever mistypes, shortens or forges a link still finds a page, never an error."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from digitlab.data import slices
from digitlab.explain import robustness
from digitlab.settings import PACKAGE, REPOSITORY
from digitlab.ui.draw import link
from tests.conftest import MODELS
from tests.damage import LURE
from tests.patience import PATIENCE_S

PAGES = sorted(str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "pages").glob("*/*.py"))
SOURCES = "\n".join(
    path.read_text() for folder in (PACKAGE / "ui", REPOSITORY / "pages") for path in sorted(folder.rglob("*.py"))
)
# The names of all controls and whatever else the pages read of a link.
KEYS = sorted({
    *re.findall(r"""(?:key=|query_params(?:\.get\(|\.pop\(|\[))"(\w+)\"""", SOURCES),
    *re.findall(r"""\b_?pick\w*\((?:_\("[^"]*"\)|[^()])*"(\w+)"[,)]""", SOURCES),
})  # fmt: skip
# What is right for some control of some page, and what is nearly right.
RIGHT = [
    "dnn", "cnn", "nobody", "test", "validation", "room", "true", "false", "1", "0", "Draw", "Upload", "Camera", "loss",
    "accuracy", "epoch", "log", "matrix", "difference", "counts", "One digit", "Examples", "0–255", "noise", "rotation",
    "any", "none", "all", "5,30", "30,5", "3-3", "1-2-3", "nines", "Fewest pixels", "What if", "Distort it", "Inside",
    "margin",
    link.text(None, {"brush": 20, "strokes": [[[70, 50], [200, 200]]]}),
]  # fmt: skip
WRONG = ["", " ", ",", "-", "nan", "inf", "-1", "1e309", "9" * 30, "²", "٣", "%00", "\x00", "../..", "x" * 5000, LURE]
values = st.one_of(
    st.sampled_from(RIGHT), st.sampled_from(WRONG), st.integers().map(str), st.floats().map(str),
    st.text(max_size=20), st.lists(st.integers(-1, 99).map(str), max_size=4).map(",".join),
)  # fmt: skip
links = st.dictionaries(
    st.one_of(st.sampled_from(KEYS), st.text(max_size=5)),
    st.one_of(values, st.lists(values, min_size=1, max_size=3)),
    max_size=12,
)


@pytest.fixture(scope="module", autouse=True)
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The flagships alone, asked about a few digits distorted, so that nothing takes longer than it must; a saved
    slice."""
    some, folder = robustness.digits(), tmp_path_factory.mktemp("models")
    for name in ("dnn", "cnn"):
        shutil.copytree(MODELS / name, folder / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITLAB_MODELS", str(folder))
        few = replace(some, **{name: getattr(some, name)[::50] for name in ("indices", "images", "labels")})
        patch.setattr(robustness, "digits", lambda: few)
        patch.setattr(robustness, "COUNT", len(few.labels))
        (MODELS / ".cache").mkdir(exist_ok=True)  # with the models' answers, which take seconds
        (folder / ".cache").symlink_to(MODELS / ".cache")
        slices.save("nines", "validation", [1, 2, 3])
        yield


def open_link(page: str, link: dict[str, str | list[str]]) -> AppTest:
    app = AppTest.from_file(str(REPOSITORY / page), default_timeout=PATIENCE_S)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, (page, link)
    return app


def test_the_names_of_controls_are_found():
    some = {
        "source",
        "left",
        "section",
        "quantity",
        "slice",
        "digit",
        "drawing",
        "unit",
        "confidence",
        "label",
        "given",
    }
    assert some <= set(KEYS)


@pytest.mark.parametrize("value", ["", "x"])
@pytest.mark.parametrize("page", PAGES)
def test_a_link_with_the_same_value_for_everything_opens_the_page(page, value, no_mnist):
    open_link(page, dict.fromkeys(KEYS, value))


@pytest.mark.parametrize("section", ["Examples", "Averages", "One digit"])
def test_a_link_without_values_opens_every_section_of_the_dataset(section, no_mnist):
    open_link("pages/explore/dataset.py", {**dict.fromkeys(KEYS, ""), "section": section})


@given(page=st.sampled_from(PAGES), link=links)
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_any_link_opens_the_page(no_mnist, page, link):
    open_link(page, link)


@pytest.mark.attack
@pytest.mark.parametrize("page", PAGES)
@given(link=links)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_thousands_of_links_open_the_page(no_mnist, page, link):
    open_link(page, link)
