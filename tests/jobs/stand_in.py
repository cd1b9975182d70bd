"""Stands in for `python -m digitlab` in processes of its own: a worker that trains nothing, and no TensorFlow.

Holding the lock, telling and obeying are the real `Worker`'s.
"""

import sys
import time
from pathlib import Path

import numpy as np

from digitlab import jobs
from digitlab.errors import DigitlabError
from digitlab.jobs import processes, queue, request
from digitlab.networks import Recipe
from digitlab.training.progress import Epoch, Stop
from digitlab.training.worker import Worker

BATCHES, BATCH_S = 5, 0.01


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.jobs.stand_in", *arguments]


def train(worker: Worker) -> None:
    worker._gallery = np.arange(3)
    worker.begin(BATCHES, lambda images: np.zeros((len(images), 10)))
    try:
        for epoch in range(1, 2000):
            for batch in range(1, BATCHES + 1):
                time.sleep(BATCH_S)
                worker.batch(batch, 1.0, 0.5)
            worker.epoch(Epoch(epoch, 1.0, 0.5, 1.0, 0.5, epoch))
    except Stop:
        pass
    worker.phase("Exporting")
    with worker.replacing():
        worker.done("Stopped on request.", promoted=False)


def main() -> None:
    if sys.argv[1] == "worker":
        processes._command = command
        queue.serve(lambda line: print(line, flush=True))
    is_file = sys.argv[1] == "job"
    job = request.take(Path(sys.argv[2])) if is_file else jobs.Job("train", sys.argv[2], Recipe(epochs=500))
    with Worker(job) as worker:
        train(worker)


if __name__ == "__main__":
    try:
        main()
    except DigitlabError as error:
        sys.exit(f"digitlab: {error}")
