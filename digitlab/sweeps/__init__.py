"""Sweeps: many trainings of one network, each with hyperparameters chosen by the results of the earlier ones.

Lives here: the space of hyperparameters, and the study, which remembers every trial in a database.
Door: `Space`, `default_space`, `read_space`, `space_from`; the module `study`.
May import: database, networks, settings, files and errors.
"""

from digitlab.sweeps.space import Choice, Range, Space, default_space, read_space, space_from

__all__ = ["Choice", "Range", "Space", "default_space", "read_space", "space_from"]
