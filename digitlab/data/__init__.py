"""Data: the digits to train on and to look at.

Lives here: MNIST as three splits, the drawings that ship, saved selections of digits.
Door: its modules `mnist`, `drawn` and `slices`.
May import: files, folders, settings, pixels and errors.
"""
