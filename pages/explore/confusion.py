"""The Confusion page: matrices of which digit is taken for which, and the pictures behind each cell."""

import streamlit as st

from digitlab.analysis import confusion
from digitlab.ui import boundary, choice, fetch, models
from digitlab.ui.explore import detail, digits, matrix
from digitlab.wording import confusion as words

st.title("Confusion")
st.html('<p class="lead">Where each model errs: click a cell, and the digits behind it appear below.</p>')
fetch.note()

with st.container(horizontal=True, vertical_alignment="bottom"):
    left = models.pick("Model", "dnn", "left")
    right = models.pick("Beside it", "cnn", "right", none="nothing")
    beside = choice.one_of(
        "As", ["matrix", "difference"], default="matrix", key="beside", disabled=right in (None, left)
    )
    split = models.split()
    shown = choice.one_of("Numbers", confusion.SHOWN, default="counts", key="shown")
    errors_only = st.toggle(
        "Colour only mistakes", value=True, key="errors", bind="query-params",
        help="Otherwise the diagonal, the digits that are read right, drowns them",
    )  # fmt: skip
names = [left] if right is None else list(dict.fromkeys([left, right]))
with boundary.or_stop():
    held_out = models.read(split, *names)


def choose(of: str, true: int, given: int) -> None:
    st.session_state.update(of=of, true=true, answer=given)


counts = {name: confusion.matrix(held_out.labels, held_out.answers(name)) for name in names}
board = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    of, true, given = digits.cell(names, counts[left])
places = board.columns(2) if len(names) > 1 else [board]
for place, name in zip(places, names, strict=True):
    with place:
        if name == right != left and beside == "difference":
            st.markdown(f"**{right} minus {left}**, cell by cell")
            matrix.difference(
                counts[left], counts[right], (left, right), chosen=(true, given), key="difference",
                on_choose=lambda t, g: choose(right, t, g),
            )  # fmt: skip
            st.caption(f"Vermillion: {right} does better there. Blue: {left} does. On the diagonal, more is better.")
            continue
        accuracy = (held_out.answers(name) == held_out.labels).mean()
        st.markdown(f"**{name}**: right on {accuracy:.2%} of {len(held_out.labels):,} {split} digits")
        matrix.matrix(
            counts[name], models.family(name), shown=shown, errors_only=errors_only, key=f"matrix_{name}",
            chosen=(true, given) if of == name else None, label=f"Confusion matrix of {name}",
            on_choose=lambda t, g, name=name: choose(name, t, g),
        )  # fmt: skip

cell = (held_out.labels == true) & (held_out.answers(of) == given)
st.markdown(f"## {of}: {words.cell(counts[of], true, given)}")
digits.show(held_out, cell.nonzero()[0], names, key="cell")
detail.show(held_out, names)

st.header("Digit by digit", anchor=False)
for name in names:
    digits.report(held_out, name, counts[name])
with st.expander("How to read a confusion matrix", icon=":material/school:"):
    st.markdown(words.how_to_read())
