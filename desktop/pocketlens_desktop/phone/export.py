"""Copies of original photos in a folder of this computer, with their times, and never over another file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pocketlens.copies import CopyOutcome, PhotoCopy, candidates, failed_copy, local_name, written_copy
from pocketlens.source import LARGEST_PHOTO
from pocketlens_desktop.phone.errors import PhoneLost, PhoneRefused
from pocketlens_desktop.phone.link import PhoneLink, Tries
from pocketlens_desktop.phone.storage import absolute, checked
from pocketlens_desktop.phone.sync import FileStatus, SyncSession
from pocketlens_desktop.phone.transport import Transport

#: FAT, as on USB sticks, keeps times to two seconds.
_SAME_TIME_S: Final = 2


def copies(phone: Transport, paths: Iterable[bytes], folder: Path) -> Iterator[PhotoCopy]:
    """Copy photos one by one, each into the subfolder of ``folder`` that it has on the phone.

    A file that is there already with the same size and time is the copy; one that differs is left alone, and
    the copy gets a number. An unplugged phone is waited for.

    Raises:
        StorageFull: this computer's disk is full. What was copied is complete.
        PhoneMisbehaved: a path leads out of the album.
    """
    link = PhoneLink(phone)
    try:
        for path in paths:
            yield _copy_when_there(link, checked(path), folder)
    finally:
        link.close()


def _copy_when_there(link: PhoneLink, path: bytes, folder: Path) -> PhotoCopy:
    tries = Tries()
    while True:
        phone = link.transport()
        try:
            with phone.sync() as session:
                return _copy(session, path, folder)
        except PhoneRefused as refusal:
            return PhotoCopy(path, CopyOutcome.FAILED, None, refusal.what)
        except PhoneLost as lost:
            link.lost(phone)
            if tries.used_up(phone):
                return PhotoCopy(path, CopyOutcome.FAILED, None, lost.what)


def _copy(session: SyncSession, path: bytes, folder: Path) -> PhotoCopy:
    place = absolute(path)
    status = session.status(place)
    if status is None or not status.is_file:
        return PhotoCopy(path, CopyOutcome.FAILED, None, "It is not on the phone.")
    wanted = folder.joinpath(*(local_name(part) for part in path.split(b"/")))
    for candidate in candidates(wanted):
        if _is_copy(candidate, status):
            return PhotoCopy(path, CopyOutcome.THERE, candidate)
        if not os.path.lexists(candidate):
            break
    try:
        place_here = written_copy(session.blocks(place, LARGEST_PHOTO), wanted, status.mtime_s * 1_000_000_000)
    except OSError as error:
        return failed_copy(path, folder, error)
    return PhotoCopy(path, CopyOutcome.COPIED, place_here)


def _is_copy(place: Path, status: FileStatus) -> bool:
    try:
        about = place.stat()
    except OSError:
        return False
    return about.st_size == status.size and abs(about.st_mtime - status.mtime_s) <= _SAME_TIME_S
