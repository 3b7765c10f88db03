"""Indexing jobs on a phone at the desk: its photos, the job's end, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from core.small_album import photo
from device.rig.desk import RigPhone
from pocketlens.catalogue import Catalogue
from pocketlens.client import raise_failed
from pocketlens.paths import Home
from pocketlens.protocol import AnyEvent, Failed, Indexed, SourceSpec

#: The phone that the desk has unless a test asks for another.
SPEC = SourceSpec("phone", b"PL0001")


def fill(phone: RigPhone, count: int, first: int = 0) -> None:
    """Put so many different photos into its camera's folder."""
    for number in range(first, first + count):
        phone.put(b"DCIM/Camera/IMG_%04d.jpg" % number, photo(number), mtime_s=1_700_000_000 + number)


def finish(events: Iterator[AnyEvent]) -> Indexed:
    """The job's end; what it failed of is raised."""
    for event in events:
        if isinstance(event, Failed):
            raise_failed(event)
        if isinstance(event, Indexed):
            return event
    raise AssertionError("the job never ended")


def vectors(home: Home) -> dict[bytes, bytes]:
    """Every photo's vector, by its path."""
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return dict(catalogue.connection.execute("SELECT path, vector FROM photos JOIN vectors ON photo = photos.id"))
