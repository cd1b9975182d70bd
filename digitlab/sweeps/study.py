"""A study: the database record of every trial of a sweep, with the chosen values and how the trial went.

Optuna chooses the values and stores the trials: TPE (Bergstra et al., "Algorithms for hyper-parameter optimization",
2011) learns which values do well, Hyperband (Li et al., 2018) prunes trials that fall behind; both look only at the
loss on validation digits. The database is SQLite beside the models, or the PostgreSQL that `DIGITLAB_DATABASE` names.
It holds the whole state of a sweep: workers report every epoch to it, and a sweep that is started again goes on there.
"""

from __future__ import annotations

import functools
import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from digitlab import database, networks, settings
from digitlab.errors import DigitlabError, StudyUnavailable, TrainingUnavailable, first_line
from digitlab.language import N_
from digitlab.networks import Network, Recipe
from digitlab.sweeps import space as spaces
from digitlab.sweeps.space import Choice, Space

if TYPE_CHECKING:
    from pathlib import Path

    import optuna
    from sqlalchemy import URL

DONE = ("finished", "pruned", "failed")
REDUCTION = 3  # Hyperband lets one trial in three go on at each of its rungs
BUSY_S = 60  # how long a worker waits while another one writes
ATTEMPTS = 5  # a trial that has lost its worker this many times has failed
_SCHEMA = "sweeps"  # the PostgreSQL schema of Optuna's tables, apart from digitlab's own


@dataclass(frozen=True)
class Trial:
    """One training of a sweep.

    Attributes:
        number: from 0; trial 0 has the published settings.
        state: "waiting", "running" or one of `DONE`.
        values: the chosen values, by hyperparameter.
        losses: validation loss in nats after each epoch, by epoch from 1.
        loss: validation loss of the epoch whose weights were kept; None unless the trial has finished.
        seconds: how long the trial took; None unless it has ended.
        problem: why the trial failed; None if it did not.
    """

    number: int
    state: str
    values: Mapping[str, Any]
    losses: Mapping[int, float]
    loss: float | None
    seconds: float | None
    problem: str | None


@dataclass(frozen=True)
class Sweep:
    """What is tuned.

    Attributes:
        network: a name in the registry.
        base: the published settings, used for everything that the sweep does not choose.
        space: the hyperparameters that the sweep chooses.
        attempt: 0, or higher for a new start with the same network, settings, space and digits.
        source: which digits, "full" or "packaged", as in `Mnist.source`; losses on different digits cannot be compared.
    """

    network: Network
    base: Recipe
    space: Space
    attempt: int = 0
    source: str = "full"

    @property
    def name(self) -> str:
        """The name of the sweep's study: the same for the same network, settings, space, digits and attempt, so that an
        interrupted sweep can go on."""
        others = [] if self.source == "full" else [self.source]  # so studies older than `source` keep their names
        text = json.dumps([self.base.as_dict(), spaces.as_json(self.space), *others], sort_keys=True)
        mark = hashlib.sha256(text.encode()).hexdigest()[:8]
        return f"{self.network.name}-{mark}" + (f"-{self.attempt}" if self.attempt else "")

    def recipe(self, values: Mapping[str, Any]) -> Recipe:
        """The published settings with the given values in their places."""
        return self.base.with_changes(**values)


class Study:
    """The study of a sweep; it is created on first use."""

    def __init__(self, sweep: Sweep, *, create: bool = True) -> None:
        """Open the study.

        Args:
            sweep: the sweep that the study belongs to.
            create: whether to create the study if it does not exist; a worker must find an existing one.

        Raises:
            StudyUnavailable: the database cannot be used, or lacks the study and `create` is False.
            TrainingUnavailable: Optuna is not installed.
        """
        optuna = _optuna()
        self.sweep = sweep
        with _reporting():
            options = {
                "storage": _storage(),
                "study_name": sweep.name,
                "pruner": optuna.pruners.HyperbandPruner(
                    min_resource=1, max_resource=sweep.base.epochs, reduction_factor=REDUCTION
                ),
            }
            try:  # load first, since creating a study would keep workers from writing
                self._study = optuna.load_study(**options)
            except KeyError:
                if not create:
                    raise StudyUnavailable(
                        N_(
                            "This worker finds no study {name}. Name the same DIGITLAB_DATABASE for the sweep and its "
                            "workers, or on one machine the same DIGITLAB_MODELS."
                        ),
                        name=sweep.name,
                    ) from None
                self._study = optuna.create_study(**options, direction="minimize", load_if_exists=True)
            known = self._study.get_trials(deepcopy=False)
            # With the same seed, a continued sweep would repeat its earlier random choices.
            self._study.sampler = optuna.samplers.TPESampler(seed=sweep.base.seed + len(known), constant_liar=True)
            if "sweep" not in self._study.user_attrs:
                stored = {"base": sweep.base.as_dict(), "space": spaces.as_json(sweep.space), "attempt": sweep.attempt}
                stored |= {"network": sweep.network.name, "source": sweep.source}
                self._study.set_user_attr("sweep", stored)
            if not known:
                published = spaces.settings(sweep.network, sweep.base, sweep.space)
                self._study.enqueue_trial(published, user_attrs={"values": published})  # shown while it waits

    def ask(self) -> Trial:
        """A new trial: one that waits, else one whose values Optuna chooses."""
        with _reporting():
            trial = self._study.ask()
            for name, dimension in self.sweep.space.items():
                if isinstance(dimension, Choice):
                    trial.suggest_categorical(name, dimension.choices)
                elif dimension.whole:
                    trial.suggest_int(name, int(dimension.low), int(dimension.high), log=dimension.log)
                else:
                    trial.suggest_float(name, dimension.low, dimension.high, log=dimension.log)
            return self.trial(trial.number)

    def trials(self) -> list[Trial]:
        """Every trial, in the order of their numbers."""
        with _reporting():
            return [_trial(trial) for trial in self._study.get_trials(deepcopy=False)]

    def trial(self, number: int) -> Trial:
        """The trial with this number."""
        with _reporting():
            return _trial(self._frozen(number))

    def report(self, number: int, epoch: int, loss: float) -> bool:
        """Record the loss after an epoch; return whether the trial should be pruned since it falls too far behind."""
        with _reporting(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a trial that was started again reports its first epochs a second time
            trial = self._running(number)
            trial.report(loss, epoch)
            return epoch < self.sweep.base.epochs and bool(trial.should_prune())  # after the last one it is done anyway

    def tell(self, number: int, state: str, *, loss: float | None = None, problem: str | None = None) -> bool:
        """Record that a trial has ended.

        Args:
            number: of the trial.
            state: one of `DONE`.
            loss: the validation loss of a finished trial.
            problem: why a failed trial failed.

        Returns:
            False if the trial had already ended, which happens when two workers trained it.
        """
        optuna = _optuna()
        kinds = dict(zip(DONE, ("COMPLETE", "PRUNED", "FAIL"), strict=True))
        with _reporting():
            if self._frozen(number).state.is_finished():
                return False
            if problem is not None:
                self._running(number).set_user_attr("problem", problem)
            try:
                self._study.tell(number, loss, state=optuna.trial.TrialState[kinds[state]])
            except (ValueError, RuntimeError):  # another worker has just ended it
                return False
            return True

    def _frozen(self, number: int) -> optuna.trial.FrozenTrial:
        return self._study.get_trials(deepcopy=False)[number]

    def _running(self, number: int) -> optuna.Trial:
        storage = _storage()
        study = storage.get_study_id_from_name(self.sweep.name)
        return _optuna().Trial(self._study, storage.get_trial_id_from_study_id_trial_number(study, number))


def best(trials: Sequence[Trial]) -> Trial | None:
    """The finished trial with the lowest loss; None if no trial has finished."""
    finished = [trial for trial in trials if trial.loss is not None]
    return min(finished, key=lambda trial: (trial.loss, trial.number)) if finished else None


def continued(sweep: Sweep, *, anew: bool) -> Sweep:
    """The attempt at this sweep to go on with: the latest one that the database knows, or a new one if `anew`."""
    name = replace(sweep, attempt=0).name
    attempts = [earlier.attempt for earlier in known() if replace(earlier, attempt=0).name == name]
    last = max(attempts, default=-1)
    return replace(sweep, attempt=last + 1 if anew else max(last, 0))


def importance(study: Study) -> dict[str, float]:
    """The share of the difference between trials that each hyperparameter explains, largest first; they sum to 1.

    Computed by fANOVA (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter importance",
    2014). Empty while fewer than four trials have finished, or if all trials were alike.
    """
    optuna = _optuna()
    if sum(trial.loss is not None for trial in study.trials()) < 4:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    with _reporting():
        try:
            shares = optuna.importance.get_param_importances(study._study, evaluator=evaluator)
        except (RuntimeError, ValueError):
            return {}
    return {name: float(share) for name, share in shares.items()}


def known() -> list[Sweep]:
    """Every sweep in the database, the latest first.

    Raises:
        StudyUnavailable, TrainingUnavailable: as `Study`.
    """
    optuna = _optuna()
    if _address() is None and not settings.load().sweeps_path.is_file():
        return []
    dated = []
    with _reporting():
        for summary in optuna.get_all_study_summaries(storage=_storage()):
            # A study of another program, or with what only a newer version knows, does not hide the others.
            with suppress(DigitlabError, LookupError, TypeError, AttributeError, ValueError):
                sweep = _sweep(summary.user_attrs["sweep"])
                dated.append((summary.datetime_start.timestamp() if summary.datetime_start else 0.0, sweep))
    return [sweep for _, sweep in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _sweep(stored: Mapping[str, Any]) -> Sweep:
    """The sweep that a study belongs to, from what `Study` has stored of it."""
    space, base = spaces.from_json(stored["space"]), Recipe(**stored["base"])
    return Sweep(networks.get(stored["network"]), base, space, int(stored["attempt"]), stored.get("source", "full"))


def _trial(frozen: optuna.trial.FrozenTrial) -> Trial:
    states = {"COMPLETE": "finished", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running", "WAITING": "waiting"}
    state = states[frozen.state.name]
    return Trial(
        frozen.number,
        state,
        dict(frozen.params or frozen.user_attrs.get("values", {})),
        {int(epoch): float(loss) for epoch, loss in sorted(frozen.intermediate_values.items())},
        float(frozen.value) if state == "finished" and frozen.value is not None else None,
        frozen.duration.total_seconds() if frozen.duration else None,
        frozen.user_attrs.get("problem"),
    )


def _storage() -> Any:
    return _opened(_address(), settings.load().sweeps_path)


@functools.lru_cache(maxsize=4)  # opening checks for migrations, which is slow for a page that polls a study
def _opened(address: URL | None, file: Path) -> Any:
    """Optuna's storage; one process at a time opens it, since the first one creates the tables."""
    optuna = _optuna()
    if address is None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_name(f"{file.name}.lock")):
            return optuna.storages.RDBStorage(f"sqlite:///{file}", engine_kwargs={"connect_args": {"timeout": BUSY_S}})
    from sqlalchemy import create_engine, text
    from sqlalchemy.schema import CreateSchema

    engine = create_engine(address, connect_args={"client_encoding": "utf8"})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": _SCHEMA})  # until closed
            connection.execute(CreateSchema(_SCHEMA, if_not_exists=True))
            connection.commit()
            arguments = {"client_encoding": "utf8", "options": f"-csearch_path={_SCHEMA}"}
            return optuna.storages.RDBStorage(
                address.render_as_string(hide_password=False),
                engine_kwargs={"connect_args": arguments, "pool_pre_ping": True},
            )
    finally:
        engine.dispose()


def _address() -> URL | None:
    """The URL of the PostgreSQL that the settings name, or None."""
    return database.address() if database.is_shared() else None


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise TrainingUnavailable(
            N_("A sweep needs Optuna: {install}."), install=settings.how_to_install("train")
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


@contextmanager
def _reporting() -> Iterator[None]:
    """Turn the database's errors into `StudyUnavailable`."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (optuna.exceptions.StorageInternalError, SQLAlchemyError, OSError, ValueError, TypeError) as error:
        raise StudyUnavailable(
            N_(
                "The study cannot be read or written: {error}. Finished trials are kept. Once this is fixed, "
                "for example by making room on the disk, the same command goes on where it was."
            ),
            error=first_line(error.__cause__ or error),
        ) from error
