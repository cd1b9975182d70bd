"""The Confusion page: matrices of which digit is taken for which, and the pictures behind each cell."""

import streamlit as st

from digitlab.analysis import confusion
from digitlab.analysis import hints as rules
from digitlab.ui import choice, hints, models, share, style
from digitlab.ui.explore import detail, digits, matrix, page
from digitlab.ui.learn import companion
from digitlab.wording import confusion as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

SHOWN = 150

top = page.begin(_("Confusion"), _("Which digit each model takes for which. Click a cell to see its digits."))
with choice.bar():
    names = models.pick_two()
    split = models.split()
    beside = choice.one_of(
        _("Compare"), [N_("side by side"), N_("difference")], default="side by side", key="beside",
        formerly={"matrix": "side by side"}, disabled=len(names) < 2,
    )  # fmt: skip
    shown = choice.one_of(_("Numbers"), confusion.SHOWN, default="counts", key="shown")
    errors_only = st.toggle(
        _("Colour only mistakes"), value=True, key="errors", bind="query-params",
        help=_("Otherwise the many digits on the diagonal, which are read right, outshine the mistakes"),
    )  # fmt: skip
held_out = models.read_or_stop(split, *names)
counts = {name: confusion.matrix(held_out.labels, held_out.answers(name)) for name in names}


@st.fragment  # so that a click on a cell reruns only this function
def board() -> None:
    of, true, given = digits.cell(counts)
    with page.board(len(names)):
        for side, name in enumerate(names):
            with page.view(side):
                if side == 1 and beside == "difference":
                    st.markdown(f"**{words.difference(*names)}**: {words.better(*names)}")
                    matrix.difference(
                        *counts.values(), tuple(names), chosen=(true, given), on_choose=digits.open_cell,
                        key="difference",
                    )  # fmt: skip
                else:
                    st.markdown(words.accuracy(held_out, name))
                    hints.show([rules.too_few(int(counts[name].trace()), len(held_out.labels))])
                    matrix.matrix(
                        name, counts[name], models.family(name), shown=shown, errors_only=errors_only,
                        chosen=(true, given) if of == name else None, on_choose=digits.open_cell,
                        key=f"matrix_of_{name}",
                    )  # fmt: skip
        with page.opened(names.index(of)):
            cell = ((held_out.labels == true) & (held_out.answers(of) == given)).nonzero()[0]
            page.part(f"{of}: {words.cell(counts[of], true, given)}")
            digits.show(held_out, cell[:SHOWN], names, key="cell")
            if len(cell) > SHOWN:
                st.page_link(
                    "pages/explore/mistakes.py", label=words.more(SHOWN), icon=":material/grid_view:",
                    query_params={"left": of, "right": models.NONE, "split": split, "group": "all", "label": f"{true}",
                                  "given": f"{given}"},
                )  # fmt: skip
    detail.show(held_out, names)
    companion.saw("split", held_out, names)
    companion.saw("digit", held_out, names, st.query_params.get("digit"))
    if "cell" in st.query_params:
        companion.saw("cell", of, counts[of], true, given)


board()
style.how_to_read(words.how_to_read(counts), key="matrices")
with top:
    share.copy_link(cell="-".join(map(str, digits.cell(counts))))
page.part(_("Digit by digit"))
for place, name in zip(st.columns(len(names), gap="medium"), names, strict=True):
    with place:
        digits.report(held_out, name, counts[name])
