"""The folders of photos on a phone, and how many photos each has: known before anything is indexed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pocketlens.source import ListedPhoto
from pocketlens_desktop.phone import listing
from pocketlens_desktop.phone.transport import Transport


@dataclass(frozen=True, slots=True)
class PhoneAlbum:
    """A folder that holds photos itself. ``path`` is relative to the shared storage, ``b""`` for its top."""

    path: bytes
    photos: int


def albums(phone: Transport) -> tuple[PhoneAlbum, ...]:
    """Every album on the phone, the largest first.

    Raises:
        PocketLensError: as `listing.photos`.
    """
    counts = Counter(row.album for row in listing.photos(phone) if isinstance(row, ListedPhoto))
    return tuple(PhoneAlbum(path, count) for path, count in sorted(counts.items(), key=lambda item: (-item[1], item)))


def photo_paths(phone: Transport, wanted: Collection[bytes]) -> Iterator[bytes]:
    """The photos of these albums, each called by its path or its last name; of all when none is named.

    Raises:
        PocketLensError: as `listing.photos`.
    """
    listed = (row for row in listing.photos(phone) if isinstance(row, ListedPhoto))
    for row in listed:
        if not wanted or row.album in wanted or row.album.rpartition(b"/")[2] in wanted:
            yield row.path
