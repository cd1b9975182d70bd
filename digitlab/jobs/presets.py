"""Ready-made recipes for a network: a demo for the lecture hall, the network's published recipe, one for accuracy."""

from __future__ import annotations

from digitlab.jobs.speed import Speed
from digitlab.language import N_
from digitlab.networks import Recipe

DEMO, PUBLISHED, BEST = N_("20-second demo"), N_("as published"), N_("best")
DEMO_S = 20.0
DEMO_EPOCHS = 3
TAUGHT = 12_800  # digits that a model trains on while it learns a room's handwriting: 200 steps


def demo(speed: Speed, digits: int, *, everything: bool = True) -> Recipe:
    """The demo's recipe, with as many training digits as three epochs can use in 20 seconds from the click to the end.

    Args:
        speed: of this network on this machine, with batches of 64 and without distortion.
        digits: how many there are to train on.
        everything: whether that is all of MNIST; if not, the recipe always names a number, since the training may
            find more digits.
    """
    count = speed.examples_in(DEMO_S, DEMO_EPOCHS, digits)
    return demo_kind().with_changes(examples=None if everything and count == digits else count)


def demo_kind() -> Recipe:
    """The demo's recipe without a number of digits; training speed is measured with it."""
    return Recipe(epochs=DEMO_EPOCHS, batch_size=64, learning_rate=2e-3, schedule="cosine")


def best(published: Recipe) -> Recipe:
    """The flagships' way of training, for any network: distorted digits, warm-up and decay, averaged weights.

    A published recipe that already distorts digits is returned unchanged.
    """
    if published.augment != "none":
        return published
    epochs = max(20, published.epochs)
    return published.with_changes(
        epochs=epochs, batch_size=128, learning_rate=2e-3, schedule="cosine", augment="gentle", augment_end=0.2,
        ema=0.995,
    )  # fmt: skip


def teach(name: str, published: Recipe, digits: int) -> Recipe:
    """A recipe that teaches the model in service a room's handwriting: some steps at a tenth of the usual learning
    rate, with seven digits of MNIST for each one of the room, so that the model does not forget.

    Args:
        name: of the model.
        published: its network's own recipe, whose distortions, other forms and non-digits are kept.
        digits: how many of MNIST's digits there are to train on.
    """
    examples = min(TAUGHT, digits)
    return Recipe(
        epochs=round(TAUGHT / examples), batch_size=64, learning_rate=2e-4, schedule="cosine", start=name, room=0.125,
        augment=published.augment, written=published.written, non_digits=published.non_digits,
        corrupted=published.corrupted, examples=examples,
    )  # fmt: skip
