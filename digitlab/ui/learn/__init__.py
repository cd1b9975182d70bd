"""Lessons: walks through the app, whose steps notice what the reader does and explain it with the reader's numbers.

A lesson is a file (`lesson`), in the folder `lessons/` or elsewhere (`library`). What pages show becomes facts
(`facts`); named conditions (`checks`) on them say whether a step is done, and `walk` is one reader's way through a
lesson. Only `companion`, `bookmark`, `panel` and `listing` use Streamlit. `docs/lessons.md` describes the format.
"""
