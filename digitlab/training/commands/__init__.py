"""The commands around training, a module for each: its docstring says what the command does, `arguments` adds the
arguments to a parser, and `run` takes them and returns the exit status."""

from __future__ import annotations

from typing import Any

from digitlab.training.commands import drawings, export, inside, job, measure, sweep, teach, train, worker
from digitlab.training.commands import map as mapping

_COMMANDS = {
    "train": train,
    "teach": teach,
    "sweep": sweep,
    "worker": worker,
    "measure": measure,
    "map": mapping,
    "inside": inside,
    "drawings": drawings,
    "export": export,
    "job": job,
}


def add(commands: Any) -> None:
    """Add the commands to the parser's subparsers."""
    for name, module in _COMMANDS.items():
        about = str(module.__doc__).rstrip(".")
        # The app calls `job`; without a help, it is not listed.
        parser = commands.add_parser(name, **({} if module is job else {"help": about[0].lower() + about[1:]}))
        module.arguments(parser)
        parser.set_defaults(run=module.run)
