"""Everything that can go wrong, in one tree.

::

    DigitlabError
    ├── InkError                  this drawing or picture cannot be read as a digit
    │   ├── NothingDrawn          there is no ink
    │   ├── OnlyADot              there is ink, but it is a single dot
    │   ├── PictureTooLarge       over the limit in bytes, in pixels, or in what it takes to read
    │   ├── ReadsOthers           other pictures take the time or the memory at the moment
    │   └── UnreadablePicture     not a picture, truncated, or of an unsupported format
    ├── ModelError
    │   ├── UnknownModel          no such folder in models/
    │   ├── DamagedModel          files missing, cut short or changed, and no other copy answers
    │   ├── InsideMissing         stored without what its layers make of a digit
    │   ├── UnknownLayer          a layer of a kind that cannot be shown
    │   ├── ModelsBusy            another process is swapping models
    │   ├── ModelsUnreachable     the shared store of models cannot be reached, read or written
    │   ├── ModelsNotWritable     the models that ship cannot be copied to the user's folder
    │   └── UnknownNetwork        no such entry in the registry of networks
    ├── DatasetError
    │   ├── MnistUnavailable      there is no local copy, and none can be downloaded
    │   └── MnistDamaged          the copy is not MNIST
    ├── TrainingError
    │   ├── TrainingUnavailable   TensorFlow is not installed, or its process does not start
    │   ├── TrainingRunning       another training runs; one at a time
    │   ├── NothingToKeep         stopped before the first epoch was done
    │   ├── StudyUnavailable      the study of a sweep cannot be read or written
    │   └── ExportFailed          the exported file does not answer as the model does
    ├── DatabaseUnavailable       the database cannot be reached, read or written
    ├── NotAllowed                only the presenter may do this
    ├── Busy                      too much waits already; ask again later
    ├── PortTaken                 another server listens there already
    ├── UnknownSlice              no selection saved under this name
    └── InvalidValue              a setting, an argument or a hyperparameter is out of its range

Messages are whole sentences for the person at the screen: what was expected, what was found, what to do. Pages and the
command line catch `DigitlabError` and show the message; any other exception is a bug.
"""

from __future__ import annotations

from typing import Any

from digitlab.language import N_, gettext


class DigitlabError(Exception):
    """Root of every error that digitlab raises on purpose.

    It is raised with a sentence that `N_` marks for translators, and with the values of its placeholders. `str` gives
    the sentence in the language of whoever asks, which may be in another process or long after.
    """

    def __init__(self, sentence: str = "", **values: Any) -> None:
        super().__init__(sentence)
        self.values: dict[str, Any] = values

    def __str__(self) -> str:
        said = gettext(self.args[0])
        return said.format(**self.values) if self.values else said

    def __reduce__(self) -> tuple[Any, ...]:
        plain = (str, int, float, DigitlabError)  # another library's error may not be for other processes
        values = {name: one if isinstance(one, plain) else str(one) for name, one in self.values.items()}
        return type(self), self.args, {"values": values}


class InkError(DigitlabError):
    """This drawing or picture cannot be read as a digit."""


class NothingDrawn(InkError):
    """There is no ink."""

    def __init__(
        self, sentence: str = N_("There is no ink here. Draw one digit, large and with a clear stroke.")
    ) -> None:
        super().__init__(sentence)


class OnlyADot(InkError):
    """There is ink, but it is a single dot."""

    def __init__(
        self, sentence: str = N_("This is only a dot. Draw one digit, large and with a clear stroke.")
    ) -> None:
        super().__init__(sentence)


class PictureTooLarge(InkError):
    """Over the limit in bytes, in pixels, or in what it takes to read."""


class ReadsOthers(InkError):
    """Other pictures take the time or the memory at the moment."""

    def __init__(self, sentence: str = N_("The server is reading other pictures; try again in a moment.")) -> None:
        super().__init__(sentence)


class UnreadablePicture(InkError):
    """Not a picture, truncated, or of an unsupported format."""


class ModelError(DigitlabError):
    """A model cannot be used."""


class UnknownModel(ModelError):
    """No such folder in `models/`."""


class DamagedModel(ModelError):
    """Files are missing, cut short or changed, and no other copy answers."""


class InsideMissing(ModelError):
    """The model was stored without what its layers make of a digit."""


class UnknownLayer(ModelError):
    """The model has a layer of a kind that cannot be shown."""


class ModelsBusy(ModelError):
    """Another process is swapping models."""


class VersionGone(ModelError):
    """A version of a model has been replaced or dismissed meanwhile."""


class ModelsUnreachable(ModelError):
    """The shared store of models cannot be reached, read or written."""


class ModelsNotWritable(ModelError):
    """The models that ship cannot be copied to the user's folder."""


class UnknownNetwork(ModelError):
    """No such entry in the registry of networks."""


class DatasetError(DigitlabError):
    """MNIST cannot be used."""


class MnistUnavailable(DatasetError):
    """There is no local copy, and none can be downloaded."""


class MnistDamaged(DatasetError):
    """The copy is not MNIST."""


class TrainingError(DigitlabError):
    """A training cannot begin or cannot go on."""


class TrainingUnavailable(TrainingError):
    """TensorFlow is not installed, or its process does not start."""


class TrainingRunning(TrainingError):
    """Another training runs; one at a time."""


class NothingToKeep(TrainingError):
    """Stopped before the first epoch was done."""


class Unfinished(TrainingError):
    """Interrupted after the network was stored, and before all was added that takes long."""


class StudyUnavailable(TrainingError):
    """The study of a sweep cannot be read or written."""


class ExportFailed(TrainingError):
    """The exported file does not answer as the model does."""


class DatabaseUnavailable(DigitlabError):
    """The database cannot be reached, read or written."""


class NotAllowed(DigitlabError):
    """Only the presenter may do this."""


class Busy(DigitlabError):
    """Too much waits already; ask again later."""


class PortTaken(DigitlabError):
    """Another server listens there already."""


class UnknownSlice(DigitlabError):
    """No selection is saved under this name."""


class UnreadableLesson(DigitlabError):
    """The file of a lesson has a mistake."""


class InvalidValue(DigitlabError):
    """A setting, an argument or a hyperparameter is out of its range."""


def first_line(error: BaseException) -> str:
    """The first line of another library's error, without a full stop; the name of its class if it has no message."""
    return (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
