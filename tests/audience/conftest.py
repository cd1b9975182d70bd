import pytest

from digitlab import audience


@pytest.fixture(autouse=True)
def empty_wall():
    audience.wall.cache_clear()
    yield
    audience.wall.cache_clear()
