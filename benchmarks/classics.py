"""Compares reported and reached accuracy for every network of the registry: writes docs/classics.md.

    python -m benchmarks.classics

Figures come from the models in models/, as trained by `python -m digitlab train NAME`.
"""

from __future__ import annotations

from pathlib import Path

from digitlab.models import store
from digitlab.networks import NETWORKS

TARGET = Path("docs/classics.md")
HEAD = """\
# The classics

Networks of small, well-known MNIST projects, trained here as their authors described them, on 55,000 digits, without
distortions, by `python -m digitlab train NAME`. For comparison, the table also has digitlab's own `dnn` and `cnn`,
which do train on distorted digits, LeNet-5 and a small residual network. The epoch is chosen by the 5,000 validation
digits; the 10,000 test digits are used only for the figures here. `python -m benchmarks.classics` writes this page from
the models in `models/`, which were trained by digitlab {version}{exception}.

| name | network | parameters | reported (train / test) | reached (train / test) | afterwards | loss | F1 | seconds |
|---|---|---|---|---|---|---|---|---|
"""
FOOT = """
Authors report the training accuracy that Keras shows: the mean over an epoch while the network still learns, with
dropout. "Reached" gives the same, for the epoch that was kept. "Afterwards" is the accuracy of the finished network on
the {digits:,} training digits, undistorted and without dropout. Loss and F1 refer to the test digits. F1 is the mean
over the ten digits weighted by how often each occurs, as in the one report that gives it (`cnn-32-64`: 0.9926).
Seconds were measured on 2 cores that did other work as well.
"""


def main() -> None:
    TARGET.write_text(page(), encoding="utf-8")
    print(TARGET)


def page() -> str:
    """The page, in Markdown.

    Raises:
        SystemExit: a network is not in models/.
    """
    lines, trained_by = [], {}
    for name, network in NETWORKS.items():
        if name not in store.names():
            raise SystemExit(f"{name} is not in models/: python -m digitlab train {name}")
        run = store.read(name).run
        trained_by[name] = run["versions"].get("digitlab")
        test, after = run["metrics"]["test"], run["metrics"]["training"]
        best = next(epoch for epoch in run["history"] if epoch["number"] == run["best_epoch"])
        lines.append(
            f"| `{name}` | {network.summary} | {run['parameters']:,} | {network.reported or '-'} "
            f"| {best['accuracy']:.2%} / {test['accuracy']:.2%} | {after['accuracy']:.2%} | {test['loss']:.4f} "
            f"| {test['weighted_f1']:.4f} | {run['duration_s']:.0f} |\n"
        )
    version = " and ".join(sorted(set(filter(None, trained_by.values()))))
    others = [f"`{name}`" for name, by in trained_by.items() if by is None]
    exception = f" ({' and '.join(others)} by the version before)" if others else ""
    return HEAD.format(version=version, exception=exception) + "".join(lines) + FOOT.format(digits=after["count"])


if __name__ == "__main__":
    main()
