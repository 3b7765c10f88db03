"""The phone's own storage as a source for the job on it: it lists what it was ordered to read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pocketlens.atomic import replacing
from pocketlens.errors import AlbumMissing
from pocketlens.onboard.protocol import OrderedPhoto
from pocketlens.protocol import SourceSpec
from pocketlens.source import FolderSource, ListedPhoto, UnlistedFolder

_READ_BYTES = 1 << 20


def write_order(place: Path, photos: Iterable[OrderedPhoto]) -> None:
    """Keep an order, a line a photo, in place of the one before."""
    encoder = msgspec.json.Encoder()
    with replacing(place) as file:
        for photo in photos:
            file.write(encoder.encode(photo) + b"\n")


class OrderedStorage(FolderSource):
    """The photos of an order, read from the phone's storage at ``root``.

    Args:
        spec, label: as the PC calls the phone, so that what the job tells needs no translation.
    """

    def __init__(self, root: Path, order: Path, spec: SourceSpec, label: str) -> None:
        super().__init__(root)
        self._order = order
        self.spec = spec
        self.label = label

    def list(self) -> Iterator[ListedPhoto | UnlistedFolder]:
        """The order, as the PC listed it: the phone is not gone through a second time."""
        self._place = self._where()
        if self._place is None:
            raise AlbumMissing("The phone's storage is not there.", remedy="Unlock the phone once.")
        decoder = msgspec.json.Decoder(OrderedPhoto)
        with self._order.open("rb", buffering=_READ_BYTES) as lines:
            for line in lines:
                photo = decoder.decode(line)
                yield ListedPhoto(photo.path, photo.size, photo.mtime_ns, photo.path.rpartition(b"/")[0])
