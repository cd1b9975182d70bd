"""The command line: `python -m digitlab COMMAND`, or `digitlab COMMAND` once installed.

COMMAND is one of run, present, train, teach, sweep, worker, measure, map, inside, drawings, export, evaluate, models,
neighbours, predict, explain, doctor. Exit status: 0 for success; 1 if doctor found a fault; 2 for a wrong argument, an
unreadable file, an unknown model or any other error, with one line on stderr; 130 if interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from digitlab import access, doctor, ink, serving, settings
from digitlab.analysis.evaluation import summary_line
from digitlab.data import mnist
from digitlab.errors import (
    DamagedModel,
    DigitlabError,
    InkError,
    InvalidValue,
    PictureTooLarge,
    UnknownModel,
    UnreadablePicture,
)
from digitlab.explain import nearest, summary
from digitlab.serving import Classifier, quiet, replica, shared, shipped, store
from digitlab.training import commands as training

NICENESS = 10
PORT = 8501


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names may hold any bytes
    try:
        shipped.bring()
        if options.run not in {_serve, _present, _doctor, _push} and shared.is_named():
            replica.this.look()  # if the store does not answer, this says so on stderr
        status = options.run(options)
        sys.stdout.flush()
        return status
    except DigitlabError as error:
        print(f"digitlab: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        _let_go_of_output()
        return 0
    except OSError as error:  # such as a full disk
        print(f"digitlab: {error}.", file=sys.stderr)
        _let_go_of_output()
        return 2
    except KeyboardInterrupt:
        print("digitlab: interrupted; nothing was replaced.", file=sys.stderr)
        return 130


def _let_go_of_output() -> None:
    """Close stdout if what it holds cannot be written; Python would fail at that again in the end, with a status of its
    own."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            sys.stdout.close()


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"digitlab: {message}. See {self.prog} --help.\n")


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

    predict = commands.add_parser("predict", help="read the digit in picture files, or in .json files of pen strokes")
    _add_files(predict)
    predict.add_argument("--several", action="store_true", help="read each of several digits on a picture")
    predict.set_defaults(run=_predict)

    explain = commands.add_parser("explain", help="say why models read such files as they do")
    _add_files(explain)
    explain.add_argument(
        "--digit",
        metavar="K",
        type=int,
        choices=range(10),
        help="explain what speaks for this digit (default: each model's answer)",
    )
    explain.set_defaults(run=_explain)

    serve = commands.add_parser("run", help="serve the app on this machine")
    serve.add_argument("--port", type=int, default=PORT, help="port to listen on (%(default)s)")
    serve.add_argument(
        "--address", default="127.0.0.1", help="address to listen on (%(default)s); any other needs DIGITLAB_PASSWORD"
    )
    serve.set_defaults(run=_serve)

    present = commands.add_parser("present", help="serve the app to everybody on the local network, with a password")
    present.add_argument("--port", type=int, default=PORT, help="port to listen on (%(default)s)")
    present.set_defaults(run=_present)

    examine = commands.add_parser("doctor", help="check what a live demo needs, and say what to do where it is missing")
    examine.add_argument("--port", type=int, default=PORT, help="port of the app (%(default)s)")
    examine.add_argument("--json", action="store_true", help="print JSON")
    examine.set_defaults(run=_doctor)
    return parser


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", metavar="FILE", nargs="+")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument(
        "--model", metavar="NAME", dest="models", action="append", help="can be repeated (default: dnn and cnn)"
    )


def _serve(options: argparse.Namespace) -> int:
    return access.run(options.address, options.port)


def _present(options: argparse.Namespace) -> int:
    return access.present(options.port)


def _doctor(options: argparse.Namespace) -> int:
    """Returns exit status 1 if there is a fault."""
    with quiet():
        found = doctor.examine(options.port)
    if options.json:
        print(json.dumps([finding.as_dict() for finding in found], indent=1))
    else:
        for finding in found:
            print(f"{finding.state:<6} {finding.subject:<9} {finding.found}")
            if finding.remedy:
                print(f"{'':<16} -> {finding.remedy}")
    return 1 if any(finding.state == "fault" for finding in found) else 0


def _evaluate(options: argparse.Namespace) -> int:
    from digitlab.analysis import evaluation  # imports scikit-learn

    data = mnist.load_or_packaged(download=False)
    model = _classifier(options.name)
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
        rows.append({**_row(stored.run), "name": name, "tflite_bytes": len(stored.tflite), "notice": stored.notice})
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
    if not shared.is_named():
        raise InvalidValue("DIGITLAB_MODELS must be a URL such as s3://bucket/prefix for models to be put there.")
    there = shared.listing()
    found = sorted(filter(store.is_name, (path.parent.name for path in options.folder.glob(f"*/{store.RUN}"))))
    for name in options.names or [name for name in found if name not in there]:
        if name not in found:
            raise UnknownModel(f"There is no model {name!r} in {options.folder}. There: {', '.join(found) or 'none'}.")
        replaced = replica.upload(name, options.folder / name)
        print(f"{name} is in {shared.where()}" + ("; the one before is kept." if replaced else "."), flush=True)
    if not options.names and not set(found) - set(there):
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
        found = nearest.prepare(_classifier(name))
        print(f"{name}: {len(found):,} {found.split} digits in {time.perf_counter() - began:.0f} s", flush=True)
    return 0


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _predict(options: argparse.Namespace) -> int:
    classifiers = [_classifier(name) for name in dict.fromkeys(options.models or store.FLAGSHIPS)]
    results = [_predict_file(path, classifiers) for path in options.files]
    if options.json:
        if not options.several:
            for result in results:
                del result["digits"]
        print(json.dumps(results, indent=1))
    else:
        for result in results:
            print(f"{result['file']}: {result.get('error') or _in_words(result, several=options.several)}")
    return 0


def _explain(options: argparse.Namespace) -> int:
    classifiers = [_classifier(name) for name in dict.fromkeys(options.models or store.FLAGSHIPS)]
    results, lines = [], []
    # All files are read before the first is explained, so that a wrong name is reported at once and not after minutes.
    for file, drawing in [(file, _drawing(file)) for file in options.files]:
        if isinstance(drawing, InkError):
            results.append(_unread(file, drawing))
            lines.append(f"{file}: {drawing}")
            continue
        verdicts = serving.read(drawing, classifiers).whole
        found = {
            model.name: summary.explain(model, drawing.pixels, verdicts[model.name], options.digit)
            for model in classifiers
        }
        told = {name: one.as_dict() for name, one in found.items()}
        results.append({"file": file, "answers": told, **_whether_a_digit(verdicts)})
        lines += [f"{file}:", *(f"  {name} " + "\n    ".join(one.lines()) for name, one in found.items())]
    print(json.dumps(results) if options.json else "\n".join(lines))
    return 0


def _in_words(result: dict[str, Any], *, several: bool) -> str:
    """A file's answers in one line; if a model doubts that it is a digit, the reason follows."""
    if several and len(result["digits"]) > 1:
        names = result["answers"]
        return "  ".join(
            f"{name} " + " ".join(_answer_in_words(digit["answers"][name]) for digit in result["digits"])
            for name in names
        )
    line = "  ".join(f"{name} {_answer_in_words(answer)}" for name, answer in result["answers"].items())
    if result["is_digit"]:
        return line
    hint = " With --several they are read one by one." if len(result["digits"]) > 1 else ""
    return f"{line}  {result['reason']}{hint}"


def _answer_in_words(answer: dict[str, Any]) -> str:
    return serving.in_words(answer["digit"], answer["confidence"], is_digit=answer["is_digit"])


def _classifier(name: str) -> Classifier:
    with quiet():
        found = serving.load(name)
    if found.notice:
        print(f"digitlab: {found.notice}", file=sys.stderr)
    return found


def _predict_file(file: str, classifiers: list[Classifier]) -> dict[str, Any]:
    drawing = _drawing(file)
    if isinstance(drawing, InkError):
        return _unread(file, drawing) | {"digits": []}
    found = serving.read(drawing, classifiers)
    result: dict[str, Any] = {"file": file, "answers": _as_json(found.whole), **_whether_a_digit(found.whole)}
    result["digits"] = [{"box": list(digit.box), "answers": _as_json(digit.verdicts)} for digit in found.digits]
    return result


def _whether_a_digit(verdicts: dict[str, serving.Verdict]) -> dict[str, Any]:
    """A picture counts as a digit if all models say so; otherwise, the first one that objects gives the reason."""
    reason = next((verdict.reason for verdict in verdicts.values() if not verdict.is_digit), None)
    return {"reason": reason, "is_digit": reason is None}


def _drawing(file: str) -> ink.Ink | InkError:
    """The drawing in a file, or the error if its ink cannot be read as a digit.

    Raises:
        UnreadablePicture, PictureTooLarge: the file itself cannot be read; the message begins with its name.
    """
    path = Path(file)
    if path.is_dir():
        raise UnreadablePicture(f"{file}: expected a picture, or strokes in a .json file; this is a folder.")
    try:
        ink.check_bytes(path.stat().st_size)  # before the file is read into memory
        data = path.read_bytes()
        return ink.read(ink.parse_strokes(data) if path.suffix.lower() == ".json" else data)
    except OSError as error:
        raise UnreadablePicture(f"{file}: expected a picture file, found none: {error.strerror}.") from error
    except (UnreadablePicture, PictureTooLarge) as error:
        raise type(error)(f"{file}: {error}") from error
    except InkError as error:
        return error


def _unread(file: str, error: InkError) -> dict[str, Any]:
    return {"file": file, "error": str(error), "is_digit": False, "reason": str(error)}


def _as_json(verdicts: dict[str, serving.Verdict]) -> dict[str, Any]:
    return {
        name: {
            "digit": verdict.digit,
            "confidence": round(verdict.confidence, 6),
            "probabilities": [round(float(value), 6) for value in verdict.probabilities],
            "is_digit": verdict.is_digit,
            "reason": verdict.reason,
        }
        for name, verdict in verdicts.items()
    }


if __name__ == "__main__":
    sys.exit(main())
