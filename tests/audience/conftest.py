import pytest

from digitlab import audience


@pytest.fixture(autouse=True)
def nothing_yet():
    for one in (audience.wall, audience.board):
        one.cache_clear()
    yield
    for one in (audience.wall, audience.board):
        one.cache_clear()
