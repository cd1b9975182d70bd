"""Charts: turns numbers into figures to look at and files to take away.

Lives here: figures of trainings, sweeps, calibration, distortions and MNIST; selections and reports as CSV and PNG.
Door: its modules `training`, `trials`, `calibration`, `robustness`, `dataset`, `as_table`, `exports` and `style`. They
know only their data: no screen, no files.
May import: wording, jobs, explain, analysis and sweeps.
"""
