"""The commands around training, most of which import TensorFlow: train, teach, sweep, worker, measure, map, inside,
export."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitlab import database, settings
from digitlab.analysis import embedding_map
from digitlab.analysis.evaluation import summary_line
from digitlab.data import mnist
from digitlab.errors import DamagedModel, InvalidValue, TrainingUnavailable, Unfinished, UnknownModel, VersionGone
from digitlab.jobs import PROMOTE, presets, processes, speed
from digitlab.models import store, versions
from digitlab.networks import AUGMENTATIONS, OPTIMIZERS, SCALINGS, SCHEDULES, Network, Recipe
from digitlab.serving import quiet
from digitlab.training import lesson
from digitlab.training.terminal import Terminal

if TYPE_CHECKING:
    from digitlab.training.worker import Worker


def add(commands: Any) -> None:
    """Add the commands to the parser's subparsers."""
    train = commands.add_parser("train", help="train a network and put it into models/")
    train.add_argument("name", metavar="NAME", help="a network of the registry, such as dnn or cnn")
    _add_recipe_options(train)
    train.add_argument(
        "--promote", choices=PROMOTE, default="always",
        help="put the finished network into service, or let it wait as a challenger (default: always)",
    )  # fmt: skip
    train.add_argument("--job", help=argparse.SUPPRESS)  # set by `jobs.start`
    train.set_defaults(run=_train)

    teach = commands.add_parser("teach", help="teach a model in service the handwriting of the labelled drawings")
    teach.add_argument("name", metavar="NAME")
    _add_recipe_options(teach)
    teach.add_argument(
        "--promote", choices=PROMOTE, default="never",
        help="put the taught network into service, or let it wait as a challenger (default: never)",
    )  # fmt: skip
    teach.set_defaults(run=_teach, job=None)

    sweep = commands.add_parser("sweep", help="try hyperparameters of a network; the best settings become a challenger")
    sweep.add_argument("name", metavar="NAME")
    sweep.add_argument("--trials", metavar="N", type=int, default=30, help="stop after this many trials (%(default)s)")
    sweep.add_argument("--budget-s", metavar="S", type=float, default=float("inf"), help="stop after this many seconds")
    sweep.add_argument("--space", metavar="FILE", type=Path, help="JSON file of the hyperparameters and their values")
    sweep.add_argument("--workers", metavar="N", type=int, help="processes on this machine (default: one per core)")
    sweep.add_argument("--cluster", metavar="tcp://HOST:PORT", help="a Dask cluster to train on instead")
    sweep.add_argument("--anew", action="store_true", help="start a new study instead of continuing the earlier one")
    sweep.add_argument("--no-challenger", action="store_true", help="do not train the best settings at the end")
    sweep.add_argument("--json", action="store_true", help="print every trial as JSON at the end")
    sweep.add_argument("--job", help=argparse.SUPPRESS)
    _add_recipe_options(sweep)
    sweep.set_defaults(run=_sweep)

    worker = commands.add_parser("worker", help="run the trainings here that apps leave to other machines (PostgreSQL)")
    worker.set_defaults(run=_work)

    measure = commands.add_parser("measure", help="say how long training a network will take on this machine")
    measure.add_argument("name", metavar="NAME")
    _add_recipe_options(measure)
    measure.set_defaults(run=_measure)

    mapping = commands.add_parser("map", help="compute the embedding maps of models by t-SNE, and store them")
    mapping.add_argument("names", metavar="NAME", nargs="*")
    mapping.add_argument("--pixels", action="store_true", help="make the pixels' own map, which ships with digitlab")
    mapping.set_defaults(run=_map)

    inside = commands.add_parser("inside", help="store what a model's layers make of a digit; answers stay the same")
    inside.add_argument("names", metavar="NAME", nargs="+")
    inside.set_defaults(run=_inside)

    drawings = commands.add_parser("drawings", help="make the drawings that ship with digitlab")
    drawings.add_argument("--sheet", metavar="FILE", help="only draw every form of the digits, as a PNG")
    drawings.set_defaults(run=_drawings)

    export = commands.add_parser("export", help="write a model as a .keras, .tflite or .onnx file")
    export.add_argument("name", metavar="NAME")
    export.add_argument("to", metavar="FILE", help="its ending decides the format")
    export.set_defaults(run=_export)


def _add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each field of `Recipe`; an option that is not given keeps the value of the default recipe."""
    choices = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "augment": AUGMENTATIONS, "scaling": SCALINGS}
    for field in dataclasses.fields(Recipe):
        kind: Any = next((kind for kind in (str, int) if kind.__name__ in str(field.type)), float)
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", dest=field.name, type=kind, choices=choices.get(field.name)
        )


def _train(options: argparse.Namespace) -> int:
    from digitlab import networks  # describes networks, imports no TensorFlow

    network = networks.get(options.name)
    return _run(network, _recipe(network.recipe, options), options)


def _teach(options: argparse.Namespace) -> int:
    from digitlab import networks

    network = networks.get(options.name)
    digits = len(_digits(options.name, download=False).train)
    return _run(network, _recipe(presets.teach(network.name, network.recipe, digits), options), options)


def _digits(start: str, *, download: bool = True) -> mnist.Mnist:
    """The digits to train on.

    If the model to start from was trained on the packaged digits only, these are used again: that model has learned
    digits which full MNIST holds out.
    """
    if start and store.read(start).run["data"]["source"] == "packaged":
        return mnist.of_source("packaged")
    return mnist.load_or_packaged(download=download)


def _run(network: Network, recipe: Recipe, options: argparse.Namespace) -> int:
    from digitlab.training.worker import Worker

    _expect_tensorflow()
    with Worker(network.name, recipe, options.promote, options.job) as worker:
        lesson.read(recipe)  # so that missing drawings are reported before TensorFlow starts
        data = _read_digits(worker, recipe)
        made = _produce(worker, network, recipe, data)
    _complete(made, recipe, data)
    return 0


def _read_digits(worker: Worker, recipe: Recipe) -> mnist.Mnist:
    data = _digits(recipe.start)
    _say_packaged(data)
    worker.reading(data)
    return data


def _produce(
    worker: Worker, network: Network, recipe: Recipe, data: mnist.Mnist, found: str | None = None
) -> store.StoredModel:
    """Train and store a network, promote it as the worker's status says, and print how it went; `_complete` comes next.

    Args:
        worker: a worker that has read the digits.
        network, recipe, data: as for `produce.produce`.
        found: the verdict of a sweep, which becomes part of the final status.
    """
    print(f"Training {network.name} ({network.summary}): {recipe.epochs} epochs, seed {recipe.seed}")
    made: store.StoredModel = _tensorflow("produce").produce(network, recipe, data, Terminal(worker, recipe.epochs))
    run = made.run
    print(f"Kept epoch {run['best_epoch']}, after {run['duration_s']:.0f} s of training.")
    print(f"validation: {summary_line(run['metrics']['validation'])}")
    with worker.replacing():
        promoted, message = _promote(network.name, worker.status.promote)
        worker.done(" ".join(filter(None, (found, run["ended"], message))), promoted=promoted)
    if run["ended"]:
        print(run["ended"])
    print(message if promoted else f"{message} Its files: {store.places(network.name).challenger}", flush=True)
    return made


def _complete(made: store.StoredModel, recipe: Recipe, data: mnist.Mnist) -> None:
    """Add what takes long to a model that may be promoted meanwhile; the job is over."""
    began = time.monotonic()
    print("Its map and the figures on test and training digits follow.", flush=True)
    try:
        _tensorflow("produce").complete(made, data)
    except VersionGone:
        print("This version has been replaced already: nothing was added to it.")
        return
    except KeyboardInterrupt:
        raise Unfinished(
            f"interrupted; {made.name} stays as it is, without its map, which python -m digitlab map {made.name} makes "
            "once it is in service."
        ) from None
    speed.remember_completion(made.name, recipe, time.monotonic() - began)
    for split in ("test", "training"):
        if split in made.run["metrics"]:
            print(f"{split}: {summary_line(made.run['metrics'][split])}")


def _sweep(options: argparse.Namespace) -> int:
    from digitlab import networks, sweeps
    from digitlab.sweeps import study
    from digitlab.training import sweep as running
    from digitlab.training.worker import Worker
    from digitlab.wording.sweeps import verdict

    has_workers = options.workers is None or options.workers >= 1
    if options.trials < 1 or not has_workers or not options.budget_s > 0:  # nor is NaN
        raise InvalidValue("A sweep needs at least one trial and one worker, and a budget above 0 seconds.")
    _expect_tensorflow()
    network = networks.get(options.name)
    base = _recipe(network.recipe, options)
    if base.room > 0:  # the workers of a cluster need not reach the collection
        raise InvalidValue("A sweep does not learn from the drawings of the room: leave out --room.")
    space = sweeps.read_space(options.space, network, base) if options.space else sweeps.default_space(network, base)
    sweep = study.Sweep(network, base, space)
    workers = running.Cluster(options.cluster) if options.cluster else running.Pool(options.workers)
    limits = running.Limits(options.trials, time.time() + options.budget_s)
    with Worker(network.name, base, "never", options.job, sweep.name) as worker:
        data = _read_digits(worker, base)
        sweep = study.continued(dataclasses.replace(sweep, source=data.source), anew=options.anew)
        worker.goes_on(sweep.name)

        def tell(line: str) -> None:
            worker.phase(f"Sweep: {line}")
            print(line, file=sys.stderr, flush=True)

        trials = running.run(sweep, limits, workers, tell=tell)
        best, found = study.best(trials), verdict(trials)
        if options.json:
            print(json.dumps({"study": sweep.name, "trials": [dataclasses.asdict(one) for one in trials]}, indent=1))
        else:
            print(found)
        if best is None or best.number == 0 or options.no_challenger:
            worker.done(found, promoted=False)
            return 0
        recipe = sweep.recipe(best.values)
        worker.turn_to(recipe)
        with redirect_stdout(sys.stderr if options.json else sys.stdout):  # stdout holds the JSON and nothing else
            made = _produce(worker, network, recipe, data, found)
    with redirect_stdout(sys.stderr if options.json else sys.stdout):
        _complete(made, recipe, data)
    return 0


def _work(options: argparse.Namespace) -> int:
    if not processes.can_train():
        raise TrainingUnavailable("This machine cannot train: it lacks TensorFlow, or DIGITLAB_TRAIN_ELSEWHERE is set.")
    if not database.is_shared():
        raise InvalidValue(
            "A worker takes trainings from a PostgreSQL: name the one of the apps in DIGITLAB_DATABASE "
            "(postgresql://user:password@host/name)."
        )
    from digitlab.jobs import queue  # imports SQLAlchemy

    queue.serve(lambda line: print(line, flush=True))
    return 0


def _promote(name: str, when: str) -> tuple[bool, str]:
    """Put the finished network into service if `when` says so; return whether it was, and a message about it."""
    waits = "It waits as a challenger beside the model in service."
    if when == "never":
        return False, waits
    if when == "if-better":
        from digitlab.analysis import comparison  # imports scikit-learn
        from digitlab.wording.comparison import verdict

        try:
            compared = comparison.compare(store.read(name), store.read_challenger(name))
        except (UnknownModel, DamagedModel):
            pass  # no whole model is in service, so any is better
        else:
            if not compared.better:
                return False, f"It is not better than the model in service: {verdict(compared)} {waits}"
    versions.promote(name)
    return True, f"It is in service as {name}; the version before is kept to roll back to."


def _measure(options: argparse.Namespace) -> int:
    from digitlab import networks

    began = time.time()
    network = networks.get(options.name)
    recipe = _recipe(network.recipe, options)
    data = mnist.load_or_packaged(download=False)
    module = _tensorflow("measure")
    module.keep_preview()
    speed = module.measure(network, recipe, data, began)
    total_s = speed.total_s(recipe, recipe.examples or len(data.train))
    print(f"Training {network.name} for {recipe.epochs} epochs will take about {total_s:.0f} s here.")
    return 0


def _map(options: argparse.Namespace) -> int:
    if options.pixels:
        embedding_map.lay_out_pixels(mnist.load())
    module = _tensorflow("produce")
    for name in options.names:
        stored = store.read(name)
        data = mnist.of_source(stored.run["data"]["source"])
        began = time.perf_counter()
        module.answer(stored, data)
        module.complete(stored, data, thorough=True)
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    return 0


def _inside(options: argparse.Namespace) -> int:
    module = _tensorflow("export")
    for name in options.names:
        stored = store.read(name)
        made = module.with_inside(stored)
        versions.amend(name, stored.run, made)
        size = len(made.get(store.TFLITE, stored.tflite))
        print(f"{name}: {size:,} bytes, {size - len(stored.tflite):+,}", flush=True)
    return 0


def _drawings(options: argparse.Namespace) -> int:
    from digitlab.data import drawn
    from digitlab.handwriting import drawings, hands

    if options.sheet:
        hands.sheet().save(options.sheet, "PNG", optimize=True)
        print(options.sheet)
        return 0
    drawings.make(mnist.load())
    print(f"{drawn.FILE}: {drawn.FILE.stat().st_size / 1e6:.1f} MB")
    return 0


def _recipe(default: Recipe, options: argparse.Namespace) -> Recipe:
    return default.with_changes(**{field.name: getattr(options, field.name) for field in dataclasses.fields(Recipe)})


def _say_packaged(data: mnist.Mnist) -> None:
    if data.source == "packaged":
        print(
            f"Full MNIST is not available here: training on the {len(data.train):,} packaged digits.", file=sys.stderr
        )


def _expect_tensorflow() -> None:
    """Check that TensorFlow is installed, before digits are fetched in vain.

    Raises:
        TrainingUnavailable: TensorFlow is not installed.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise TrainingUnavailable(
            f"This needs TensorFlow, which is not installed: {settings.how_to_install('train')}, with Python 3.11 to "
            "3.13."
        )


def _tensorflow(module: str) -> Any:
    """Import a module of this room that needs TensorFlow; call this after everything that can fail sooner.

    Raises:
        TrainingUnavailable: TensorFlow or another package that training needs is not installed.
    """
    try:
        with quiet():
            return importlib.import_module(f"digitlab.training.{module}")
    except ImportError as error:
        raise TrainingUnavailable(
            f"This needs TensorFlow and the other packages for training, one of which is missing ({error}): "
            f"{settings.how_to_install('train')}, with Python 3.11 to 3.13."
        ) from error


def _export(options: argparse.Namespace) -> int:
    target = Path(options.to)
    kind = target.suffix
    if kind not in {".keras", ".tflite", ".onnx"}:
        raise InvalidValue(f"Expected a file name ending in .keras, .tflite or .onnx, got {options.to!r}.")
    store.read(options.name)
    if kind == ".onnx":
        module = _tensorflow("export")
        with tempfile.TemporaryDirectory() as folder:
            source, made = Path(folder) / store.KERAS, Path(folder) / "model.onnx"
            source.write_bytes(store.read_file(options.name, store.KERAS))
            difference = module.to_onnx(source, made)
            target.write_bytes(made.read_bytes())
        print(f"{target}: the same answers as {options.name} within {difference:.1g}")
    else:
        target.write_bytes(store.read_file(options.name, store.KERAS if kind == ".keras" else store.TFLITE))
        print(target)
    return 0
