"""Marks sentences for translation and writes numbers, as `digitlab.language` does for every room."""

from digitlab.language import N_, gettext, ngettext, numeral, pgettext

__all__ = ["N_", "gettext", "ngettext", "numeral", "pgettext"]
