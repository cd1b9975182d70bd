"""Handwriting: drawings made by a program, as people of many countries write.

Lives here: the forms of the digits, letters and other signs that are no digits, the hands that write them, and the
drawings that ship with digitlab.
Door: its modules `drawings`, which makes `data/drawn.npz`, and `hands`.
May import: ink, data, pixels and errors.
"""
