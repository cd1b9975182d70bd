"""The hyperparameters that a sweep may choose, and the values it may choose from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitlab.errors import InvalidValue
from digitlab.language import N_
from digitlab.networks import HYPERPARAMETERS, Network, Recipe

_EXAMPLE = '{"learning_rate": {"low": 0.0001, "high": 0.01, "log": true}, "batch_size": {"choices": [32, 64]}}'


@dataclass(frozen=True)
class Choice:
    """A hyperparameter with a list of possible values."""

    choices: tuple[Any, ...]


@dataclass(frozen=True)
class Range:
    """A hyperparameter between two numbers.

    Attributes:
        low, high: the ends, both included.
        log: whether values are chosen on a logarithmic scale.
        whole: whether only whole numbers are allowed.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False


Space = Mapping[str, Choice | Range]


def default_space(network: Network, base: Recipe) -> dict[str, Choice | Range]:
    """The space of a sweep that names none; it always contains the values of `base`, the published settings.

    Args:
        network: the network to tune.
        base: its recipe, whose values hold for everything that the sweep does not choose.
    """
    rate = base.learning_rate
    space: dict[str, Choice | Range] = {
        "learning_rate": Range(max(rate / 10, 1e-5), min(rate * 10, 1.0), log=True),
        "batch_size": Choice((32, 64, 128, 256)),
        "optimizer": Choice(HYPERPARAMETERS["optimizer"].choices),
        "schedule": Choice(HYPERPARAMETERS["schedule"].choices),
        "augment": Choice(("none", "gentle")),
        "ema": Choice((0.0, 0.99, 0.999)),
    }
    if network.dropout:
        space["dropout"] = Range(0.0, 0.7)
    return including(space, settings(network, base, space))


def read_space(path: Path) -> dict[str, Any]:
    """What a JSON file says of a space, as `space_from` takes it.

    Raises:
        InvalidValue: the file cannot be read, or is no JSON object.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidValue(
            N_("The space {path} cannot be read: {error}. Expected JSON such as {example}."),
            path=path,
            error=error,
            example=_EXAMPLE,
        ) from error
    if not isinstance(data, dict) or not data:
        raise InvalidValue(N_("The space {path} must be a JSON object such as {example}."), path=path, example=_EXAMPLE)
    return data


def space_from(data: Mapping[str, Any] | None, network: Network, base: Recipe) -> dict[str, Choice | Range]:
    """A space from JSON: by hyperparameter, `{"choices": [...]}` or `{"low": ..., "high": ..., "log": true}`.

    The space always contains the values of `base`, the published settings. If there is no JSON, it is `default_space`.

    Raises:
        InvalidValue: there is another hyperparameter, or a value that `Recipe` refuses.
    """
    if data is None:
        return default_space(network, base)
    space = {name: _dimension(name, given) for name, given in data.items()}
    return including(space, settings(network, base, space))


def settings(network: Network, base: Recipe, space: Space) -> dict[str, Any]:
    """A recipe's values for the hyperparameters of a space, with the network's own dropout if the recipe names none."""
    return {
        name: network.dropout if name == "dropout" and base.dropout is None else getattr(base, name) for name in space
    }


def including(space: Space, values: Mapping[str, Any]) -> dict[str, Choice | Range]:
    """The space, widened where one of the values lies outside it.

    Raises:
        InvalidValue: a value that is not above 0 would have to be in a logarithmic range.
    """
    widened: dict[str, Choice | Range] = {}
    for name, dimension in space.items():
        value = values[name]
        if isinstance(dimension, Choice):
            added = () if value in dimension.choices else (value,)
            widened[name] = Choice((*dimension.choices, *added))
        else:
            if dimension.log and value <= 0:
                raise InvalidValue(
                    N_(
                        "The range of {name} cannot be logarithmic: it must contain the published value, {value!r}, "
                        "which is not above 0."
                    ),
                    name=name,
                    value=value,
                )
            widened[name] = dataclasses.replace(
                dimension, low=min(dimension.low, value), high=max(dimension.high, value)
            )
    return widened


def as_json(space: Space) -> dict[str, dict[str, Any]]:
    """The space in the form of a JSON file, by name in alphabetical order."""
    return {name: dataclasses.asdict(space[name]) for name in sorted(space)}


def from_json(ranges: Mapping[str, Mapping[str, Any]]) -> dict[str, Choice | Range]:
    """The space from which `as_json` made this."""
    return {
        name: Choice(tuple(given["choices"])) if "choices" in given else Range(**given)
        for name, given in ranges.items()
    }


def _dimension(name: str, given: Any) -> Choice | Range:
    tunable = [hyperparameter.name for hyperparameter in HYPERPARAMETERS.values() if hyperparameter.is_tunable]
    if name not in tunable:
        raise InvalidValue(N_("A sweep can choose {names}, not {name!r}."), names=", ".join(tunable), name=name)
    if not isinstance(given, dict) or not ({"choices"} == set(given) or {"low", "high"} <= set(given)):
        raise InvalidValue(
            N_('{name} must have "choices", or "low" and "high", as in {example}.'), name=name, example=_EXAMPLE
        )
    if "choices" in given:
        values = given["choices"]
        if not isinstance(values, list) or not values:
            raise InvalidValue(N_("The choices of {name} must be a list of at least one value."), name=name)
        for value in values:
            _check(name, value)
        return Choice(tuple(values))
    if set(given) - {"low", "high", "log"}:
        raise InvalidValue(
            N_("A range of {name} has low, high and log, not {names}."), name=name, names=", ".join(sorted(set(given)))
        )
    low, high = given["low"], given["high"]
    for value in (low, high):
        _check(name, value)
    if not isinstance(low, int | float) or not isinstance(high, int | float) or not low < high:
        raise InvalidValue(
            N_("The range of {name} must go from a number to a larger one, got {low!r} to {high!r}."),
            name=name,
            low=low,
            high=high,
        )
    if given.get("log") and low <= 0:
        raise InvalidValue(
            N_("The range of {name} cannot be logarithmic from {low!r}: the low end must be above 0."),
            name=name,
            low=low,
        )
    return Range(low, high, bool(given.get("log")), whole=HYPERPARAMETERS[name].kind is int)


def _check(name: str, value: Any) -> None:
    try:
        HYPERPARAMETERS[name].check(value)
    except InvalidValue as error:
        raise InvalidValue(N_("The space cannot be used: {error}"), error=error) from error
