"""Marks sentences for translation, and will translate them; for now, digitlab speaks English.

Babel finds the marked sentences (`pybabel extract`), so each is a whole sentence in one string, with named
placeholders, and the mark is not inside an f-string, where Babel does not see it:

    gettext("{model} knew it was a {digit} from {share} on.").format(model="CNN", digit=4, share="60%")
    ngettext("There is {count} digit.", "There are {count} digits.", count).format(count=count)
"""

from __future__ import annotations

import gettext as catalogues

_catalogue = catalogues.NullTranslations()


def gettext(sentence: str) -> str:
    """A sentence in the language of the reader, with its placeholders."""
    return _catalogue.gettext(sentence)


def ngettext(one: str, several: str, count: int) -> str:
    """A sentence about a number of things in the language of the reader: its form for that number."""
    return _catalogue.ngettext(one, several, count)
