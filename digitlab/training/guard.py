"""The one guard before the modules that need TensorFlow: it says what to install where that is missing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from digitlab import settings
from digitlab.errors import TrainingUnavailable
from digitlab.serving import quiet


def expect_tensorflow() -> None:
    """Check that TensorFlow is installed, before digits are fetched in vain; this does not load it.

    Raises:
        TrainingUnavailable: it is not installed.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise _missing("TensorFlow, which is not installed")


@contextmanager
def importing() -> Iterator[None]:
    """A context in which to import what needs TensorFlow; enter it after everything that can fail sooner.

    Raises:
        TrainingUnavailable: TensorFlow or another package that training needs is not installed.
    """
    try:
        with quiet():
            yield
    except ImportError as error:
        raise _missing(f"TensorFlow and the other packages for training, one of which is missing ({error})") from error


def _missing(what: str) -> TrainingUnavailable:
    return TrainingUnavailable(f"This needs {what}: {settings.how_to_install('train')}, with Python 3.11 to 3.13.")
