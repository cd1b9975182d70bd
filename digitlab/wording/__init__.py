"""Wording: every sentence that people read, in one place.

Lives here: a module for each subject. Each takes data of the rooms below (a `Reading`, a flip, numbers) and returns
whole sentences; pages, the phone page, live answers and the command line all use them. `language` marks and translates
sentences; labels of controls are marked where they stand, in `ui` and `pages`. The catalogues are in `locale`.
Door: its modules.
May import: every room but ui, training, command_line, audience and charts.
"""
