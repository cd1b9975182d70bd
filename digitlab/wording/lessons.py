"""What the pages say of lessons, and the numbers in their texts; the texts themselves are in the lessons' files."""

from __future__ import annotations

import math
from collections.abc import Sequence

from digitlab.wording import parts
from digitlab.wording import room as of_room
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, numeral

# ---- numbers in a lesson's text


def unknown() -> str:
    """What is not known on this machine."""
    return "–"


def number(value: float) -> str:
    """A whole number."""
    return numeral(value, ",.0f")


def share(part: float) -> str:
    """A share in [0, 1], exact enough to tell one digit in 5,000."""
    return unknown() if math.isnan(part) else numeral(part, ".2%")


def points(difference: float) -> str:
    """A difference of two shares, as a number of percentage points."""
    return numeral(100 * difference, ".2f")


def plain(value: float) -> str:
    """A number as short as it can be, such as 0.002 or 99.5."""
    return numeral(value, "g")


def loss(nats: float) -> str:
    """A loss."""
    return numeral(nats, ".3g")


def holds(pixels: float | None) -> str:
    """How far a picture can be shifted before an answer changes; None for as far as it is tried."""
    return _("more than 8 px") if pixels is None else _("{pixels:g} px").format(pixels=pixels)


def label(of: int) -> str:
    """What a kept drawing was said to be."""
    return of_room.label(of)


def names(several: Sequence[str]) -> str:
    """Models in a sentence; "–" if there is none."""
    return parts.names(several) if several else unknown()


# ---- beside a lesson


def at(step: int, steps: int) -> str:
    """Where in a lesson the reader is."""
    return _("Step {step} of {steps}").format(step=step, steps=steps)


def bar(title: str, step: int, steps: int, *, is_done: bool) -> str:
    """The same in the thin bar on a phone, with the title of the step."""
    said = _("✓ Done: {title} ({step}/{steps})") if is_done else _("{title} ({step}/{steps})")
    return said.format(title=parts.inert(title), step=step, steps=steps)


def progress(done: int, steps: int) -> str:
    """How far a lesson is, in the list."""
    if done >= steps:
        return _("Finished")
    return at(done + 1, steps) if done else _("Not begun")


def minutes(count: int) -> str:
    """How long a lesson takes."""
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)


def go(page: str) -> str:
    """The link to the page on which a step is done."""
    return _("Go to {page}").format(page=page)


def noticed() -> str:
    """A step is done."""
    return _("Noticed")


def waits() -> str:
    """A step is not done yet."""
    return _("This step notices when you have done it.")


def training_refused() -> str:
    """The reader may not start a training here."""
    return _("On this server only the presenter can train. Skip this step: it then shows what a stored training did.")


def training_hindered(why: str) -> str:
    """Nothing can be trained from here."""
    return _("{why} Skip this step: it then shows what a stored training did.").format(why=why)


def unknown_lesson(name: str) -> str:
    """A link names a lesson that is not here."""
    return _("There is no lesson called {name} here. Choose one below.").format(name=parts.inert(name))


def too_long(most: int) -> str:
    """A dropped file does not fit into a link."""
    return _(
        "This lesson is too long for a link of {most:,} characters. Shorten it, or put its file into the folder that "
        "DIGITLAB_LESSONS names."
    ).format(most=most)


def unreadable_link() -> str:
    """A link should carry a lesson."""
    return _("The lesson in this link cannot be read. Copy the link again where it came from.")


def no_text(file: str, line: int) -> str:
    """A lesson's file is no text."""
    return _("{file}, line {line}: expected text in UTF-8.").format(file=file, line=line)


def bad_name(file: str) -> str:
    """A file in the folder of lessons has a name that no link can have."""
    return _("{file}: expected a name of lower-case letters, digits and hyphens, such as my-lesson.md.").format(
        file=file
    )


def your_file() -> str:
    """What a dropped file is called in messages."""
    return _("Your lesson")


def verdict(*, right: bool) -> str:
    """Above the explanation of an answer; there are no grades."""
    return _("✓ Yes") if right else _("Not quite")


def finished(title: str) -> str:
    """A lesson has come to its end."""
    return _("That was **{title}**. What you have seen is only what these two models do: try your own ideas.").format(
        title=parts.inert(title)
    )


def how_to_make() -> str:
    """How to make a lesson, as Markdown."""
    return _(
        "A lesson is a text file. Copy one of these, edit it, and drop it here: the address of this page then carries "
        "your lesson, so that everybody who opens the link has it. A mistake is named with its line."
    )
