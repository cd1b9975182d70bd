"""UI: the room that uses Streamlit; it holds the parts that pages are made of, grouped by what people see.

Lives here: draw/ (canvas and answers), explore/ (matrix, gallery, embedding map), train/ (forms and live training),
present/ (collection), learn/ (lessons), lecture/ (what the projector shows); beside them, what all pages share. Each
component's `.js` lies beside its `.py`.
Door: its modules, for app.py and pages/.
May import: every room but training.
"""
