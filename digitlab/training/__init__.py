"""Training: TensorFlow's room, which runs in a process of its own (`python -m digitlab train`).

Lives here: what draws (forms, letters, hands, drawings, distortions), what builds (build, deslant, views), what runs
(fit, produce, measure, worker, progress, showcase, terminal), what leaves (export).
Door: `commands`, the command line's; everything that imports TensorFlow is imported by it only when needed.
May import: jobs, sweeps, analysis, serving, collection, networks, ink and data, database, files, settings and errors;
nobody but the command line imports this room.
"""
