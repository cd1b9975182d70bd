"""The command line: `python -m digitlab COMMAND`, or `digitlab COMMAND` once installed.

COMMAND is one of run, present, train, teach, sweep, worker, measure, map, inside, drawings, export, evaluate, models,
neighbours, predict, explain, doctor. Exit status: 0 for success; 1 if a file could not be read or doctor found a fault;
2 for a wrong argument, an unknown model or any other error, with one line on stderr; 130 if interrupted. With --json,
stdout is one JSON document in each of these cases, after a failure an object with only an "error".
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout, suppress
from pathlib import Path
from typing import Any, NoReturn

from digitlab import access, doctor, settings
from digitlab.analysis.evaluation import summary_line
from digitlab.command_line import reading, telling
from digitlab.data import mnist
from digitlab.errors import DamagedModel, InvalidValue, UnknownModel
from digitlab.explain import nearest
from digitlab.models import replica, shared, shipped, store
from digitlab.serving import quiet
from digitlab.training import commands as training
from digitlab.wording.doctor import explain

NICENESS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names may hold any bytes
    try:
        return _main(list(sys.argv[1:] if arguments is None else arguments))
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        return 0
    except OSError as error:  # stdout takes nothing: a full disk
        print(f"digitlab: {telling.problem(error)}", file=sys.stderr)
        return 2
    finally:
        _let_go_of_output()


def _main(words: list[str]) -> int:
    """Run one command; whatever ends it is told in one line, and with `--json` by a document as well."""
    status, problem = 0, None
    document = io.StringIO()
    # A guess, for the case that the words cannot be understood.
    is_json = "--json" in itertools.takewhile(lambda word: word != "--", words)
    try:
        options = _parser().parse_args(words)
        is_json = "json" in options and options.json
        with redirect_stdout(document) if is_json else nullcontext():
            status = _run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except Exception as error:
        status, problem = 2, telling.problem(error)
    except KeyboardInterrupt:
        status, problem = 130, "interrupted; nothing was replaced."
    if problem is not None:
        print(f"digitlab: {problem}", file=sys.stderr)
    if is_json:
        print(telling.document(document.getvalue(), problem), flush=True)
    return status


def _run(options: argparse.Namespace) -> int:
    shipped.bring()
    if options.run not in {_serve, _present, _doctor, _push} and shared.is_named():
        replica.this.look()  # if the store does not answer, this says so on stderr
    return options.run(options)


def _let_go_of_output() -> None:
    """Close stdout if what it holds cannot be written; Python would fail at that again in the end, with a status of its
    own."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            sys.stdout.close()


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument like every other error."""

    def error(self, message: str) -> NoReturn:
        raise InvalidValue(f"{message}. See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    called = "digitlab" if Path(sys.argv[0]).stem == "digitlab" else "python -m digitlab"
    parser = _Parser(prog=called, description="Handwritten digits: a DNN and a CNN, side by side.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    training.add(commands)

    evaluate = commands.add_parser("evaluate", help="run a model over the test digits again")
    evaluate.add_argument("name", metavar="NAME")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.set_defaults(run=_evaluate)

    models = commands.add_parser("models", help="a table of the models")
    models.add_argument("--json", action="store_true", help="print JSON")
    models.set_defaults(run=_models)
    push = models.add_subparsers(metavar="push", parser_class=_Parser).add_parser(
        "push", help="put models into the shared store that DIGITLAB_MODELS names by URL"
    )
    push.add_argument("names", metavar="NAME", nargs="*", help="default: all models that the store lacks")
    push.add_argument(
        "--from", dest="folder", type=Path, default=settings.APP / "models", metavar="FOLDER",
        help="folder of the models (default: those that ship with digitlab)",
    )  # fmt: skip
    push.set_defaults(run=_push)

    neighbours = commands.add_parser(
        nearest.COMMAND, help="prepare the search for a model's nearest training digits; the app also does so by itself"
    )
    neighbours.add_argument("names", metavar="NAME", nargs="+")
    neighbours.set_defaults(run=_neighbours)

    reading.add(commands)

    serve = commands.add_parser("run", help="serve the app on this machine")
    _add_port(serve)
    serve.add_argument(
        "--address",
        help="address to listen on (default: DIGITLAB_ADDRESS, else 127.0.0.1); a server that others can reach is "
        "read-only without DIGITLAB_PASSWORD",
    )
    serve.set_defaults(run=_serve)

    present = commands.add_parser("present", help="serve the app to everybody on the local network, with a password")
    _add_port(present)
    present.set_defaults(run=_present)

    examine = commands.add_parser("doctor", help="check what a live demo needs, and say what to do where it is missing")
    _add_port(examine)
    examine.add_argument("--json", action="store_true", help="print JSON")
    examine.set_defaults(run=_doctor)
    return parser


def _add_port(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, help=f"port of the app (default: PORT, else {settings.PORT})")


def _port(options: argparse.Namespace) -> int:
    return settings.port() if options.port is None else options.port


def _serve(options: argparse.Namespace) -> int:
    return access.run(options.address or settings.address(), _port(options))


def _present(options: argparse.Namespace) -> int:
    return access.present(_port(options))


def _doctor(options: argparse.Namespace) -> int:
    """Returns exit status 1 if there is a fault."""
    with quiet():
        findings = doctor.examine(_port(options))
    explained = [(finding, *explain(finding)) for finding in findings]
    if options.json:
        as_json = [
            {"subject": finding.subject, "state": finding.state, "found": said, "remedy": remedy}
            for finding, said, remedy in explained
        ]
        print(json.dumps(as_json, indent=1))
    else:
        for finding, said, remedy in explained:
            print(f"{finding.state:<6} {finding.subject:<9} {said}")
            if remedy:
                print(f"{'':<16} -> {remedy}")
    return 1 if any(finding.state == "fault" for finding in findings) else 0


def _evaluate(options: argparse.Namespace) -> int:
    from digitlab.analysis import evaluation  # imports scikit-learn

    data = mnist.load_or_packaged(download=False)
    model = reading.classifier(options.name)
    if data.test is not None:
        split_name, split = "test", data.test
    else:
        # A model trained on the full 55,000 digits saw none of the packaged ones; one trained on these saw most.
        split_name = "validation"
        split = mnist.packaged() if model.run["data"]["source"] == "full" else data.validation
    answers = model.answer(split.scaled())
    summary = evaluation.summarise(answers.probabilities, split.labels).as_dict()
    if options.json:
        print(json.dumps({"model": options.name, "split": split_name, **summary}, indent=1))
    else:
        print(f"{options.name} on {summary['count']:,} {split_name} digits: {summary_line(summary)}")
    return 0


def _models(options: argparse.Namespace) -> int:
    rows = []
    for name in store.names():
        try:
            stored = store.read(name)
        except DamagedModel as error:
            print(f"digitlab: {error}", file=sys.stderr)
            continue
        rows.append(
            {
                **_row(stored.run),
                "name": name,
                "tflite_bytes": len(stored.tflite),
                "notice": stored.notice and str(stored.notice),
            }
        )
    if options.json:
        print(json.dumps(rows, indent=1))
        return 0
    print(f"{'name':<12} {'family':<6} {'parameters':>10} {'MB':>6} {'validation':>10} {'test':>8} {'seconds':>8}")
    for row in rows:
        validation, test = _share(row["validation_accuracy"]), _share(row["test_accuracy"])
        print(
            f"{row['name']:<12} {row['family']:<6} {row['parameters']:>10,} {row['tflite_bytes'] / 1e6:>6.2f} "
            f"{validation:>10} {test:>8} {row['duration_s']:>8.0f}"
        )
        if row["notice"]:
            print(f"  {row['notice']}")
    return 0


def _push(options: argparse.Namespace) -> int:
    if options.json:
        raise InvalidValue("What models push says is no JSON: leave out --json.")
    if not shared.is_named():
        raise InvalidValue("DIGITLAB_MODELS must be a URL such as s3://bucket/prefix for models to be put there.")
    in_store = shared.listing()
    local = sorted(filter(store.is_name, (path.parent.name for path in options.folder.glob(f"*/{store.RUN}"))))
    for name in options.names or [name for name in local if name not in in_store]:
        if name not in local:
            raise UnknownModel(f"There is no model {name!r} in {options.folder}. There: {', '.join(local) or 'none'}.")
        replaced = replica.upload(name, options.folder / name)
        print(f"{name} is in {shared.where()}" + ("; the one before is kept." if replaced else "."), flush=True)
    if not options.names and not set(local) - set(in_store):
        print(f"{shared.where()} has all models of {options.folder}. To replace one, name it.")
    return 0


def _row(run: dict[str, Any]) -> dict[str, Any]:
    def accuracy(split: str) -> float | None:
        return run["metrics"].get(split, {}).get("accuracy")

    return {
        "family": run["family"],
        "summary": run["summary"],
        "parameters": run["parameters"],
        "validation_accuracy": accuracy("validation"),
        "test_accuracy": accuracy("test"),
        "duration_s": run["duration_s"],
    }


def _neighbours(options: argparse.Namespace) -> int:
    with suppress(OSError, AttributeError):  # gives way to people who are drawing; Windows has no niceness
        os.nice(NICENESS)
    for name in options.names:
        began = time.perf_counter()
        index = nearest.prepare(reading.classifier(name))
        print(f"{name}: {len(index):,} {index.split} digits in {time.perf_counter() - began:.0f} s", flush=True)
    return 0


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


if __name__ == "__main__":
    sys.exit(main())
