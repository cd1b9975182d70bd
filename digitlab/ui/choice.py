"""The controls above a page's content: one bar of them, and choices that are always made and that the URL keeps.

Streamlit would keep in the URL what a control shows, which depends on the reader's language. So these controls keep
what their options are called in the code: a link opens the same view in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab.ui import streamlit_inside
from digitlab.wording.language import gettext, pgettext

_DEFAULTS = "_defaults_of_choices"  # in the session: what it means if the URL has no such key
_NAMED = "_choices_in_url"  # in the session: what the URL has had of each key since the last run


def bar() -> DeltaGenerator:
    """The place of a page's controls, in this order: models, digits, what is shown of them, filters."""
    return st.container(horizontal=True, vertical_alignment="bottom", key="bar")


def fold() -> None:
    """Fold a bar on a phone, where its controls would fill the screen; call this before they are shown in it."""
    said = gettext("Choose models and digits")
    st.html(f'<details class="fold"><summary>{escape(said)}</summary></details>')


def word(option: Any) -> str:
    """What a control shows of an option that is marked for translators, or is no word."""
    return gettext(str(option))


def within(context: str) -> Callable[[Any], str]:
    """The same for options that are marked for translators with a context."""
    return lambda option: pgettext(context, str(option))


def one_of(
    label: str,
    options: Iterable[Any],
    *,
    default: Any,
    key: str,
    shown: Callable[[Any], str] = word,
    formerly: Mapping[str, str] | None = None,
    **more: Any,
) -> Any:
    """Show the options side by side and return the chosen one.

    Args:
        label: of the control.
        options: to choose from; the URL has them as `str`.
        default: the option that is chosen at first, and where the URL has the key without a value.
        key: of the control, and of its value in the URL.
        shown: what the control shows of an option.
        formerly: what the URL calls options now, by what older links call them.
        more: passed on to `st.segmented_control`.
    """
    return _chosen(
        st.segmented_control, label, options, default, key, shown, formerly, required=True, wrap=True, **more
    )


def from_list(
    label: str,
    options: Iterable[Any],
    *,
    default: Any,
    key: str,
    shown: Callable[[Any], str] = word,
    formerly: Mapping[str, str] | None = None,
    **more: Any,
) -> Any:
    """The same with a select box; arguments as for `one_of`."""
    return _chosen(st.selectbox, label, options, default, key, shown, formerly, **more)


def perhaps_one_of(
    label: str,
    options: Iterable[Any],
    *,
    key: str,
    shown: Callable[[Any], str] = word,
    formerly: Mapping[str, str] | None = None,
) -> Any:
    """The same with pills, of which none has to be chosen: then it is None; arguments as for `one_of`."""
    return _chosen(st.pills, label, options, None, key, shown, formerly, wrap=True)


def tab(options: Iterable[str], *, key: str, formerly: Mapping[str, str] | None = None) -> tuple[str, DeltaGenerator]:
    """Show a tab for each option; return the open one, and its place. Arguments as for `one_of`."""
    by_label = {gettext(option): option for option in options}
    labels = {option: label for label, option in by_label.items()}
    _begin(key, labels, next(iter(labels)), formerly or {}, labels.__getitem__)
    places = st.tabs(list(by_label), key=key, on_change="rerun")
    opened = by_label[st.session_state[key]]
    _keep(key, opened, next(iter(labels)))
    return opened, places[list(labels).index(opened)]


def absent() -> list[tuple[str, list[str]]]:
    """What it means if the URL does not have the choices that the page shows, by their keys."""
    return [
        (key, [name]) for key, name in st.session_state.get(_DEFAULTS, {}).items() if streamlit_inside.is_shown(key)
    ]


def _chosen(
    control: Callable[..., Any],
    label: str,
    options: Iterable[Any],
    default: Any,
    key: str,
    shown: Callable[[Any], str],
    formerly: Mapping[str, str] | None,
    **more: Any,
) -> Any:
    options = list(options)
    _begin(key, options, default, formerly or {})
    given = control(label, options, key=key, format_func=shown, **more)
    chosen = default if given is None else given
    _keep(key, chosen, default)
    return chosen


def _begin(
    key: str,
    options: Iterable[Any],
    default: Any,
    formerly: Mapping[str, str],
    kept: Callable[[Any], Any] = lambda option: option,
) -> None:
    """Let a control begin with what the URL names if it has just come to the page, or somebody has followed a link;
    `kept` is what its state has of an option."""
    state, options = st.session_state, list(options)
    named = st.query_params.get(key)
    if key not in state or named != state.get(_NAMED, {}).get(key):
        asked = formerly.get(named or "", named)
        state[key] = kept(next((option for option in options if str(option) == asked), default))
    elif state[key] is not None and state[key] not in map(kept, options):
        state[key] = kept(default)


def _keep(key: str, chosen: Any, default: Any) -> None:
    """Let the URL name a choice, unless it is the default."""
    if default is not None:
        st.session_state.setdefault(_DEFAULTS, {})[key] = str(default)
    wanted = None if chosen == default else str(chosen)
    st.session_state.setdefault(_NAMED, {})[key] = wanted
    if st.query_params.get(key) == wanted:
        return
    if wanted is None:
        st.query_params.pop(key)
    else:
        st.query_params[key] = wanted
