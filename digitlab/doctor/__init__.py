"""Doctor: whether everything a live demo needs is there, and what to do where it is not.

Lives here: one check a subject. Nothing is changed and nothing fetched.
Door: `examine`.
May import: serving, collection, access, data, database, settings and errors.
"""

from digitlab.doctor.checks import Finding, examine

__all__ = ["Finding", "examine"]
