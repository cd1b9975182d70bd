"""What the rules of `analysis/hints.py` have found, and what to do about it."""

from __future__ import annotations

from digitlab.analysis.hints import Hint
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext
from digitlab.wording.parts import certainty


def said(hint: Hint) -> str:
    """A hint in words."""
    numbers = dict(hint.numbers)
    if hint.rule == "never_wrong":
        numbers |= {"least": certainty(numbers["least"]), "one_in": 1 / numbers["most"]}
        sentence = ngettext(
            "Not one answer that is {least} sure or more is wrong, but there is only {count:,} of them.",
            "All {count:,} answers that are {least} sure or more are right. That does not make them certain: it rules "
            "out, at 95%, that more than one in {one_in:,.0f} such answers is wrong.",
            numbers["count"],
        )
    else:
        sentence = {
            "broken": _("The loss is no number any more: the learning rate, {rate:g}, is too high. Try {less:g}."),
            "diverging": _(
                "The loss rises instead of falling: it is {loss:.2f} nats now, and guessing has {guessing:.2f}. The "
                "learning rate, {rate:g}, is too high; try {less:g}."
            ),
            "crawling": _(
                "The loss hardly falls: it is {loss:.2f} nats, and guessing has {guessing:.2f}. The learning rate, "
                "{rate:g}, is below the network's own, {usual:g}: at this pace it takes very long."
            ),
            "overfitting": _(
                "It begins to learn by heart: since epoch {epoch}, validation loss has risen from {least:.3f} to "
                "{last:.3f} while training loss goes on falling. More digits, dropout or distortion help, or stopping."
            ),
            "prunes_everything": _(
                "All {count} trials after the first were pruned: none keeps up with the published settings. More "
                "epochs per trial show those that start slowly; or the published settings are hard to beat."
            ),
            "too_few": _(
                "{right:,} of {count:,} are too few to say much: on new digits, the share could be anything from "
                "{low:.0%} to {high:.0%}."
            ),
            "within_chance": _(
                "With {lost} lost, {needed} gained would be more than chance; there are {gained}. A longer training, "
                "or more digits to compare on, can tell."
            ),
            "small_drawing": _("This is small. Drawn larger, it shows better what you mean."),
        }[hint.rule]
    return sentence.format(**numbers)
