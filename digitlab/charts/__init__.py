"""Charts: numbers become something to look at or to take away.

Lives here: figures of trainings, of calibration and of MNIST; selections and reports as CSV and PNG.
Door: its modules `training`, `calibration`, `dataset` and `exports`. They know only their data: no screen, no files.
May import: analysis, explain and sweeps.
"""
