"""The app's process: light, and with one door to the models. Who may import whom is checked by import-linter."""

import ast
import re
import subprocess
import sys

import pytest

from digitlab.settings import REPOSITORY
from tests.browser.every_page import PAGES
from tests.patience import PATIENCE_S

SOURCES = sorted(
    path for pattern in ("app.py", "pages/**/*.py", "digitlab/**/*.py") for path in REPOSITORY.glob(pattern)
)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_only_the_store_touches_models(path):
    assert path.name in {"store.py", "settings.py"} or "models_dir" not in path.read_text(encoding="utf-8")


ROOMS = sorted(path.parent for path in (REPOSITORY / "digitlab").glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_may_import(room):
    said = (ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or "").partition(
        "May import: "
    )
    assert said[2]
    if said[2].startswith("every room but"):
        return
    imported = {
        f"{node.module}.{name.name}".split(".")[1]
        for path in room.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "digitlab"
        for name in node.names
    }
    assert imported - {room.name, "language"} <= set(re.findall(r"\w+", said[2]))


def test_app_draws_and_answers_without_tensorflow():
    script = """
import sys
from streamlit.testing.v1 import AppTest
from tests import drawings
app = AppTest.from_file("app.py", default_timeout=180)
app.session_state["drawing"] = drawings.png(drawings.canvas(7))
app.run()
assert not app.exception, app.exception
assert "Both say 7" in "".join(element.proto.body for element in app.get("html")), "no answer"
print(sorted({"tensorflow", "keras", "sklearn"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_every_page_is_photographed_and_checked_for_accessibility():
    written = {path.stem.replace("_", "-") for path in REPOSITORY.glob("pages/*/*.py")}
    assert set(PAGES) == written - {"draw"} | {"home"}
