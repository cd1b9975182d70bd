"""Sentences that a training has stored in English, in its status or in `run.json`, for whoever reads them later.

Its process knows no reader. So the sentences are recognised here, with what stands in their placeholders.
"""

from __future__ import annotations

import functools
import re

from digitlab import language
from digitlab.language import N_, gettext, numeral

SENTENCES = (
    N_("Starting."),
    N_("Building the network."),
    N_("Training."),
    N_("Exporting."),
    N_("Evaluating."),
    N_("Ready."),
    N_("Paused."),
    N_("Waiting for a machine that trains."),
    N_("Discarded before it began."),
    N_("Discarded. The model in service is as before."),
    N_("Interrupted in the terminal."),
    N_("The database did not come back."),
    N_("The database was away, and another training began meanwhile."),
    N_("Nothing was replaced."),
    N_("It ended with an error of its own ({error})."),
    N_("The training of {network} was killed (or the disk is full). No model is harmed."),
    N_("Stopped before the first epoch was done: there is nothing to keep."),
    N_("Stopped on request after {reached} of {epochs} epochs."),
    N_("Stopped early after {reached} of {epochs} epochs: validation loss got no better."),
    N_("The loss became NaN in the first epoch: learning_rate {rate} is too large. Try {less}."),
    N_("The loss became NaN in epoch {epoch}, so training ended there: learning_rate {rate} is too large. Try {less}."),
    N_("It waits as a challenger beside the model in service."),
    N_("It is in service as {name}; the version before is kept to roll back to."),
    N_("{ended} of {trials} trials; lowest validation loss {loss}, trial {number}"),
    N_("{ended} of {trials} trials"),
)
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?(e[-+]?\d+)?", re.ASCII)


def translated(text: str) -> str:
    """A text that a training has stored, with its sentences in the language of the reader as far as they are known."""
    if language.current() == "en":
        return text
    for sentence, pattern in _patterns():
        if found := pattern.search(text):
            parts = found.groupdict()
            given = {name: numeral(part) if _NUMBER.fullmatch(part) else part for name, part in parts.items()}
            said = gettext(sentence).format(**given)
            text = f"{text[: found.start()]}{said}{text[found.end() :]}"
    return text


@functools.cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for sentence in SENTENCES:
        parts = re.split(r"\{(\w+)\}", sentence)
        pattern = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
        found.append((sentence, re.compile(rf"(?<!\S){pattern}(?=\s|$)")))
    return found
