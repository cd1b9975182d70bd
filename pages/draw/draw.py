"""The Draw page: a drawing, what the models see of it, and two answers."""

import time
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab import ink, language, serving
from digitlab.analysis import held_out
from digitlab.models import store
from digitlab.ui import boundary, choice, fetch, presenter, share
from digitlab.ui.draw import cards, kept, live, part, pictures, why
from digitlab.ui.draw.canvas import as_link, brush, canvas, unreadable, untouched
from digitlab.ui.learn import companion
from digitlab.wording import answers, failures, links
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

SOURCES = {N_("Draw"): canvas, N_("Upload"): pictures.upload, N_("Camera"): pictures.camera}
PROMPTS = {
    "Draw": N_("Draw a digit from 0 to 9, or several: the answers come while you draw."),
    "Upload": N_("Choose a picture of one digit or several: drawn, scanned or photographed."),
    "Camera": N_("Take a photo of one digit or several, dark on light paper, close up."),
}
PLACES = ("drawing_side", "answers_side", "seen")  # in the order in which a phone and a screen reader have them


@st.fragment  # so that a stroke reruns only this function
def duel() -> None:
    began = time.perf_counter()
    with st.container(key="duel"):  # `draw.css` puts the three side by side
        drawing_place, answers_place, seen_place = (st.container(key=key, gap="small") for key in PLACES)
    with drawing_place:
        source = choice.one_of(
            _("Where the digit comes from"), SOURCES, default="Draw", key="source", label_visibility="collapsed"
        )
        drawing = SOURCES[source]()
        shown = st.container()
    with answers_place:
        verdict = st.container(key="agreement")
        places = st.container(horizontal=True, wrap=False, key="answers")
        left_place, right_place = places.container(key="answer_left"), places.container(key="answer_right")
        line = st.container()
        choices = st.container(horizontal=True, vertical_alignment="center", key="choices")
        with choices:
            left_name, right_name = choose_models(line)
            asks_why = why.switch()
            if source == "Draw":
                share.copy_link(**({"drawing": linked} if (linked := as_link()) else {}))
        reason = st.container()

    seen, problem = read(source, drawing)
    models = load_models({left_place: left_name, right_place: right_name})
    reading = serving.read(seen, list(models.values())) if seen and models else None
    for place, name in ((left_place, left_name), (right_place, right_name)):
        if name in models:
            place.html(live.marked(cards.card(models[name], reading)))
    outcome = cards.prompt(_(PROMPTS[source])) if seen is None else ""
    if reading:
        outcome = cards.outcome(reading, [name for name in (left_name, right_name) if name in models])
    if problem is not None:
        verdict.warning(problem, icon=":material/warning:")
    else:
        verdict.html(live.marked(outcome))
    if reading and source == "Draw":
        live.answered(began)

    # After the cards, for which everybody waits.
    if drawing is not None and source != "Draw":
        with shown:
            part.show(source.lower(), drawing, seen, reading, list(models.values()))
    with line:
        kept.line(drawing, seen, reading)
    is_several = reading is not None and reading.is_several
    with seen_place:
        show_seen(source, seen, reading)
        said = escape(problem or "") or (outcome if reading else "")
        is_one = reading is not None and not is_several
        live.show((left_name, right_name), said, is_one=is_one, draws=source == "Draw")
    if asks_why and seen is not None and reading:
        why.show(seen, reading, list(models.values()), choices, reason)
    if seen is not None and reading:
        opens_steps = not is_several and show_steps(seen)
        strokes = len(st.session_state.get("drawing_strokes", []))
        companion.saw(
            "drawing", reading, seen, (left_name, right_name), strokes, steps=opens_steps, kept=kept.label_of(seen)
        )


def read(source: str, drawing: ink.Strokes | bytes | None) -> tuple[ink.Ink | None, str | None]:
    """What is on the drawing, or why nothing can be read; neither without a drawing."""
    if drawing is None:
        return None, unreadable() if source == "Draw" else None
    # A digit of MNIST already has the right format; going through the canvas would change it a little.
    original = untouched() if source == "Draw" else None
    if original is not None:
        return ink.from_mnist(original), None
    chosen = part.chosen(source.lower())
    try:
        if isinstance(drawing, bytes):
            return pictures.read(drawing, chosen.box, chosen.turn), None
        return ink.read(drawing), None
    except boundary.EXPECTED as error:
        return None, failures.said(error)


def load_models(places: dict[DeltaGenerator, str]) -> dict[str, serving.Classifier]:
    """The models that can answer, by name; for any other, its place shows what is wrong."""
    models = {}
    for place, name in places.items():
        try:
            models[name] = serving.load(name)
        except boundary.EXPECTED as error:
            place.error(boundary.sentence(error), icon=":material/error:")
    return models


def show_seen(source: str, seen: ink.Ink | None, reading: serving.Reading | None) -> None:
    st.html(live.marked(cards.what_they_see(seen, reading)))
    if source == "Draw":
        brush()


def show_steps(seen: ink.Ink) -> bool:
    """Show how the drawing became these pixels, folded away; return whether it is open."""
    with st.expander(_("Every step from the drawing to these pixels"), on_change="rerun", key="steps") as steps:
        if steps.open:
            st.html(cards.steps(seen.steps))
    return steps.open


def choose_models(missing: DeltaGenerator) -> tuple[str, str]:
    # The two flagships are offered even if they are missing, so that their cards say so instead of showing others.
    names = list(dict.fromkeys([*store.FLAGSHIPS, *store.names()]))
    with missing:
        for key, default in zip(("left", "right"), store.FLAGSHIPS, strict=True):
            share.tell_missing_models(key, names, [default])
    offer = st.popover(
        _("Choose models"), icon=":material/compare_arrows:", type="tertiary", key="models", on_change="rerun"
    )
    with offer:
        chosen = tuple(
            st.selectbox(label, names, index=names.index(default), key=key, bind="query-params")
            for label, key, default in zip(
                (_("Model A"), _("Model B")), ("left", "right"), store.FLAGSHIPS, strict=True
            )
        )
        if offer.open:  # the URL keeps what a list shows, so the list has only names
            st.html(cards.models({name: described(name) for name in names}))
    return chosen


def described(name: str) -> str:
    return _described(name, store.folder(), store.fingerprint(name), language.current())


@st.cache_data(max_entries=100, show_spinner=False)
def _described(name: str, folder: Path, fingerprint: tuple, spoken: str) -> str:
    try:
        return answers.described(store.read(name).run)
    except boundary.EXPECTED:
        return answers.described(None)


with st.container(horizontal=True, vertical_alignment="bottom", key="title"):
    st.title(_("Draw a digit"), width="content")
    lead, projector = _("A DNN and a CNN read it side by side."), _("On a projector")
    st.html(f'<p class="lead">{lead}</p>', width="content")
    st.html(f'<a class="present" href="lecture#stage" target="_self">{projector}</a>', width="content")
if held_out.named(st.query_params.get("digit", ""))[0] == "test":
    fetch.note(links.no_digits("test"))
duel()
if notice := presenter.public_notice():
    st.caption(notice)
