import functools
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from streamlit import config

from digitlab import settings
from digitlab.access import Visitor
from digitlab.collection import journal
from digitlab.data import mnist
from digitlab.errors import MnistUnavailable
from tests import postgres
from tests.patience import PATIENCE_S
from tests.postgres import postgresql  # noqa: F401 - a fixture for all tests
from tests.s3 import bucket, s3_server  # noqa: F401 - fixtures for all tests
from tests.startup import sitecustomize

MODELS = settings.REPOSITORY / "models"

# Under CI, Hypothesis does the same, and tries the same examples every time.
if not os.environ.get("CI"):
    hypothesis.settings.register_profile(
        "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("patient")
# Of what somebody has set for their own app, tests take only where they find what they need.
for name in [one for one in os.environ if one.startswith("DIGITLAB_")]:
    if name not in {"DIGITLAB_MNIST", "DIGITLAB_CHROMIUM"}:
        del os.environ[name]
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(Path(sitecustomize.__file__).parent), os.environ.get("PYTHONPATH")])
)


def _no_mnist() -> str | None:
    try:
        mnist.load(download=False)
    except MnistUnavailable as error:
        return str(error)
    return None


def _no_nginx() -> str | None:
    from benchmarks import cluster

    return None if cluster.nginx() else cluster.NO_NGINX


# What not every machine has, by marker: the fixture that needs it, and why it cannot be had here, or None if it can.
# A test is skipped by its marker alone. If it has none and what it needs is missing, it fails.
NEEDS = {
    "mnist": ("full_mnist", functools.cache(_no_mnist)),
    "postgres": ("postgresql", lambda: None if postgres.programs() else postgres.MISSING),
    "nginx": ("nginx", _no_nginx),
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they need. Fast tests first: those of the rooms, then pages, trainings, and the
    browser's with its longest in front. Attacks take minutes, and run only if they are asked for; of these, the many
    short ones of pages come last."""
    is_attack = "attack" in config.option.markexpr
    if not is_attack:
        items[:] = [item for item in items if item.get_closest_marker("attack") is None]
    for item in items:
        for marker, (fixture, _) in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)

    def place(item: pytest.Item) -> tuple[bool, bool, bool, bool]:
        is_browser = item.get_closest_marker("browser") is not None
        is_training = item.get_closest_marker("training") is not None
        return is_browser, is_training, "pages" in item.path.parts, item.path.name != "test_retrain.py"

    def place_of_attack(item: pytest.Item) -> tuple[bool, bool]:
        return "pages" in item.path.parts, item.get_closest_marker("training") is None

    items.sort(key=place_of_attack if is_attack else place)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (_, missing) in NEEDS.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            pytest.skip(reason)


@pytest.fixture
def own_garbage() -> Iterator[None]:
    """Of what a test times, the garbage collector looks only through what that test makes: it takes a second to look
    through all that the tests before have left."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the two flagships that a test may damage."""
    folder = tmp_path / "models"
    for name in ("dnn", "cnn"):
        shutil.copytree(MODELS / name, folder / name)
    monkeypatch.setenv("DIGITLAB_MODELS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def at_the_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pages tested without a browser have no connection to tell who asks: somebody at this machine, with an empty
    collection."""
    monkeypatch.delenv("DIGITLAB_PASSWORD", raising=False)
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{tmp_path}/collection.sqlite")
    place = journal.place
    monkeypatch.setattr(journal, "place", lambda: tmp_path / place().name)
    monkeypatch.setattr("digitlab.collection.keeper._keepers", {})
    monkeypatch.setattr("digitlab.collection.keeper.WAIT_S", PATIENCE_S)  # on a busy machine, keeping takes long
    monkeypatch.setattr("digitlab.audience.shared_wall.WAIT_S", PATIENCE_S)
    here = Visitor("test", "127.0.0.1", {"Host": "127.0.0.1:8501"})
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: here)
    config.set_option("server.address", "127.0.0.1")  # as `digitlab run`


@pytest.fixture
def no_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without full MNIST and without a network."""
    import pooch

    def offline(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.delenv("DIGITLAB_MNIST", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(pooch, "retrieve", offline)


@pytest.fixture(scope="session")
def full_mnist() -> mnist.Mnist:
    return mnist.load(download=False)
