"""A job as the training process sees it: this process holds the lock, reports its progress, and obeys requests.

A separate thread writes the status twice a second and looks for requests, so that a discard takes effect whatever the
main thread is busy with.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

import msgspec
import numpy as np

from digitlab import jobs
from digitlab.analysis.film import Film
from digitlab.data import mnist
from digitlab.data.mnist import Mnist
from digitlab.errors import DatabaseUnavailable, DigitlabError, NothingToKeep, TrainingRunning
from digitlab.jobs import Job, processes, speed
from digitlab.models import versions
from digitlab.networks import Recipe
from digitlab.pixels import to_base64, to_bytes, to_shares
from digitlab.training import showcase
from digitlab.training.progress import Batch, Epoch, Observer, Stop

TICK_S = 0.1
WRITE_S = 0.5
POINT_S = 0.3  # shortest time between two points of the live curve
LEAST_SHARE = 0.02  # smallest share of an epoch's batches between two points of the live curve
POINTS = 400  # most points of the live curve; above that, neighbours are merged
GALLERY_S = 0.8
LOCK_S = 2.0  # how long to wait for the lock: `is_running` holds it for a moment when it checks
RETURN_S = 60.0  # how long to wait for a database that went away
NICENESS = 15  # a training gives way to the app that people are drawing in


class Worker(Observer):
    """A context manager around everything a training does; entering raises `TrainingRunning` if another one runs."""

    def __init__(self, job: Job, study: str | None = None) -> None:
        """Prepare a worker; it touches nothing before the context is entered.

        Args:
            job: what it does.
            study: of a sweep, see `jobs.Status`.
        """
        self.status = jobs.Status.of(job, os.getpid(), study=study)
        self.recipe, self.left_out, self.changes = job.recipe, job.left_out, job.changes
        self._replacing = threading.Lock()  # held while a discard must wait
        self._lock = jobs.lock()
        self._over = threading.Event()
        self._written_at = 0.0
        self._want, self._knobs = "train", jobs.Knobs()
        self._is_changed = False  # since the last batch
        self._stepped = 0  # how many of `Knobs.steps` are done
        self._writing = threading.Lock()  # an older status must not be written after a newer one
        self._updating = threading.Lock()  # two threads change the status
        self._start_s = 0.0

    def __enter__(self) -> Worker:
        if not self._lock.take(LOCK_S):
            running = jobs.status()
            who = running.who() if running and running.active else "another training is just starting"
            raise TrainingRunning(f"One training at a time: {who}. Wait for it or stop it.")
        if self.status.origin == "page":
            with suppress(OSError, AttributeError):  # Windows has no niceness
                os.nice(NICENESS)
            with suppress(OSError):
                os.truncate(processes.log_file(), 0)
        try:
            versions.sweep()
            jobs.begin(self.status)
        except BaseException:
            self._lock.release()
            raise
        self._thread = threading.Thread(target=self._attend, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        if isinstance(error, NothingToKeep | KeyboardInterrupt):
            self._end("discarded", str(error) or "Interrupted in the terminal. Nothing was replaced.")
        elif isinstance(error, DigitlabError):
            self._end("failed", str(error))
        elif isinstance(error, OSError):
            self._end("failed", f"{error.strerror or error}. Nothing was replaced.")
        elif error is not None:
            self._end("failed", f"It ended with an error of its own ({kind.__name__ if kind else ''}: {error}).")
        self._lock.release()

    def reading(self, data: Mnist) -> None:
        """Note that the digits have been read."""
        train = self.recipe.examples or len(data.train)
        self._gallery = showcase.choose(data.source)
        self._update(source=data.source, train=train, message="Building the network.")

    def goes_on(self, study: str) -> None:
        """Note the study of a sweep, which is known only after the digits were read, since it depends on them."""
        self._update(study=study)

    def turn_to(self, recipe: Recipe) -> None:
        """Go on with the recipe that a sweep has found; from now on the job is a training like any other."""
        self.recipe = recipe
        self._update(recipe=recipe.as_dict(), started_at=time.time())

    def done(self, message: str, *, promoted: bool) -> None:
        """End the job: the network has been stored, or a sweep found nothing better."""
        if self.status.history:  # none after a sweep that found nothing better
            with suppress(OSError):
                speed.remember(self.status.network, self.recipe, self._clock.measured(self._start_s, self.recipe))
        self._end("done", message, promoted=promoted)

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """A context in which to put a model into service: a discard waits for its end, and entering waits for the lock
        if that is lost."""
        while True:
            with self._replacing:
                if self._lock.is_held():
                    yield
                    return
            time.sleep(TICK_S)

    # The observer's methods, which `fit` and `produce` call.

    def begin(self, batches: int, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        self._answer = answer
        known = speed.recall(self.status.network, self.recipe)
        self._clock = speed.Clock(batches, self.recipe.epochs, known.finish_s if known else speed.FINISH_S)
        self._point = (0, 0.0, 0.0)
        self._point_at = self._gallery_at = 0.0
        self._look()
        self._update(batches=batches)

    def batch(self, done: int, loss: float, accuracy: float) -> None:
        self._clock.batch(done)
        if self.status.state == "preparing":  # only now: until the first batch is through, it could not obey requests
            self._update(state="training", message="Training.")
        self._start_s = self._start_s or time.time() - self.status.started_at
        now = time.monotonic()
        if now - self._point_at > POINT_S or done == self.status.batches:
            self._point_at = now
            self._add_point(done, loss, accuracy)
        if now - self._gallery_at > GALLERY_S:
            self._gallery_at = now
            self._look()
        self._update(batch=done, left_s=self._clock.left_s())
        if self._is_changed:
            self._is_changed, self._written_at = False, 0.0  # somebody waits to see it
        self._obey(between_batches=True)

    def knobs(self) -> jobs.Knobs:
        return self._knobs

    def changed(self, change: jobs.Change) -> None:
        more: dict[str, Any] = {}
        if change.knob == "epochs":
            self._clock.lengthen(int(change.value))
            more = {"recipe": {**self.status.recipe, "epochs": int(change.value)}}
        self._update(changes=[*self.status.changes, msgspec.to_builtins(change)], **more)
        self._is_changed = True

    def seen(self, batch: Batch) -> None:
        pixels = to_base64(to_bytes(batch.images))
        told = jobs.Seen(batch.number, batch.size, pixels, batch.labels.tolist(), batch.answers.tolist(), batch.loss)
        self._update(seen=msgspec.to_builtins(told))
        self._written_at = 0.0

    def filmed(self, film: Film) -> None:
        self._update(film=film.packed())

    def validation_batch(self) -> None:
        self._obey()

    def epoch(self, epoch: Epoch) -> None:
        self._clock.epoch()
        self._point = (0, 0.0, 0.0)
        self._look()
        history = [*self.status.history, dataclasses.asdict(epoch)]
        self._update(history=history, batch=0, left_s=self._clock.left_s())

    def phase(self, name: str) -> None:
        if not self.status.history:
            self._update(state="preparing", message=f"{name}.", left_s=None)
        else:
            self._clock.end()
            self._update(state="finishing", message=f"{name}.", left_s=self._clock.left_s())
        while not self._lock.is_held():
            time.sleep(TICK_S)

    def _obey(self, *, between_batches: bool = False) -> None:
        """Wait as long as somebody wants the training to pause, or this batch of slow motion to be looked at."""
        began = time.monotonic()
        while self._want == "pause" or (between_batches and self._want == "train" and self._lingers(began)):
            if self._want == "pause" and self.status.state != "paused":
                self._update(state="paused", message="Paused.")
            elif self._want != "pause" and self.status.state != "training":
                self._update(state="training", message="Training.")
            time.sleep(TICK_S / 2)
        if self.status.state == "paused":
            self._update(state="training", message="Training.")
        if between_batches:
            if self._knobs.pace != "step":
                self._stepped = self._knobs.steps
            elif self.status.seen is not None:
                self._stepped += 1
            if self._knobs.pace == "full" and self.status.seen is not None:
                self._update(seen=None)
        waited = time.monotonic() - began
        if waited > TICK_S / 4:
            self.paused_s += waited
            self._clock.skip(waited)
        if self._want == "stop" and self.status.state == "training":
            raise Stop

    def _lingers(self, began: float) -> bool:
        """Whether slow motion stays at this batch, which was over at `began`."""
        knobs = self._knobs
        if self.status.seen is None:  # asked for during a batch, whose digits were not noted
            return False
        if knobs.pace == "step":
            return knobs.steps <= self._stepped
        return knobs.pace == "slow" and time.monotonic() - began < knobs.rest_s

    def _add_point(self, done: int, loss: float, accuracy: float) -> None:
        """Add a point to the live curve: the means over the batches since the point before."""
        before, loss_before, accuracy_before = self._point
        share = done - before
        if share < LEAST_SHARE * self.status.batches or not np.isfinite(loss):
            return  # the mean over so few batches would be mostly noise
        mean_loss = max((loss * done - loss_before * before) / share, 0.0)
        mean_accuracy = min(max((accuracy * done - accuracy_before * before) / share, 0.0), 1.0)
        self._point = (done, loss, accuracy)
        place = len(self.status.history) + done / self.status.batches
        curve = [*self.status.curve, [place, mean_loss, mean_accuracy]]
        if len(curve) > POINTS:
            pairs = zip(curve[::2], curve[1::2], strict=False)
            curve = [[b[0], (a[1] + b[1]) / 2, (a[2] + b[2]) / 2] for a, b in pairs]
        self._update(curve=curve)

    def _look(self) -> None:
        """Note what the network says now of the digits in the gallery."""
        chosen = to_shares(mnist.packaged().images[self._gallery])
        answers = np.asarray(self._answer(chosen)).argmax(axis=1).tolist()
        self._update(gallery={"indices": self._gallery.tolist(), "answers": answers})

    # The status, and the thread that looks after it.

    def _update(self, **changes: Any) -> None:
        with self._updating:
            self.status = dataclasses.replace(self.status, **changes)
        if "state" in changes:
            self._written_at = 0.0  # so that the next tick writes the new state

    def _end(self, state: str, message: str, **changes: Any) -> None:
        with self._writing, suppress(OSError, DatabaseUnavailable):  # if it fails, the free lock tells the end
            self._update(state=state, message=message, left_s=None, **changes)
            jobs.write(self.status)

    def _attend(self) -> None:
        while not self._over.wait(TICK_S):
            if not self._lock.is_held():
                self._regain()
            with suppress(DatabaseUnavailable):
                self._want, self._knobs = jobs.asked(self.status.id)
            if self._want == "discard":
                self._discard()
            if time.monotonic() - self._written_at > WRITE_S:
                self._written_at = time.monotonic()
                if self.status.state == "finishing":
                    self._update(left_s=self._clock.left_s())
                with self._writing, suppress(OSError, DatabaseUnavailable):
                    if self.status.active:
                        jobs.write(self.status)

    def _regain(self) -> None:
        """Wait for a database that went away, and the lock with it.

        A training may have taken hours, and most databases come back. So it pauses, and goes on once it has the lock
        again. It ends if another training has begun meanwhile, or after 60 s.
        """
        self._want = "pause"
        problem = "The database did not come back. Nothing was replaced."
        until = time.monotonic() + RETURN_S
        with self._replacing:
            while time.monotonic() < until and not self._over.is_set():
                with suppress(DatabaseUnavailable):
                    if self._lock.take():
                        return
                    # If no other job runs, PostgreSQL has not yet noticed that the old connection is gone.
                    other = jobs.status()
                    if other is not None and other.active and other.pid and other.id != self.status.id:
                        problem = "The database was away, and another training began meanwhile. Nothing was replaced."
                        break
                time.sleep(TICK_S)
            if not self._over.is_set():
                self._end("failed", problem)
                print(f"digitlab: {problem}", file=sys.stderr, flush=True)
                os._exit(2)

    def _discard(self) -> None:
        """End the process at once, whatever the main thread is doing, and remove half-written files."""
        with self._replacing:
            if not self.status.active:
                return
            self._end("discarded", "Discarded. The model in service is as before.")
            with suppress(DigitlabError, OSError):
                versions.sweep()
            os._exit(0)
