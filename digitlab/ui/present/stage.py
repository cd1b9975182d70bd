"""The presenter's view of the Draw page: `?present=1`, every action by key, and a tour through the talk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

# Each key, the name of the button that it presses, and what it does.
KEYS = (
    ("C", "clear", "clear the canvas"),
    ("U", "undo", "take back a stroke"),
    ("S", "stage_swap", "swap the two models"),
    ("E", "stage_explain", "explain why they answer so, and back"),
    ("N", "stage_next", "next view: the wall"),
    ("→", "stage_forward", "tour: on"),
    ("←", "stage_back", "tour: back"),
    ("?", "stage_help", "show or hide these keys"),
    ("Esc", "stage_leave", "leave the stage"),
)
# The title, what to say, and the part of the page that it is about.
TOUR = (
    ("Draw", "One digit, large, anywhere on the canvas.", ".st-key-canvas_frame"),
    ("What they see", "28 × 28 pixels, centred: all that the models ever get.", ".st-key-seen"),
    ("The duel", "A dense network and a convolutional one, side by side. Who is surer?", ".st-key-answers"),
    (
        "Fool it",
        "A digit that people can read and the models cannot. A letter. Two digits at once.",
        ".st-key-canvas_frame",
    ),
    ("Why", "Press E: which ink speaks for the answer, and what would flip it.", ".st-key-seen"),
    (
        "Train one now",
        "Press N twice: a network learns in 20 seconds, and takes over with one click.",
        ".st-key-answers",
    ),
)
_SHEET = Path(__file__).with_name("stage.css")
_NAMES = {"→": "ArrowRight", "←": "ArrowLeft", "Esc": "Escape"}
_SCRIPT = """<script>
(() => {
  const keys = %s;
  document._stage ??= document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea")) return;
    const name = keys[event.key.length === 1 ? event.key.toUpperCase() : event.key];
    const button = name && document.querySelector(`.st-key-${name} button`);
    if (!button || !document.querySelector(".st-key-stage_keys")) return;
    button.click();
    event.preventDefault();
  }) ?? true;
})();
</script>"""

_TO_WHY = """<script>
document.querySelector(".st-key-why")?.scrollIntoView({ block: "start" });
</script>"""  # the cards fill the screen, so the explanation opens below it


def is_on() -> bool:
    """Whether the page is on stage, which the URL says."""
    return st.query_params.get("present") == "1"


def heed() -> None:
    """Rerun the whole page if a key of the stage was pressed while only the canvas's fragment runs; called in there.

    A key that is pressed while the canvas reports a stroke reaches the server together with that report. Its action is
    carried out, but only the fragment reruns, and that does not show the stage.
    """
    if st.session_state.get("_stage_pressed"):
        st.rerun()


def switch() -> None:
    """Show the button that leads onto the stage."""
    st.session_state.pop("_stage_pressed", None)  # the whole page is running, so it will show the effect of the key
    st.button("Present", icon=":material/slideshow:", type="tertiary", key="stage_enter", on_click=_enter,
              help="Large enough for the last row: no menus, everything by key; ? shows the keys")  # fmt: skip


def show() -> None:
    """Show what the stage adds to the page; call this after everything else."""
    state = st.session_state
    st.html(_SHEET)
    names = {_NAMES.get(key, key): button for key, button, _ in KEYS}
    st.html(_SCRIPT % str(names), unsafe_allow_javascript=True)
    with st.container(key="stage_keys"):  # pressed by key; the style sheet hides them
        for label, key, action, *given in (
            ("Swap", "stage_swap", _swap),
            ("Explain", "stage_explain", _explain),
            ("Forward", "stage_forward", _tour, 1),
            ("Back", "stage_back", _tour, -1),
            ("Keys", "stage_help", _help),
            ("Leave", "stage_leave", _leave),
            ("Next", "stage_next", _next),
        ):
            st.button(label, key=key, on_click=_press, args=(action, *given))
    if state.pop("_stage_next", False):
        # Streamlit refuses without `query_params`, since the URL holds the state of this page's widgets.
        st.switch_page("pages/present/wall.py", query_params={})
    if state.get("why"):
        st.html(_TO_WHY, unsafe_allow_javascript=True)
    at = state.get("_stage_tour")
    if state.get("_stage_help"):
        with st.container(key="stage_words"):
            st.markdown(" · ".join(f"**{key}** {what}" for key, _, what in KEYS))
    elif at is not None:
        title, words, about = TOUR[at]
        st.html(f"<style>{about} {{ outline: 5px solid #e69f00; outline-offset: 4px; }}</style>")
        with st.container(key="stage_words"):
            st.markdown(f"**{at + 1}. {title}.** {words}")


def _press(action: Callable[..., None], *given: int) -> None:
    st.session_state["_stage_pressed"] = True
    action(*given)


def _enter() -> None:
    st.query_params["present"] = "1"


def _leave() -> None:
    st.query_params.pop("present", None)


def _next() -> None:
    st.session_state["_stage_next"] = True


def _swap() -> None:
    state = st.session_state
    state["left"], state["right"] = state["right"], state["left"]


def _explain() -> None:
    st.session_state["why"] = not st.session_state.get("why", False)


def _help() -> None:
    st.session_state["_stage_help"] = not st.session_state.get("_stage_help", False)


def _tour(step: int) -> None:
    """Go one step through the tour; before its first and after its last step, the tour is over."""
    state = st.session_state
    at = state.get("_stage_tour")
    at = (0 if step > 0 else len(TOUR) - 1) if at is None else at + step
    state["_stage_tour"] = at if 0 <= at < len(TOUR) else None
    state["_stage_help"] = False
