"""Nicknames: one that is always available, and what may be chosen instead."""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from digitlab.audience.nicknames import ADJECTIVE_FIRST, ADJECTIVES, ANIMALS
from digitlab.errors import InvalidValue
from digitlab.wording import rounds as words

SHORTEST, LONGEST = 2, 20  # signs
# Signs of other alphabets, and digits, that look like a Latin letter; what looks alike counts as the same sign.
_ALIKE = str.maketrans(
    "авгдезіјкмнопрстухѕԁԛԝһαβγεηικνορτυχω013457@$!|",
    "abrdeeijkmhonpctyxsdqwhabyenikvoptuxwoieastasii",
)


def generated(who: str, language: str) -> Iterator[str]:
    """Names for a phone, the first to be taken unless somebody else has it; there are always more.

    Args:
        who: the phone, as `rounds.who` gives it.
        language: of the names, a key of `ADJECTIVES`.
    """
    adjectives, animals = ADJECTIVES[language], ANIMALS[language]
    start, several = int(who[:8] or "0", 16), len(adjectives) * len(animals)
    for step in itertools.count():
        turn, at = divmod(start + step, several)
        parts = adjectives[at % len(adjectives)], animals[at // len(adjectives)]
        name = " ".join(parts if language in ADJECTIVE_FIRST else parts[::-1])
        yield name if step < several else f"{name} {turn}"


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
