from tests.packaging.conftest import installed, wheel  # noqa: F401 - what an image holds
