"""What the documentation says is what its commands say, and its links lead somewhere."""

import re

import pytest

from benchmarks import classics
from digitlab import settings

PAGES = [*settings.REPOSITORY.glob("*.md"), *settings.REPOSITORY.glob("docs/**/*.md")]


def test_the_classics_are_the_models_that_ship():
    assert classics.TARGET.read_text(encoding="utf-8") == classics.page()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(settings.REPOSITORY)) for page in PAGES])
def test_links_to_files_lead_to_files(page):
    targets = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []
