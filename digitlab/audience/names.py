"""Nicknames: one that is always available, and what may be chosen instead."""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from digitlab.errors import InvalidValue
from digitlab.wording import rounds as words

SHORTEST, LONGEST = 2, 20  # signs
_ADJECTIVES = (
    "Agile", "Bold", "Brave", "Bright", "Calm", "Clever", "Curious", "Daring", "Eager", "Fair", "Fancy", "Fast",
    "Gentle", "Golden", "Happy", "Honest", "Jolly", "Keen", "Kind", "Lively", "Lucky", "Merry", "Mighty", "Neat",
    "Nimble", "Noble", "Proud", "Quick", "Quiet", "Sharp", "Silver", "Smart", "Snappy", "Sunny", "Swift", "Tidy",
    "Vivid", "Warm", "Wise", "Witty",
)  # fmt: skip
_ANIMALS = (
    "Badger", "Bear", "Beaver", "Bison", "Camel", "Cat", "Crane", "Deer", "Dingo", "Dolphin", "Eagle", "Falcon",
    "Ferret", "Finch", "Fox", "Gecko", "Goose", "Hamster", "Hare", "Hawk", "Heron", "Ibex", "Koala", "Lemur", "Lion",
    "Lizard", "Llama", "Lynx", "Marten", "Mole", "Moose", "Newt", "Otter", "Owl", "Panda", "Penguin", "Puffin",
    "Rabbit", "Raven", "Robin", "Seal", "Shark", "Sparrow", "Squirrel", "Stork", "Swan", "Tiger", "Toad", "Turtle",
    "Walrus", "Weasel", "Whale", "Wolf", "Wombat", "Yak", "Zebra",
)  # fmt: skip
# Signs of other alphabets, and digits, that look like a Latin letter; what looks alike counts as the same sign.
_ALIKE = str.maketrans(
    "авгдезіјкмнопрстухѕԁԛԝһαβγεηικνορτυχω013457@$!|",
    "abrdeeijkmhonpctyxsdqwhabyenikvoptuxwoieastasii",
)


def generated(who: str) -> Iterator[str]:
    """Names for a phone, the first to be taken unless somebody else has it; there are always more."""
    start = int(who[:8] or "0", 16)
    for step in itertools.count():
        turn, at = divmod(start + step, len(_ADJECTIVES) * len(_ANIMALS))
        name = f"{_ADJECTIVES[at % len(_ADJECTIVES)]} {_ANIMALS[at // len(_ADJECTIVES)]}"
        yield name if step < len(_ADJECTIVES) * len(_ANIMALS) else f"{name} {turn}"


def clean(given: object) -> str:
    """A chosen name in one form, without signs at its ends.

    Raises:
        InvalidValue: it is too short or too long, has other signs than letters, digits and single spaces between them,
            or a word that does not belong on a hall's wall.
    """
    if not isinstance(given, str) or len(given) > 10 * LONGEST:
        raise InvalidValue(words.name_length(SHORTEST, LONGEST))
    name = " ".join(unicodedata.normalize("NFKC", given).split())
    if not SHORTEST <= len(name) <= LONGEST:
        raise InvalidValue(words.name_length(SHORTEST, LONGEST))
    marks = 0  # some scripts put several on a letter, and some people a tower of them
    for sign in name:
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind.startswith("M") else 0
        if (kind[0] not in "LM" and kind != "Nd" and sign not in " -'’·") or marks > 2:
            raise InvalidValue(words.name_signs())
    looks, parts = look(name), {look(part) for part in name.split()}
    if not any(sign.isalpha() for sign in name) or not looks:
        raise InvalidValue(words.name_signs())
    within, whole = _refused()
    if any(word in looks for word in within) or parts & whole or looks in whole:
        raise InvalidValue(words.name_refused())
    return name


def look(name: str) -> str:
    """What is the same for names that look alike: without accents, case, spaces and doubled signs."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign)
    ).translate(_ALIKE)
    kept = (sign for sign in bare if unicodedata.category(sign)[0] in "LNM")
    return "".join(sign for sign, _ in itertools.groupby("".join(kept).replace("l", "i").replace("rn", "m")))


@functools.cache
def _refused() -> tuple[frozenset[str], frozenset[str]]:
    """What no name may contain, and what no word of it may be."""
    lines = Path(__file__).with_name("refused.txt").read_text(encoding="utf-8").split()
    whole = frozenset(look(line) for line in lines if line.startswith("="))
    return frozenset(look(line) for line in lines if not line.startswith("=")), whole
