"""Every photo on a phone, as a stream: by the phone's own `find` where it can, by walking its folders where not.

Three ways, tried in this order: ``find -printf`` (toybox 0.8.1, Android 11 and later), ``find -exec stat`` (before
that), and a walk through adb's file service (no usable `find`). All give whole seconds for the modification time,
so that a phone whose way changes with an update is not indexed anew.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from pocketlens.source import PHOTO_SUFFIXES, ListedPhoto, UnlistedFolder, is_photo_name
from pocketlens_desktop.phone import shell
from pocketlens_desktop.phone.errors import PhoneMisbehaved, PhoneRefused, PhoneUnavailable
from pocketlens_desktop.phone.information import is_locked
from pocketlens_desktop.phone.quoting import command
from pocketlens_desktop.phone.states import LOCKED_STORAGE
from pocketlens_desktop.phone.storage import (
    NO_MEDIA,
    PRIVATE_FOLDERS,
    ROOT,
    absolute,
    album_of,
    checked,
    is_below,
    relative,
)
from pocketlens_desktop.phone.sync import REPLY_S, SyncSession
from pocketlens_desktop.phone.transport import Transport

#: A `find` says nothing while it goes through folders without photos; minutes have been seen on old cards.
_SILENCE_S: Final = 300.0
#: More rows than this are not an album but an answer without an end.
MOST_ROWS: Final = 1_000_000
_LONGEST_ROW: Final = 8192
#: Android's own folders nest some 15 deep.
_DEEPEST: Final = 64
_SECOND_NS: Final = 1_000_000_000

_PRINTED = re.compile(rb"(-?\d{1,12})(?:\.\d+)? (\d{1,19}) (.+)", re.DOTALL)
_COMPLAINT = re.compile(rb"find: '?/sdcard/([^\0]+?)'?: (.+)")


class ListingMethod(StrEnum):
    """How a phone's photos are listed."""

    PRINTF = "find -printf"
    STAT = "find -exec stat"
    WALK = "folder walk"


def choose_method(phone: Transport) -> ListingMethod:
    """The best way that this phone is capable of, found out by trying each on one folder.

    Raises:
        PhoneUnavailable: it is capable of none.
    """
    only_root = command(b"find", ROOT, b"-maxdepth", b"0")
    said = shell.run(phone, only_root + b" " + command(b"-printf", rb"%T@ %s %p\0"), seconds=REPLY_S)
    if said.exit_code == 0 and said.output.endswith(b"\0") and _PRINTED.fullmatch(said.output[:-1]):
        return ListingMethod.PRINTF
    said = shell.run(phone, only_root + b" " + command(*_stat_words(b"")), seconds=REPLY_S)
    if said.exit_code == 0 and _PRINTED.fullmatch(said.output.strip()):
        return ListingMethod.STAT
    if b"ls_v2" in phone.features:
        return ListingMethod.WALK
    raise PhoneUnavailable("The photos on this phone cannot be listed over adb.", thing=phone.address)


def photos(phone: Transport, method: ListingMethod | None = None) -> Iterator[ListedPhoto | UnlistedFolder]:
    """Every photo on the phone's shared storage once, in the phone's order; see `storage` for what is left out.

    Raises:
        PhoneUnavailable: the storage is still locked.
        PhoneLost: the phone was unplugged before the end.
        PhoneMisbehaved: it names what cannot be, or does not end.
    """
    method = method or choose_method(phone)
    found: Iterator[ListedPhoto | UnlistedFolder]
    if method is ListingMethod.WALK:
        found = _walk(phone)
    else:
        closed = _closed_folders(phone)
        rows = _printed(phone) if method is ListingMethod.PRINTF else _stated(phone)
        found = (row for row in rows if isinstance(row, UnlistedFolder) or not is_below(row.path, closed))
    empty = True
    for row in found:
        empty = empty and isinstance(row, UnlistedFolder)
        yield row
    if empty and is_locked(phone):
        raise PhoneUnavailable(LOCKED_STORAGE.what, thing=phone.address, remedy=LOCKED_STORAGE.remedy)


def _closed_folders(phone: Transport) -> frozenset[bytes]:
    """The folders that hold a ``.nomedia``. A pass of its own: `find` may come to that file after its neighbours."""
    line = command(b"find", ROOT, *_private(), b"-name", NO_MEDIA, b"-print0")
    folders = set()
    with shell.ShellStream(phone, line, silence_s=_SILENCE_S) as stream:
        for row in _ended_by(b"\0", stream.blocks()):
            path = relative(row)
            if path is None or not path.endswith(NO_MEDIA):
                raise PhoneMisbehaved("The phone lists what was not asked for.", thing=repr(row[:200]))
            folders.add(album_of(path))
        folders.discard(b"")
    return frozenset(folders)


def _printed(phone: Transport) -> Iterator[ListedPhoto | UnlistedFolder]:
    line = command(b"find", ROOT, *_conditions(), b"-printf", rb"%T@ %s %p\0")
    with shell.ShellStream(phone, line, silence_s=_SILENCE_S) as stream:
        for row in _ended_by(b"\0", stream.blocks()):
            yield _photo(row)
        yield from _unlisted(stream)


def _stated(phone: Transport) -> Iterator[ListedPhoto | UnlistedFolder]:
    """`stat` ends its rows with a newline, which names may contain: a mark nobody can guess begins each row."""
    mark = secrets.token_hex(16).encode()
    line = command(b"find", ROOT, *_conditions(), *_stat_words(mark + b" "))
    with shell.ShellStream(phone, line, silence_s=_SILENCE_S) as stream:
        for row in _ended_by(b"\n" + mark + b" ", _framed(mark + b" ", stream.blocks())):
            yield _photo(row)
        yield from _unlisted(stream)


def _framed(mark: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The rows with their mark as a terminator: the first one is taken away, and one is put at the end."""
    start: bytes | None = b""
    for block in blocks:
        if start is None:
            yield block
            continue
        start += block
        if len(start) >= len(mark):
            if not start.startswith(mark):
                raise PhoneMisbehaved("The phone lists what was not asked for.", thing=repr(start[:200]))
            yield start[len(mark) :]
            start = None
    if start is None:
        yield mark


def _walk(phone: Transport) -> Iterator[ListedPhoto | UnlistedFolder]:
    entries = 0
    with phone.sync() as session:
        pending = [b""]
        while pending:
            folder = pending.pop()
            try:
                listed, below, seen = _read_folder(session, folder, MOST_ROWS - entries)
            except PhoneRefused as refusal:  # closed to us, or too long a path for adb
                yield UnlistedFolder(folder, refusal.what)
                continue
            yield from listed
            pending += below
            entries += seen


def _read_folder(session: SyncSession, folder: bytes, most: int) -> tuple[list[ListedPhoto], list[bytes], int]:
    """The photos of one folder, the folders in it, and how many entries it has.

    It is empty when a ``.nomedia`` closes it, which may be its last entry: so it is read whole.

    Raises:
        PhoneRefused: the phone does not show it.
    """
    listed: list[ListedPhoto] = []
    below: list[bytes] = []
    seen = 0
    for seen, entry in enumerate(session.entries(absolute(folder) + b"/" if folder else ROOT), start=1):
        if seen > most:
            raise PhoneMisbehaved("The phone's list of photos does not end.")
        path = checked(folder + b"/" + entry.name if folder else entry.name)
        if entry.name == NO_MEDIA and folder:
            session.close()  # the rest of the answer is of no interest
            return [], [], seen
        if entry.name.startswith(b"."):
            continue
        if entry.status.is_folder:
            if path not in PRIVATE_FOLDERS and path.count(b"/") < _DEEPEST:
                below.append(path)
        elif entry.status.is_file and is_photo_name(entry.name):
            listed.append(ListedPhoto(path, entry.status.size, entry.status.mtime_s * _SECOND_NS, folder))
    return listed, below, seen


def _private() -> tuple[bytes, ...]:
    """Words of `find` that keep out of private and hidden folders; what comes after them is asked of the rest."""
    folders = [word for folder in PRIVATE_FOLDERS for word in (b"-path", ROOT + folder, b"-o")]
    return (b"(", *folders, b"-name", b".*", b"!", b"-name", NO_MEDIA, b")", b"-prune", b"-o")


def _conditions() -> tuple[bytes, ...]:
    names = [word for suffix in sorted(PHOTO_SUFFIXES) for word in (b"-o", b"-iname", b"*" + suffix)]
    return (*_private(), b"-type", b"f", b"(", *names[1:], b")")


def _stat_words(mark: bytes) -> tuple[bytes, ...]:
    return (b"-exec", b"stat", b"-c", mark + b"%Y %s %n", b"{}", b"+")


def _ended_by(end: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut a stream into rows. What follows the last terminator is half a row and left out: its `find` was killed."""
    rest = b""
    count = 0
    for block in blocks:
        *rows, rest = (rest + block).split(end)
        yield from rows
        count += len(rows)
        if count > MOST_ROWS or len(rest) > _LONGEST_ROW:
            raise PhoneMisbehaved("The phone's list of photos does not end.")


def _photo(row: bytes) -> ListedPhoto:
    fields = _PRINTED.fullmatch(row)
    path = relative(fields[3]) if fields else None
    if fields is None or path is None or not is_photo_name(path.rpartition(b"/")[2]):
        raise PhoneMisbehaved("The phone lists what was not asked for.", thing=repr(row[:200]))
    return ListedPhoto(path, int(fields[2]), int(fields[1]) * _SECOND_NS, album_of(path))


def _unlisted(stream: shell.ShellStream) -> Iterator[UnlistedFolder]:
    """The folders `find` could not look into. Unless it says which, nothing may be concluded about any."""
    if stream.exit_code == 0:
        return
    complaints = [_COMPLAINT.fullmatch(line) for line in stream.errors.splitlines()]
    for complaint in complaints:
        if complaint is not None:
            yield UnlistedFolder(checked(complaint[1]), complaint[2].decode(errors="replace"))
    if not complaints or None in complaints:
        yield UnlistedFolder(b"", "the phone's list of photos is not complete")
