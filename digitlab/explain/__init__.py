"""Explain: why a model answers as it does, and what would change its mind.

Lives here: what a model looked at, the distortions that make it flip, the fewest pixels that do, the digits that it is
reminded of, what its layers make of the drawing, the reason in one sentence, and how well models withstand distortions
of a thousand digits.
Door: its modules, one per question; `distort` and `DISTORTIONS`; `network.KINDS`, the layers that training describes.
May import: analysis and jobs, serving, models, collection, ink, data and networks, files, settings, pixels and errors.
"""

from digitlab.explain.distortions import DISTORTIONS, SIDE, Distortion, distort

__all__ = ["DISTORTIONS", "SIDE", "Distortion", "distort"]
