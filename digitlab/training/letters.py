"""What people draw besides digits: letters of the Latin alphabet and small pictures, each as the path of a pen.

As in `forms`, a `Pen` makes each writing a little different, and `hands` adds what differs between hands. The letters
are those of the school scripts that `forms` names, unjoined. Letters that look like a written digit are left out: B, b,
C, c, D, G, g, I, i, J, j, L, l, O, o, p, Q, q, S, s, U, V, v, Y, y, Z and z. This module does not use TensorFlow.
"""

from __future__ import annotations

import functools

import numpy as np

from digitlab.training.forms import Form, Path, Pen

SPREAD = 0.03  # share of the height by which a point of a stroke moves from one writing to the next

# Strokes, separated by "/", through points x,y in a box 1 high; a "~" makes its stroke a smooth curve.
STROKES = {
    "A": "0,1 .34,0 .68,1 / .12,.62 .56,.62",
    "A round": "~ .02,1 .08,.4 .34,0 .6,.4 .64,1 / .06,.58 .62,.58",
    "A in one stroke": "0,1 .36,0 .66,1 .1,.6 .6,.58",
    "E": ".06,0 .06,1 / .06,0 .58,0 / .06,.5 .5,.5 / .06,1 .6,1",
    "E with a corner": ".58,0 .06,0 .06,1 .6,1 / .06,.5 .48,.48",
    "E of two bows": "~ .56,.1 .3,0 .08,.2 .34,.46 .06,.7 .28,1 .6,.88",
    "F": ".08,1 .08,0 .62,0 / .08,.48 .5,.48",
    "F in three strokes": ".1,0 .1,1 / .1,.02 .62,0 / .1,.46 .5,.44",
    "H": ".04,0 .04,1 / .6,0 .6,1 / .04,.5 .6,.5",
    "K": ".06,0 .06,1 / .58,0 .08,.54 .62,1",
    "K of two arms": ".06,0 .06,1 / ~ .56,0 .4,.3 .08,.56 / .22,.48 .6,1",
    "M": ".02,1 .06,0 .4,.6 .74,0 .8,1",
    "M spread": "0,1 .2,0 .42,.9 .64,0 .84,1",
    "M round": "~ .02,1 .14,.06 .3,.3 .4,.9 .52,.2 .66,.06 .8,1",
    "N": ".04,1 .04,0 .6,1 .6,0",
    "N round": "~ .02,1 .1,.1 .24,.2 .5,.9 .62,.8 .68,0",
    "R": ".08,1 .08,0 / ~ .06,.02 .5,.04 .54,.34 .1,.5 / .12,.5 .6,1",
    "R in one stroke": ".1,0 .08,1 / ~ .04,.1 .38,0 .56,.22 .14,.5 .34,.66 .64,1",
    "P": ".1,1 .1,0 / ~ .08,.02 .5,.02 .58,.3 .42,.52 .1,.54",
    "T": "0,0 .7,0 / .35,0 .35,1",
    "W": "0,0 .2,1 .42,.2 .62,1 .84,0",
    "W round": "~ 0,0 .08,.8 .24,.96 .42,.3 .58,.96 .76,.8 .84,0",
    "X": ".02,0 .64,1 / .62,0 .02,1",
    "a": "~ .66,.16 .36,0 .04,.4 .2,.94 .54,.76 .68,.2 / ~ .7,.08 .66,.7 .84,1",
    "a in one stroke": "~ .68,.1 .34,0 .04,.46 .24,.96 .56,.7 .7,.06 .66,.7 .78,1 .96,.86",
    "a of print": "~ .1,.14 .4,0 .6,.22 .62,.7 .66,1 / ~ .6,.44 .2,.5 .06,.78 .3,1 .6,.78",
    "d": "~ .56,.52 .3,.42 .06,.68 .2,.98 .5,.9 .58,.6 / .6,0 .6,1",
    "d in one stroke": "~ .54,.56 .3,.42 .04,.7 .24,1 .52,.8 .6,.3 .6,0 .6,.6 .64,.98 .78,.9",
    "e": "~ .08,.54 .5,.48 .74,.3 .44,0 .08,.36 .2,.9 .5,1 .8,.84",
    "e of print": "~ .06,.52 .4,.52 .76,.5 .62,.08 .24,.06 .06,.5 .24,.94 .7,.9",
    "f": "~ .62,.08 .42,0 .28,.2 .26,.6 .26,1 / .04,.4 .52,.4",
    "f with a loop": "~ .1,.56 .5,.2 .42,0 .28,.2 .24,.7 .22,1 / .06,.5 .5,.46",
    "h": "~ .06,0 .06,.5 .06,1 .1,.6 .34,.44 .54,.6 .56,1",
    "h in two strokes": ".06,0 .06,1 / ~ .06,.62 .3,.42 .52,.56 .54,1",
    "k": ".06,0 .06,1 / .46,.38 .08,.7 .52,1",
    "k with a loop": ".08,0 .06,1 / ~ .06,.68 .34,.4 .44,.54 .12,.7 .34,.8 .56,1",
    "m": "~ .02,.1 .06,1 .12,.3 .34,.04 .5,.4 .52,1 .58,.3 .8,.04 .96,.4 .98,1",
    "m of straight legs": ".04,0 .04,1 / ~ .04,.3 .3,0 .5,.3 .5,1 / ~ .5,.3 .78,0 .98,.3 .98,1",
    "n": "~ .04,.06 .06,1 .12,.36 .46,0 .74,.3 .76,1",
    "n in two strokes": ".06,0 .06,1 / ~ .06,.34 .4,0 .68,.24 .7,1",
    "r": "~ .08,.02 .1,1 .14,.4 .4,.06 .64,.14",
    "r in two strokes": ".1,0 .1,1 / ~ .1,.4 .3,.1 .6,.06",
    "t": ".3,0 .3,1 / .02,.34 .58,.34",
    "t with a foot": "~ .26,0 .26,.5 .28,.92 .44,1 .62,.9 / .02,.32 .54,.3",
    "u": "~ .04,0 .06,.66 .3,1 .6,.7 .7,0 / ~ .7,0 .7,.7 .84,1",
    "w": "~ 0,0 .12,.86 .28,.9 .5,.2 .6,.86 .8,.86 .98,0",
    "w of straight strokes": "0,0 .26,1 .5,.24 .74,1 1,0",
    "x": ".02,0 .86,1 / .84,0 .02,1",
    "x of two bows": "~ .02,.1 .3,.06 .4,.5 .34,.94 .06,.92 / ~ .84,.06 .56,.08 .42,.5 .5,.94 .86,.92",
    "arrow": "0,.5 1.3,.5 / .9,.1 1.3,.5 .9,.9",
    "heart": "~ .5,.24 .3,0 .04,.12 .06,.46 .5,1 .94,.46 .96,.12 .7,0 .5,.24",
    "house": ".06,.4 .06,1 .9,1 .9,.4 .48,0 .06,.4 .9,.4",
    "smiley": (
        "~ .5,0 .1,.2 .02,.6 .3,.96 .7,.96 .98,.6 .9,.2 .5,0 / .34,.32 .34,.42 / .66,.32 .66,.42 / ~ .26,.62 "
        ".5,.78 .74,.62"
    ),
    "spiral": "~ .5,.5 .6,.44 .6,.6 .4,.62 .34,.4 .56,.26 .8,.5 .6,.84 .2,.76 .1,.36 .44,.02 .96,.2",
    "star": ".2,1 .5,0 .8,1 .02,.38 .98,.38 .2,1",
    "triangle": ".5,0 0,.96 1,.96 .5,0",
    "wave": "~ 0,.6 .2,.1 .4,.6 .6,1 .8,.6 1,.1 1.2,.6 1.4,1 1.6,.6",
}


def _draw(strokes: str, pen: Pen) -> Path:
    path: list[np.ndarray] = []
    for stroke in strokes.split("/"):
        points = [
            (float(x), float(y)) for x, _, y in (point.partition(",") for point in stroke.split() if point != "~")
        ]
        join = pen.through if "~" in stroke else pen.straight
        path.append(join(*points, spread=SPREAD))
    return path


LETTERS = {name: Form(None, name, functools.partial(_draw, strokes)) for name, strokes in STROKES.items()}
