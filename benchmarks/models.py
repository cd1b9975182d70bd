"""Accuracy and size of every model in models/, and the accuracy that the flagships must reach.

    python -m benchmarks.models

Runs every model over the 10,000 test digits again; needs full MNIST.
"""

from __future__ import annotations

from digitlab import serving
from digitlab.analysis import evaluation
from digitlab.data import mnist
from digitlab.models import store
from digitlab.serving import quiet

LEAST_ACCURACY = {"dnn": 0.989, "cnn": 0.994}
FOLDER_MB, ALL_MB = 10, 60


def main() -> None:
    test = mnist.load().test
    assert test is not None
    images, total_mb = test.scaled(), 0.0
    print(f"{'model':<12} {'test':>8} {'at least':>9} {'loss':>7} {'F1':>7} {'folder MB':>10}")
    for name in store.names():
        with quiet():
            answers = serving.load(name).answer(images)
        summary = evaluation.summarise(answers.probabilities, test.labels)
        folder_mb = sum(file.stat().st_size for file in (store.folder() / name).iterdir()) / 1e6
        total_mb += folder_mb
        least = f"{LEAST_ACCURACY[name]:.1%}" if name in LEAST_ACCURACY else "-"
        print(
            f"{name:<12} {summary.accuracy:>8.2%} {least:>9} {summary.loss:>7.4f} {summary.f1:>7.4f} {folder_mb:>10.2f}"
        )
    print(f"all of models/: {total_mb:.1f} MB, at most {ALL_MB}; a folder at most {FOLDER_MB}")


if __name__ == "__main__":
    main()
