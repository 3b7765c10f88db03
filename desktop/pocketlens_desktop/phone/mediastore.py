"""What the phone's own gallery knows of its photos: MediaStore, asked by `content query`.

The answer has a line a photo, ``Row: 3 _id=17, datetaken=NULL, …, _data=/storage/emulated/0/…``, and nothing in it is
escaped: names hold commas, equals signs and newlines. So the free-text columns come last, ``_data`` at the very end,
and a line counts as a new row only when it carries the next number.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from pocketlens_desktop.phone import shell
from pocketlens_desktop.phone.errors import PhoneMisbehaved, PhoneStalled
from pocketlens_desktop.phone.listing import MOST_ROWS
from pocketlens_desktop.phone.quoting import command
from pocketlens_desktop.phone.storage import relative
from pocketlens_desktop.phone.sync import REPLY_S
from pocketlens_desktop.phone.transport import Transport

IMAGES: Final = b"content://media/external/images/media"
# `is_favorite` came with Android 11; asking for a column that is not there is answered with an error.
_COLUMNS: Final = (b"_id", b"datetaken", b"is_favorite", b"mime_type", b"bucket_display_name", b"_data")
_COLUMNS_BEFORE_11: Final = tuple(column for column in _COLUMNS if column != b"is_favorite")
#: The provider answers only when it has collected all rows: some seconds for 50,000 on a slow phone.
SILENCE_S: Final = 120.0
_LONGEST_ROW: Final = 16 * 1024
_ROW = re.compile(rb"Row: (\d+) ")


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """One photo in MediaStore. What the phone does not know is None.

    Attributes:
        id: what a ``content://`` address ends with.
        path: relative to the shared storage; None when the photo is elsewhere.
        taken_at: seconds since 1970.
        album: the gallery's name for the folder.
    """

    id: int
    path: bytes | None
    taken_at: int | None
    favourite: bool | None
    mime: bytes | None
    album: bytes | None


def entries(phone: Transport, *, at: bytes | None = None) -> Iterator[MediaEntry]:
    """What MediaStore knows, of all photos or of the one with the absolute path ``at``.

    A phone whose MediaStore does not answer has no entries: they only add to what the files say.

    Raises:
        PhoneLost: the phone was unplugged meanwhile.
        PhoneStalled: MediaStore falls silent.
    """
    for columns in (_COLUMNS, _COLUMNS_BEFORE_11):
        words = [b"content", b"query", b"--uri", IMAGES, b"--projection", b":".join(columns)]
        if at is not None:
            words += [b"--where", b"_data='" + at.replace(b"'", b"''") + b"'"]
        answered = False
        with shell.ShellStream(phone, command(*words), silence_s=SILENCE_S) as stream:
            for entry in parse(columns, stream.blocks()):
                answered = True
                yield entry
        if answered:
            return


def facts(phone: Transport) -> dict[bytes, MediaEntry]:
    """What MediaStore adds to a listing, by path: some 500 bytes a photo, for as long as the listing takes.

    Times are turned into the phone's own local time, as those in the photos are. A MediaStore that answers wrongly,
    or not to the end, must not keep the photos themselves from being listed.

    Raises:
        PhoneLost: the phone was unplugged meanwhile.
    """
    known: dict[bytes, MediaEntry] = {}
    with contextlib.suppress(PhoneMisbehaved, PhoneStalled):  # what it said before is as good as ever
        zone = _zone(phone)
        for entry in entries(phone):
            if entry.path is not None and (entry.taken_at is not None or entry.favourite is not None):
                known[entry.path] = replace(entry, taken_at=_as_local(entry.taken_at, zone))
            if len(known) >= MOST_ROWS:
                break
    return known


def parse(columns: Sequence[bytes], blocks: Iterable[bytes]) -> Iterator[MediaEntry]:
    """Read the answer to ``content query`` for these columns; the last may hold anything.

    Rows that cannot be understood are left out: a strange album name must not hide the other photos' dates.
    """
    shape = re.compile(
        rb", ".join(column + rb"=(.*?)" for column in columns[:-1]) + rb", " + columns[-1] + rb"=(.*)", re.S
    )
    for row in _rows(blocks):
        fields = shape.fullmatch(row)
        if fields is not None:
            entry = _entry(dict(zip(columns, fields.groups(), strict=True)))
            if entry is not None:
                yield entry


def _rows(blocks: Iterable[bytes]) -> Iterator[bytes]:
    row: bytes | None = None
    expected = 0
    for line in _lines(blocks):
        start = _ROW.match(line)
        if start and int(start[1]) == expected:
            if row is not None:
                yield row
            row = line[start.end() :]
            expected += 1
        elif row is not None:
            row += b"\n" + line
            if len(row) > _LONGEST_ROW:
                raise PhoneMisbehaved("The phone's MediaStore has a row without an end.")
    if row is not None:
        yield row


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
        if len(rest) > _LONGEST_ROW:
            raise PhoneMisbehaved("The phone's MediaStore has a row without an end.")
    if rest:
        yield rest


def _entry(fields: dict[bytes, bytes]) -> MediaEntry | None:
    number, place = _number(fields[b"_id"]), fields[b"_data"]
    if number is None:
        return None
    try:
        path = None if place == b"NULL" else relative(place)
    except PhoneMisbehaved:
        return None
    taken_ms = _number(fields[b"datetaken"])
    favourite = _number(fields.get(b"is_favorite", b"NULL"))
    return MediaEntry(
        id=number,
        path=path,
        taken_at=taken_ms // 1000 if taken_ms else None,
        favourite=None if favourite is None else favourite == 1,
        mime=_text(fields[b"mime_type"]),
        album=_text(fields[b"bucket_display_name"]),
    )


def _zone(phone: Transport) -> tzinfo:
    name = shell.run(phone, b"getprop persist.sys.timezone", seconds=REPLY_S).output.decode(errors="replace").strip()
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # none is set, or this machine does not know it
        return UTC


def _as_local(seconds: int | None, zone: tzinfo) -> int | None:
    """The wall-clock time that a moment has in ``zone``, written as if it were UTC."""
    if seconds is None:
        return None
    try:
        offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    except (OverflowError, OSError, ValueError):
        return None
    return seconds + round(offset.total_seconds()) if offset is not None else seconds


def _number(value: bytes) -> int | None:
    return int(value) if re.fullmatch(rb"-?\d{1,18}", value) else None


def _text(value: bytes) -> bytes | None:
    return None if value == b"NULL" else value
