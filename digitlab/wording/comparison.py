"""What a challenger gained and lost against the model in service."""

from __future__ import annotations

from digitlab.analysis.comparison import Comparison
from digitlab.wording.language import gettext, numeral


def verdict(compared: Comparison) -> str:
    """The comparison in one sentence."""
    gained, lost = len(compared.gained), len(compared.lost)
    if gained == lost:
        return gettext("As many digits gained as lost ({count}): neither is right more often.").format(count=gained)
    if compared.may_be_chance:
        said = gettext(
            "{gained} gained, {lost} lost: this may be chance. Two equally good models would differ as much in "
            "{odds} of cases."
        )
    elif gained > lost:
        said = gettext(
            "{gained} gained, {lost} lost: the challenger is better. Two equally good models would differ as much in "
            "{odds} of cases."
        )
    else:
        said = gettext(
            "{gained} gained, {lost} lost: the challenger is worse. Two equally good models would differ as much in "
            "{odds} of cases."
        )
    odds = gettext("fewer than 0.1%") if compared.p_value < 0.001 else numeral(compared.p_value, ".1%")
    return said.format(gained=gained, lost=lost, odds=odds)
