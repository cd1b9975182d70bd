"""What the documentation says is what its commands say."""

from benchmarks import classics


def test_the_classics_are_the_models_that_ship():
    assert classics.TARGET.read_text(encoding="utf-8") == classics.page()
