"""Training: the room that uses TensorFlow; it runs in a process of its own (`python -m digitlab train`).

Lives here: the modules that change digits (augmentation, corruptions), those that build networks (build, deslant,
views), those that run a training or a sweep (fit, produce, lesson, measure, worker, progress, showcase, terminal,
dispatch, trial), and those that export a model (export, graph, inside, keras_file).
Door: `commands`, a module for each command; they import what needs TensorFlow only when they use it (`guard`).
May import: wording, explain, jobs, sweeps, analysis, serving, models, handwriting, collection, networks, data,
database, settings, pixels and errors; only the command line imports this room.
"""
