"""UI: Streamlit's room, what pages are made of, by what one sees.

Lives here: draw/ (canvas and answers), explore/ (matrix, gallery, embedding map), train/ (forms and live training);
beside them what all pages share. Each component's `.js` stands beside its `.py`.
Door: its modules, for app.py and pages/.
May import: every room but training.
"""
