"""Explain: why a model answers what it answers, on one drawing.

Lives here: what its layers make of the drawing (inside), the training digits it finds most alike (nearest).
Door: its modules, one a question.
May import: analysis, jobs, serving, ink, data and networks, files, settings and errors.
"""
