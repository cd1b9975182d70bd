"""Marks sentences for translation and writes numbers, as `digitlab.language` does for every room."""

from digitlab.language import N_, NP_, gettext, ngettext, numeral, pgettext

__all__ = ["NP_", "N_", "gettext", "ngettext", "numeral", "pgettext"]
