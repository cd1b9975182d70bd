"""Reads translations from `.po` files themselves, so that nothing has to be compiled and nothing can be out of date.

Python's gettext reads the binary form, `.mo`, so that is made here in memory: of a catalogue, once per process.
"""

from __future__ import annotations

import gettext
import io
import re
import struct
from pathlib import Path

_LINE = re.compile(r'^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?) )?"(.*)"$', re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")
_MAGIC, _HEADER = 0x950412DE, 28  # of a .mo file, and how many bytes its header has


def read(file: Path) -> gettext.GNUTranslations:
    """The translations in a `.po` file; messages without one, or with a doubtful ("fuzzy") one, are not in it."""
    entries = dict(filter(None, map(_entry, file.read_text(encoding="utf-8").split("\n\n"))))
    return gettext.GNUTranslations(io.BytesIO(_mo(entries)))


def _entry(block: str) -> tuple[bytes, bytes] | None:
    """A message and its translation as a `.mo` file has them."""
    fields: dict[str, str] = {}
    field = ""
    for name, text in _LINE.findall(block):
        field = name or field
        fields[field] = fields.get(field, "") + _ESCAPED.sub(_unescaped, text)
    translated = [text for name, text in fields.items() if name.startswith("msgstr")]
    if (
        "msgid" not in fields
        or not translated
        or not all(translated)
        or (fields["msgid"] and "\n#, fuzzy" in f"\n{block}")
    ):
        return None
    context = [fields["msgctxt"]] if "msgctxt" in fields else []
    plural = [fields["msgid_plural"]] if "msgid_plural" in fields else []
    return "\4".join([*context, "\0".join([fields["msgid"], *plural])]).encode(), "\0".join(translated).encode()


def _unescaped(sign: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(sign[1], sign[1])


def _mo(entries: dict[bytes, bytes]) -> bytes:
    messages = sorted(entries)
    texts = [*messages, *(entries[message] for message in messages)]
    place = _HEADER + 8 * len(texts)
    table = []
    for text in texts:
        table += [len(text), place]
        place += len(text) + 1
    count = len(messages)
    header = struct.pack("<7I", _MAGIC, 0, count, _HEADER, _HEADER + 8 * count, 0, 0)
    return header + struct.pack(f"<{len(table)}I", *table) + b"".join(text + b"\0" for text in texts)
