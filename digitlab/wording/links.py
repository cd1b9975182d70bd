"""Links to what somebody sees, and what a machine lacks that opens one."""

from __future__ import annotations

from collections.abc import Sequence

from digitlab.wording import parts
from digitlab.wording.language import gettext, ngettext


def button() -> dict[str, str]:
    """What the button for copying a link says, by its state."""
    return {
        "copy": gettext("Copy link"),
        "copied": gettext("Copied"),
        "by_hand": gettext("The browser does not allow copying. Copy the link from here:"),
    }


def packaged_digits() -> str:
    """The page works on a part of MNIST."""
    return gettext(
        "This page uses the 5,000 validation digits that come with digitlab. The other 65,000 can be fetched."
    )


def no_digits(split: str) -> str:
    """A link leads to MNIST's "test" or "train" digits, which are not on this machine."""
    if split == "train":
        return gettext("This link is about MNIST's training digits, which are not on this machine.")
    return gettext("This link is about MNIST's test digits, which are not on this machine.")


def no_models(missing: Sequence[str], instead: Sequence[str]) -> str:
    """A link names models that are not on this machine.

    Args:
        missing: their names, which may be anything.
        instead: the models that are shown.
    """
    said = ngettext(
        "This link is about the model {missing}, which is not on this machine. Shown instead: {instead}.",
        "This link is about the models {missing}, which are not on this machine. Shown instead: {instead}.",
        len(missing),
    )
    return said.format(missing=parts.names([parts.inert(name) for name in missing]), instead=parts.names(instead))


def no_split(name: str) -> str:
    """A link names a split that there is nowhere."""
    return gettext("This link is about digits called {name}, which digitlab does not know.").format(
        name=parts.inert(name)
    )


def no_such_digit(number: str) -> str:
    """A link to the Draw page names a digit that is not on this machine; `number` may be anything."""
    return gettext("This link is about the digit {number}, which is not on this machine. Draw one instead.").format(
        number=parts.inert(number)
    )


def no_digit(number: str, split: str, most: int) -> str:
    """A link names a digit that the page does not have.

    Args:
        number: as it stands in the link, which may be anything.
        split: the digits that the page shows.
        most: the largest number of these.
    """
    return gettext("There is no {digit} here. They are numbered up to {most:,}.").format(
        digit=parts.digit_of(split, parts.inert(repr(number))), most=most
    )
