"""Analysis: what can be learned from models' answers to held-out digits.

Lives here: confusion, mistakes, calibration, embedding maps, comparison with a challenger, training history, MNIST.
Door: its modules, one per question; `held_out.read` gives the digits and answers that most of them start from.
May import: serving, models, collection, data and networks, files, pixels, settings and errors.
"""
