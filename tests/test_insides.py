"""What other libraries keep to themselves is used in one module a library."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitlab.settings import REPOSITORY

INSIDES = {"digitlab/ui/streamlit_inside.py": "Streamlit"}
# Of Streamlit's modules, its documentation knows only the package itself and the type of what `st.container` returns.
PUBLIC = re.compile(r"streamlit(\.delta_generator\.DeltaGenerator)?")
NO_SECRETS = {"_asdict", "_replace", "_exit"}  # of named tuples, and of the module os
MODULES = [REPOSITORY / "app.py", *(REPOSITORY / "pages").rglob("*.py"), *(REPOSITORY / "digitlab").rglob("*.py")]
ELEMENTS = {
    ("digitlab/ui/streamlit_inside.css", "digitlab/ui/streamlit_inside.js"): r"\.st[A-Z]\w+|data-testid",
    ("digitlab/ui/draw/canvas_inside.py",): r"\bdc-\w+|(upper|lower)-canvas|shadowRoot",
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def own_names() -> set[str]:
    """Every private name that digitlab itself gives to something."""
    names = set()
    for node in (node for path in MODULES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.arg(arg=name)
            ):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
    return names


def secrets(path: Path, own: set[str]) -> Iterator[str]:
    """What a module uses that its maker offers to nobody."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                imported = [one.name for one in names]
            case ast.ImportFrom(module=str(module), names=names):
                imported = [f"{module}.{one.name}" for one in names]
            case ast.Attribute(attr=name) if is_private(name) and name not in own | NO_SECRETS:
                yield name
                continue
            case _:
                continue
        for name in imported:
            library = name.split(".")[0]
            is_inside = any(map(is_private, name.split("."))) and library not in ("__future__", "digitlab")
            if is_inside or (library == "streamlit" and not PUBLIC.fullmatch(name)):
                yield name


def test_private_names_of_a_library_stand_in_one_module():
    own = own_names()
    found = {str(path.relative_to(REPOSITORY)): sorted(secrets(path, own)) for path in MODULES}
    strays = {module: names for module, names in found.items() if names and module not in INSIDES}
    assert strays == {}, "Use what the library offers, or move this into the module of INSIDES for that library."
    assert len(set(INSIDES.values())) == len(INSIDES)


@pytest.mark.parametrize("homes", ELEMENTS)
def test_page_elements_that_others_name_stand_in_one_place(homes):
    kinds = {".py", ".js", ".css", ".html"}
    files = [path for path in (REPOSITORY / "digitlab").rglob("*") if path.suffix in kinds]
    names = {str(path.relative_to(REPOSITORY)): re.search(ELEMENTS[homes], path.read_text("utf-8")) for path in files}
    assert {name for name, match in names.items() if match} == set(homes)
