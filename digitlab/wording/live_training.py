"""The training that a lecture watches, and what becomes of its challenger."""

from __future__ import annotations

from digitlab.analysis.comparison import Comparison
from digitlab.jobs import Status
from digitlab.models import store
from digitlab.wording.answers import per_cent
from digitlab.wording.comparison import verdict
from digitlab.wording.language import gettext as _
from digitlab.wording.parts import duration
from digitlab.wording.trainings import message


def page() -> dict[str, str]:
    """The words that `train.js` uses, by name."""
    return {
        "train_start": _("start the training"),
        "train_discard": _("throw the running training away"),
        "train_promote": _("promote the challenger"),
        "train_keep": _("keep the model in service"),
        "train_roll_back": _("back to the version before, or forth again"),
        "invite": _("Press S: the {network} learns from nothing, in about {seconds} seconds."),
        "ready_to_learn": _("In a moment, the {network} learns from nothing, in about {seconds} seconds."),
        "starting": _("Starting …"),
        "epoch": _("epoch"),
        "in_training": _("accuracy in training"),
        "on_validation": _("on held-out digits"),
        "in_service": _("in service"),
        "decide": _("P: promote · K: keep the model in service"),
        "decide_really": _("P: yes, promote · K: keep the model in service"),
        "undo_promotion": _("B: back to the version before"),
    }


def shown(model: str) -> str:
    """A model's name as the hall knows it."""
    return model.upper() if model in store.FLAGSHIPS else model


def headline(status: Status, decided: str | None) -> str:
    """What the job is doing, or how it ended.

    Args:
        status: of the job.
        decided: what has become of its challenger, in words; None if that still waits, or there is none.
    """
    if not status.active:
        return decided or _("{network}: {message}").format(network=shown(status.network), message=message(status))
    epochs = status.recipe["epochs"]
    where = {
        "queued": _("{network} waits for a machine that trains"),
        "training": _("{network} learns: epoch {epoch} of {epochs}, {digits:,} digits in each"),
        "paused": _("{network} pauses in epoch {epoch} of {epochs}"),
    }.get(status.state, _("{network}: {message}"))
    return where.format(
        network=shown(status.network), message=message(status), digits=status.train, epochs=epochs,
        epoch=min(len(status.history) + 1, epochs),
    )  # fmt: skip


def left(status: Status) -> str:
    """How long a running training still takes; empty where that is not known."""
    if status.left_s is None or not status.active:
        return ""
    return _("ready in about {left}").format(left=duration(status.left_s))


def reads_right(accuracy: float, *, validation: bool) -> str:
    """The newest accuracy."""
    said = _("right on {share} of the held-out digits") if validation else _("right on {share} of the training digits")
    return said.format(share=per_cent(accuracy))


def comparing(name: str) -> str:
    """While the challenger is compared."""
    return _("The new {name} is compared with the one in service …").format(name=shown(name))


def compared(name: str, comparison: Comparison) -> list[str]:
    """Both models on the same digits, and whether that is a difference."""
    return [
        _("In service: {before} · The new {name}: {after}, on the same {count:,} held-out digits").format(
            before=per_cent(comparison.before_summary.accuracy), after=per_cent(comparison.after_summary.accuracy),
            name=shown(name), count=comparison.before_summary.count,
        ),
        verdict(comparison),
    ]  # fmt: skip


def unopposed(name: str, accuracy: float) -> list[str]:
    """What is known of a challenger if no whole version of the model is in service."""
    return [
        _("The new {name} is right on {accuracy} of the held-out digits. No whole version of it is in service.").format(
            name=shown(name), accuracy=per_cent(accuracy)
        )
    ]


def meaning(name: str) -> str:
    """What promoting a challenger means, for whoever has to confirm it."""
    if name in store.FLAGSHIPS:
        return _(
            "From the next stroke on, the new {name} answers every phone, the stage and every open window."
        ).format(name=shown(name))
    return _("From now on, the new {name} answers in every window in which {name} is chosen.").format(name=name)


def promoted(name: str) -> str:
    """After a promotion."""
    return _("The new {name} is in service.").format(name=shown(name))


def kept(name: str) -> str:
    """After a challenger was dismissed."""
    return _("The challenger is gone; {name} is as before.").format(name=shown(name))


def rolled_back(name: str) -> str:
    """After going back to the version before."""
    return _("{name} answers as the version before did.").format(name=shown(name))


def none_waits() -> str:
    """To a presenter who decides about a challenger where there is none."""
    return _("No challenger waits.")


def nothing_before() -> str:
    """To a presenter who goes back to a version that does not exist."""
    return _("There is no version before.")
