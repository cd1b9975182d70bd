"""Explains the glossary's words where each first stands on a page, whatever wrote it: text, a label, a heading, a card.

`glossary.js` finds the words in the page as it stands in the browser; which words, and how they are found, Python says.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Any

import streamlit as st

from digitlab import language
from digitlab.ui import addresses, share, streamlit_inside
from digitlab.ui.component import component
from digitlab.wording import glossary as words
from digitlab.wording.glossary import Term
from digitlab.wording.parts import inert

PAGE = "glossary"  # its address
_component = component(__file__, "terms", streamlit_inside.SCRIPT)


def explain(page: str) -> None:
    """Explain the words of the page that is shown; the glossary's own page explains itself.

    Args:
        page: its address, as the navigation has it.
    """
    if page == PAGE:
        return
    with st.container(key="terms"):
        _component(key="terms_of_page", data=_explained(addresses.name(page), language.current()))


@functools.cache  # a few pages in a few languages; every run of a page needs it
def _explained(page: str, _spoken: str) -> dict[str, Any]:
    """What `glossary.js` needs for a page, in the reader's language."""
    explained = words.on_page(page)
    return {
        "pattern": words.pattern(explained),
        "forms": words.by_form(explained),
        "terms": [[term.id, term.name, term.meaning] for term in explained],
        "words": words.words(),
        "link": f"{PAGE}?term=",
    }


def page(asked: str) -> None:
    """Show all words, first the one that a link asks for.

    Args:
        asked: its id; empty for none, and from an address it may be anything.
    """
    every = words.terms()
    share.heading(words.title(), words.lead())
    if asked:
        chosen = [term for term in every if term.id == asked]
        if chosen:
            st.html(f'<div class="asked-for">{_entries(chosen, "asked-")}</div>')
        else:
            st.info(words.unknown(inert(asked[:40])))
    firsts = [(letter, next(group)) for letter, group in groupby(every, words.letter)]
    links = " ".join(f'<a href="#word-{first.id}">{escape(letter)}</a>' for letter, first in firsts)
    st.html(f'<nav class="letters" aria-label="{escape(words.letters())}">{links}</nav>{_entries(every, "word-")}')


def _entries(terms: Iterable[Term], before: str) -> str:
    """Words and their meanings as HTML; `before` begins the ids of their elements."""
    titles = words.page_titles()
    rows = []
    for term in terms:
        hrefs = {page: "./" if page == "draw" else page for page in term.pages}
        links = ", ".join(f'<a href="{to}" target="_self">{escape(titles[page])}</a>' for page, to in hrefs.items())
        see = f" <small>{words.see(links)}</small>" if links else ""
        rows.append(f'<dt id="{before}{term.id}">{escape(term.name)}</dt><dd>{escape(term.meaning)}{see}</dd>')
    return f'<dl class="glossary">{"".join(rows)}</dl>'
