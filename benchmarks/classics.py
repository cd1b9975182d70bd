"""Compares reported and reached accuracy for every network of the registry: writes docs/classics.md.

    python -m benchmarks.classics

Figures come from the models in models/, as trained by `python -m digitlab train NAME`.
"""

from __future__ import annotations

from pathlib import Path

from digitlab.networks import NETWORKS
from digitlab.serving import store

TARGET = Path("docs/classics.md")
HEAD = """\
# The classics

Networks of small, well-known MNIST projects, trained here as their authors described them, on 55,000 digits, without
distortions, by `python -m digitlab train NAME`. For comparison, the table also has digitlab's own `dnn` and `cnn`,
which do train on distorted digits, LeNet-5 and a small residual network. The epoch is chosen by the 5,000 validation
digits; the 10,000 test digits are used only for the figures here. `python -m benchmarks.classics` writes this page.

| name | network | parameters | reported (train / test) | reached (train / test) | loss | F1 | seconds |
|---|---|---|---|---|---|---|---|
"""
FOOT = """
Training accuracy is the mean over the kept epoch, with dropout. Seconds were measured on 2 cores that did other work as
well. Loss and F1 refer to the test digits.
"""


def main() -> None:
    lines = []
    for name, network in NETWORKS.items():
        if name not in store.names():
            raise SystemExit(f"{name} is not in models/: python -m digitlab train {name}")
        run = store.read(name).run
        test = run["metrics"]["test"]
        best = next(epoch for epoch in run["history"] if epoch["number"] == run["best_epoch"])
        lines.append(
            f"| `{name}` | {network.summary} | {run['parameters']:,} | {network.reported or '-'} "
            f"| {best['accuracy']:.2%} / {test['accuracy']:.2%} | {test['loss']:.4f} | {test['f1']:.4f} "
            f"| {run['duration_s']:.0f} |\n"
        )
    TARGET.write_text(HEAD + "".join(lines) + FOOT, encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
