"""The command line's commands that read drawings in files, and how every command tells what it found.

Lives here: `predict` and `explain`, the reading of a file that may hold anything, errors in one line, strict JSON.
Door: `reading.add`, `reading.classifier`, and `telling`.
May import: wording, explain, serving, models, ink, settings, errors.
"""
