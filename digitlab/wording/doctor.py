"""What the doctor found, and what to do about it."""

from __future__ import annotations

from digitlab.doctor import Finding
from digitlab.wording import parts
from digitlab.wording.language import gettext, ngettext


def explain(finding: Finding) -> tuple[str, str | None]:
    """What a check found, and what to do about it; None if there is nothing to do."""
    facts = {"count": 0, **finding.facts}
    if "models" in facts:
        facts["models"] = parts.names(facts["models"])
    anew = gettext("Train it anew: python -m digitlab train {model}")
    fetch = gettext("Fetch it on any exploring page, or put mnist.npz at {place}.")
    free = gettext("{free_mb:,.0f} MB free at {folder}.")
    found, remedy = {
        "error": ("{error}", None),
        "settings": ("{error}", gettext("Correct the variable or unset it.")),
        "damaged": ("{error}", anew),
        "changed": (gettext("The model {model} lacks a file or has a changed one."), anew),
        "models": (gettext("{count} in {folder}."), None),
        "unreachable": ("{error}", gettext("Until then, the copy on this machine answers.")),
        "lacking": (gettext("{store} lacks {models}."), gettext("Put them there: python -m digitlab models push")),
        "copied": (
            ngettext(
                "{count} model in {store}, copied to {folder}.", "{count} models in {store}, copied to {folder}.",
                facts["count"],
            ),
            None,
        ),
        "misnamed": ("{error}", gettext("Correct DIGITLAB_MNIST or unset it.")),
        "packaged": (gettext("Full MNIST is not here; {digits:,} packaged digits are."), fetch),
        "not MNIST": ("{error}", fetch),
        "full": (gettext("Full MNIST: {digits:,} digits to train on."), None),
        "unwritable": (
            gettext("{folder} cannot be written."), gettext("Make it, or give this account the right to write.")
        ),
        "displaced": ("{error}", gettext("Make it writable, or name another folder in DIGITLAB_MODELS.")),
        "free": (free, None),
        "too little": (free, gettext("Free some space: a training needs {least_mb} MB.")),
        "no collection": (gettext("No collection yet; the first kept drawing makes {path}."), None),
        "collection": (gettext("{drawings:,} drawings, {labelled:,} of them labelled, at {where}."), None),
        "unusable": (
            "{error}",
            gettext("Start the database, correct DIGITLAB_DATABASE, or move a damaged file away: a new one is made."),
        ),
        "answering": (gettext("The app answers at port {port}."), None),
        "free port": (gettext("Port {port} is free for the app."), None),
        "taken": (
            gettext("Port {port} is taken by something else."),
            gettext("Stop it, or present on another one: python -m digitlab present --port {other}"),
        ),
        "offline": (
            gettext("This machine is not on a network: phones cannot reach it."),
            gettext("Connect it to the audience's network, or open a hotspot."),
        ),
        "open": (gettext("The app answers at {address}:{port}."), None),
        "open without password": (
            gettext("The app answers at {address}:{port}. If it has no password, it is read-only."),
            "python -m digitlab present",
        ),
        "short password": (
            gettext("The password in DIGITLAB_PASSWORD has fewer than {signs} signs, and anybody may guess."),
            gettext("Set a longer one, or none: python -m digitlab present makes one."),
        ),
        "closed": (gettext("This machine is {address}; python -m digitlab present lets the room in there."), None),
        "TensorFlow": (gettext("TensorFlow is installed."), None),
        "no TensorFlow": (
            gettext("TensorFlow is not installed: nothing can be trained."),
            gettext("{install}, with Python 3.11 to 3.13"),
        ),
    }[finding.kind]  # fmt: skip
    return found.format(**facts), remedy and remedy.format(**facts)
