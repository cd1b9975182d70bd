"""`predict` and `explain`: what models read in files, and why; a file that cannot be read does not stop the others."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from digitlab import serving
from digitlab.command_line import drawing_file, telling
from digitlab.errors import DigitlabError, NothingDrawn, OnlyADot
from digitlab.explain import summary
from digitlab.explain.summary import Explanation
from digitlab.ink import Ink
from digitlab.models import store
from digitlab.serving import Classifier, Doubt, Verdict, quiet
from digitlab.wording import answers, doubts, explanations, pictures

Answer = tuple[dict[str, Any], str]  # what a file's entry in the JSON has beside its name; what follows it as text


def add(commands: Any) -> None:
    """Add the two commands to the command line's parser."""
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


def classifier(name: str) -> Classifier:
    """A model, ready to answer; if another version than the current one answers, stderr says so.

    Raises:
        UnknownModel, DamagedModel: as `serving.load`.
    """
    with quiet():
        loaded = serving.load(name)
    if loaded.notice:
        print(f"digitlab: {loaded.notice}", file=sys.stderr)
    return loaded


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", metavar="FILE", nargs="+")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument(
        "--model", metavar="NAME", dest="models", action="append", help="can be repeated (default: dnn and cnn)"
    )
    command.add_argument(
        "--box",
        metavar="X,Y,W,H",
        type=_box,
        help="read only this part of the pictures: its left and upper edge, width and height, in px of the upright "
        "picture",
    )
    command.add_argument(
        "--turn", metavar="DEGREES", type=int, choices=(0, 90, 180, 270), default=0,
        help="turn the pictures clockwise first, by 90, 180 or 270",
    )  # fmt: skip


def _box(text: str) -> tuple[int, int, int, int]:
    try:
        left, top, width, height = (int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected four whole numbers such as 40,60,200,240 (left, top, width and height in px), got {text!r}"
        ) from None
    return left, top, width, height


def _predict(options: argparse.Namespace) -> int:
    models = _models(options)

    def answer(drawing: Ink, is_drawn: bool) -> Answer:
        reading = serving.read(drawing, models)
        entry = {"answers": _as_json(reading.whole), **_whether_a_digit(reading.whole)}
        digits = [{"box": list(digit.box), "answers": _as_json(digit.verdicts)} for digit in reading.digits]
        text = f" {answers.line(reading, several=options.several)}"
        turn = None if is_drawn else serving.turn_that_helps(drawing, reading, models)
        if turn is not None:
            degrees = (options.turn + turn.degrees) % 360
            entry["turn"] = degrees
            text += f" {pictures.turn_option_helps(degrees, turn.digit, [model.name for model in models])}"
        return entry | ({"digits": digits} if options.several else {}), text

    return _for_each(options, answer, {"digits": []} if options.several else {})


def _explain(options: argparse.Namespace) -> int:
    models = _models(options)

    def answer(drawing: Ink, _: bool) -> Answer:
        verdicts = serving.read(drawing, models).whole
        by_model = {
            model.name: summary.explain(model, drawing.pixels, verdicts[model.name], options.digit) for model in models
        }
        as_json = {name: _explanation_as_json(explained) for name, explained in by_model.items()}
        lines = ["", *(f"  {name} " + "\n    ".join(explanations.lines(each)) for name, each in by_model.items())]
        return {"answers": as_json, **_whether_a_digit(verdicts)}, "\n".join(lines)

    return _for_each(options, answer, {})


def _models(options: argparse.Namespace) -> list[Classifier]:
    return [classifier(name) for name in dict.fromkeys(options.models or store.FLAGSHIPS)]


def _for_each(options: argparse.Namespace, answer: Callable[[Ink, bool], Answer], without: dict[str, Any]) -> int:
    """Tell of one file after the other what `answer` says of its drawing, or why there is no answer.

    Args:
        options: the command's; without `--json`, each file is told of as soon as it is read.
        answer: what to tell of a drawing, given whether it is strokes of a pen rather than a picture.
        without: what the entries of files without an answer have as well.

    Returns:
        The exit status: 1 if a file could not be read.
    """
    entries, failed = [], 0
    for file in options.files:
        try:
            with quiet():  # of a damaged file, decoders complain on stderr, each in its own words
                drawing = drawing_file.read(file, options.box, options.turn)
            entry, text = answer(drawing, drawing_file.is_strokes(file))
            number, count = drawing.page
            if count > 1:
                entry |= {"page": number, "pages": count}
                text = f" {pictures.page_option(number, count)}{text}"
        except (NothingDrawn, OnlyADot) as error:
            entry, text = _no_answer(str(error)) | without, f" {error}"
        except Exception as error:  # whatever a file does must not cost the others their answers
            why = telling.problem(error)
            if not isinstance(error, DigitlabError):
                why = pictures.unreadable(why)
                print(f"digitlab: {telling.in_one_line(file)}: {why}", file=sys.stderr)
            entry, text = _no_answer(why) | {"failed": True} | without, f" {why}"
            failed += 1
        if options.json:
            # Bytes of a name that are no text would be half a character each, which JSON does not allow.
            entries.append({"file": file.encode(errors="backslashreplace").decode(), **entry})
        else:
            print(f"{telling.in_one_line(file)}:{text}", flush=True)
    if options.json:
        print(json.dumps(entries, indent=None if options.run is _explain else 1))
    if failed:
        print(f"digitlab: {pictures.some_unreadable(failed, len(options.files))}", file=sys.stderr)
    return 1 if failed else 0


def _no_answer(reason: str) -> dict[str, Any]:
    return {"error": reason, "is_digit": False, "reason": reason}


def _whether_a_digit(verdicts: dict[str, Verdict]) -> dict[str, Any]:
    """A picture counts as a digit if all models say so; otherwise, the first one that objects gives the reason."""
    doubt = serving.first_doubt(verdicts.values())
    return {"reason": _reason(doubt), "is_digit": doubt is None}


def _reason(doubt: Doubt | None) -> str | None:
    return None if doubt is None else doubts.reason(doubt)


def _as_json(verdicts: dict[str, Verdict]) -> dict[str, Any]:
    return {
        name: {
            "digit": verdict.digit,
            "confidence": round(verdict.confidence, 6),
            "probabilities": [round(float(value), 6) for value in verdict.probabilities],
            "is_digit": verdict.is_digit,
            "reason": _reason(verdict.doubt),
        }
        for name, verdict in verdicts.items()
    }


def _explanation_as_json(explanation: Explanation) -> dict[str, Any]:
    """An explanation; pictures are 28 rows of 28 numbers."""
    return {
        "digit": explanation.digit,
        "answer": explanation.verdict.digit,
        "is_digit": explanation.verdict.is_digit,
        "reason": _reason(explanation.verdict.doubt),
        "attribution": np.round(explanation.attribution.astype(float), 4).tolist(),
        "pixels": np.round(explanation.pixels.astype(float), 4).tolist(),
        "nearest": [
            {"split": digit.split, "index": digit.index, "label": digit.label} for digit in explanation.nearest
        ],
        "flips": {
            name: [{"value": flip.value, "from": flip.before, "to": flip.after} for flip in curve.flips]
            for name, curve in explanation.curves.items()
        },
        "sentence": explanations.reason([explanation.reason] if explanation.reason else []),
    }
