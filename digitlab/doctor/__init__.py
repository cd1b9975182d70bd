"""Doctor: checks whether everything that a live demo needs is there, and says what to do if it is not.

Lives here: one check per subject. They change nothing and fetch nothing.
Door: `examine`.
May import: serving, models, collection, access, data, database, settings and errors.
"""

from digitlab.doctor.checks import Finding, examine

__all__ = ["Finding", "examine"]
