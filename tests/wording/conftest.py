"""What is shared by tests of what people read."""

import re
import subprocess
import sys

import pytest
from babel.messages import Catalog, pofile

from digitlab import settings


@pytest.fixture(scope="session")
def extracted(tmp_path_factory) -> Catalog:
    """What `make messages` finds now, and where."""
    file = tmp_path_factory.mktemp("messages") / "digitlab.pot"
    makefile = (settings.REPOSITORY / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    (line,) = re.findall(r"pybabel (extract .*)", makefile)
    options = line.replace("$(LOCALE)/digitlab.pot", str(file)).replace("--no-location", "").split()
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", *options]
    subprocess.run(babel, cwd=settings.REPOSITORY, check=True)
    with file.open("rb") as opened:
        return pofile.read_po(opened)
