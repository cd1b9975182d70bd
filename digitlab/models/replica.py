"""Keeps this machine's copy of the models and the shared store in step.

`versions` changes the copy as it changes any folder of models. What changed here is sent to the store; what changed
there is fetched. The index that both had when they last agreed (`.shared.json` in the copy) tells which side changed.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from digitlab.errors import DamagedModel, DigitlabError, InvalidValue, ModelsBusy, ModelsUnreachable
from digitlab.language import N_
from digitlab.models import agreement, shared, store
from digitlab.models.lock import changing
from digitlab.models.shared import Index

LOOK_S = 1.0  # between two looks at the store; a changed model answers everywhere within two of these intervals
FIRST_S = 10.0  # how long a starting server waits for the first look before it goes on with the copy it has
ROUNDS = 5  # how many times one call of `settle` tries, if others keep changing the store meanwhile
WORK, WORK_S = ".sharing-", 3600.0  # prefix of folders for work under way; an older folder was left by a killed process
_log = logging.getLogger("digitlab.models")


class Replica:
    """Keeps copy and store in step; each process has one."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}  # by a model's name, the store's mark when the model was last settled
        self._problems: dict[str, DigitlabError] = {}  # by a model's name, or "" for the store itself
        self._answered = False  # whether the store has ever answered
        self._stopped = threading.Event()
        self._looked = threading.Event()

    def begin(self) -> None:
        """Look at the store once a second from now on; return after the first look, or after 10 s without one."""
        self._stopped.clear()
        threading.Thread(target=self._go_on, daemon=True, name="replica").start()
        self._looked.wait(FIRST_S)

    def end(self) -> None:
        """Stop looking at the store."""
        self._stopped.set()

    def problems(self) -> list[str]:
        """What is wrong with the store or with single models in it, in sentences."""
        return list(map(str, self._problems.values()))

    def is_reachable(self) -> bool:
        """Whether the store answered at the last look; False before the first one."""
        return self._answered and "" not in self._problems

    def look(self) -> None:
        """Settle every model that has changed here or in the store; log each problem once."""
        try:
            marks = shared.listing()
        except (ModelsUnreachable, InvalidValue) as error:
            self._tell("", ModelsUnreachable(N_("{error} The last copy stays in service."), error=error))
            return
        self._answered = True
        self._tell("", None)
        for name in sorted({*marks, *_local_names()}):
            if self._seen.get(name) == marks.get(name) and agreement.base(name) == agreement.local(name):
                continue
            try:
                settle(name)
            except (DigitlabError, OSError) as error:
                self._tell(name, ModelsUnreachable(N_("{error} The version here stays in service."), error=error))
                if not isinstance(error, DamagedModel):
                    continue  # try again at the next look; a model damaged in the store only once it has changed there
            else:
                self._tell(name, None)
            self._seen[name] = marks.get(name, "")

    def _go_on(self) -> None:
        _clean()
        while not self._stopped.is_set():
            try:
                self.look()
            except Exception as error:  # whatever went wrong, the next look may succeed
                sentence = N_("The models' store could not be looked at ({kind}: {error}).")
                self._tell("", ModelsUnreachable(sentence, kind=type(error).__name__, error=error))
            self._looked.set()
            self._stopped.wait(LOOK_S)

    def _tell(self, name: str, problem: DigitlabError | None) -> None:
        before = self._problems.pop(name, None)
        if problem is not None:
            self._problems[name] = problem
        if str(problem) != str(before):
            _log.warning("%s", problem or f"{name or 'The models’ store'} is all right again.")


this = Replica()


def push(name: str) -> None:
    """Send what `versions` changed to the store; does nothing where no store is named.

    A failure is logged; the next look of a server or command on this machine tries again.
    """
    if not shared.is_named():
        return
    try:
        settle(name)
    except (DigitlabError, OSError) as error:
        _log.warning("%s is changed on this machine and not yet in the shared store: %s", name, error)


def upload(name: str, place: Path) -> bool:
    """Put a model from outside this copy into the store; the version in service there becomes the previous one.

    Args:
        name: of the model.
        place: folder of a whole version.

    Returns:
        Whether another version was in service.

    Raises:
        DamagedModel: the folder does not hold a whole version.
        InvalidValue, ModelsUnreachable: as `shared.listing`.
    """
    version = agreement.version_in(place)
    if not agreement.is_whole(version):
        raise DamagedModel(N_("There is no whole model {name} in {folder}."), name=name, folder=place.parent)
    shared.send(name, version, place)
    try:  # read only now: an upload takes seconds, in which others may roll back, promote or dismiss
        current, previous, challenger = shared.read_index(name) or Index()
    except DamagedModel:
        current, previous, challenger = Index()
    if version != current:
        previous = current
    shared.write_index(name, Index(version, previous, None if challenger == version else challenger))
    return current not in {None, version}


class _Overtaken(Exception):
    """The store's index changed between reading and writing it."""


def settle(name: str) -> None:
    """Bring copy and store of one model into step.

    Raises:
        DamagedModel: what the store has is not whole; nothing is changed here.
        InvalidValue, ModelsUnreachable: as `shared.listing`.
        ModelsBusy: as `lock.changing`, or others keep changing the model in the store.
    """
    sent: set[str] = set()
    for _try in range(ROUNDS):
        with suppress(_Overtaken):
            _settle_with_store(name, sent)
            return
    raise ModelsBusy(N_("{name} keeps changing in {place}."), name=name, place=shared.where())


def _settle_with_store(name: str, sent: set[str]) -> None:
    try:
        stored = shared.read_index(name)
        if stored is None and agreement.base(name) is not None:
            raise ModelsUnreachable(N_("{place} has no {name} any more."), place=shared.where(), name=name)
        _settle(name, stored, sent)
    except DamagedModel:  # if the copy has changed, its version replaces the damaged one
        if not _settle(name, agreement.base(name), sent, is_read=False):
            raise


def _settle(name: str, stored: Index | None, sent: set[str], *, is_read: bool = True) -> bool:
    """Bring copy and store of one model into step, given the store's index.

    Args:
        name: of the model.
        stored: the store's index; None if the store does not have the model.
        sent: versions known to be in the store even if `stored` does not name them; those sent now are added.
        is_read: `stored` was read from the store, and is read again before the index is written.

    Returns:
        Whether a new index was written to the store.

    Raises:
        _Overtaken: the store's index has changed since it was read.
    """
    before = stored or Index()
    with _work() as work:
        with changing():
            base, copy = agreement.base(name), agreement.local(name)
            wanted = agreement.merged(base, copy, stored)
            ours = {version: place for version, place in agreement.by_version(name).items() if version in wanted}
            unsent = {version: shutil.copytree(place, work / version) for version, place in ours.items()
                      if version not in {*before, *sent}}  # fmt: skip
        for version in filter(agreement.is_whole, {*wanted} - {*copy}):
            shared.fetch(name, version, work / version)
        if wanted != before:
            for version, place in unsent.items():
                shared.send(name, version, place)
                sent.add(version)
            if is_read and shared.read_index(name) != stored:  # sending and fetching take seconds
                raise _Overtaken
            shared.write_index(name, wanted)
            shared.tidy(name, wanted)
        with changing():
            if (base, copy) == (agreement.base(name), agreement.local(name)):  # otherwise the next look settles it
                agreement.exchange(name, wanted, work)
    return wanted != before


@contextmanager
def _work() -> Iterator[Path]:
    store.folder().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=store.folder()))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clean() -> None:
    """Remove the work folders that killed processes left."""
    for work in store.folder().glob(f"{WORK}*"):
        with suppress(OSError):  # its own process, or another one that cleans up, may remove it meanwhile
            if time.time() - work.stat().st_mtime > WORK_S:
                shutil.rmtree(work, ignore_errors=True)


def _local_names() -> set[str]:
    challengers = store.folder() / ".challengers"
    waiting = {entry.name for entry in challengers.iterdir()} if challengers.is_dir() else set()
    return {*store.names(), *filter(store.is_name, waiting)}
