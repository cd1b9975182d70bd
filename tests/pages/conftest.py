import functools
from collections.abc import Iterator

import pytest
import streamlit
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner


@pytest.fixture(params=["packaged", pytest.param("full", marks=pytest.mark.mnist)])
def source(request: pytest.FixtureRequest) -> str:
    """Which digits there are: without full MNIST those that ship, and with it all of them."""
    request.getfixturevalue({"packaged": "no_mnist", "full": "full_mnist"}[request.param])
    return request.param


@pytest.fixture(scope="package", autouse=True)
def pages_run_as_in_the_app() -> Iterator[None]:
    """Not held up by what the tests' process does and the app's does not.

    Every `AppTest` looks for components in all installed packages, which takes longer than most pages do. And once
    other tests have loaded Keras, every script run ends with a search for garbage of up to a second, for its session.
    """
    with pytest.MonkeyPatch.context() as patch:
        found = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        patch.setattr(streamlit, "page_link", lambda *_, **__: None)  # a page that runs alone knows no others
        yield
