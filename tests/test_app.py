"""The import rule: app and pages -> ui -> core <- training, and no TensorFlow in the app's process."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from digitlab.settings import REPOSITORY

HEAVY = {"tensorflow", "keras", "tf_keras"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in REPOSITORY.glob(pattern))


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", files("digitlab/*.py", "digitlab/training/*.py"), ids=str)
def test_core_and_training_know_no_screen(path):
    assert not roots(path) & {"streamlit", "streamlit_drawable_canvas"}
    assert not any(name.startswith("digitlab.ui") for name in imports(path))


@pytest.mark.parametrize("path", files("app.py", "pages/**/*.py", "digitlab/ui/*.py", "digitlab/*.py"), ids=str)
def test_only_training_imports_tensorflow(path):
    assert not roots(path) & HEAVY


@pytest.mark.parametrize("path", files("app.py", "pages/**/*.py", "digitlab/**/*.py"), ids=str)
def test_only_the_store_touches_models(path):
    assert path.name in {"store.py", "settings.py"} or "models_dir" not in path.read_text(encoding="utf-8")


def test_app_draws_and_answers_without_tensorflow():
    script = """
import sys
from streamlit.testing.v1 import AppTest
from tests import drawings
app = AppTest.from_file("app.py", default_timeout=30)
app.session_state["drawing"] = drawings.png(drawings.canvas(7))
app.run()
assert not app.exception, app.exception
assert "Both say 7" in "".join(element.proto.body for element in app.get("html")), "no answer"
print(sorted({"tensorflow", "keras", "sklearn", "matplotlib", "mlxtend"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
