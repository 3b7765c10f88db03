"""Where a photo is, as the command line shows it and as a terminal can open it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from pocketlens.protocol import SourceSpec
from pocketlens_desktop.cli.terminal import shown


class Place(msgspec.Struct, frozen=True):
    """One photo's whereabouts.

    Attributes:
        file: the whole path, safe to print.
        raw: the exact bytes when `file` had to escape some of them, else None.
        uri: what a terminal opens on a click; None for a photo that is not on this machine.
    """

    file: str
    raw: bytes | None
    uri: str | None

    @classmethod
    def of(cls, source: SourceSpec, path: bytes, label: str = "") -> Self:
        """The place of the photo at ``path`` below ``source``; ``label`` names a phone."""
        if source.kind != "folder":
            whole = os.fsencode(label or source.identity.decode("utf-8", "backslashreplace")) + b":" + path
            return cls(file=shown(whole), raw=_bytes_if_escaped(whole), uri=None)
        whole = os.path.join(source.identity, path)  # noqa: PTH118 - pathlib takes no bytes
        return cls(file=shown(whole), raw=_bytes_if_escaped(whole), uri=Path(os.fsdecode(whole)).as_uri())


def _bytes_if_escaped(name: bytes) -> bytes | None:
    return None if shown(name).encode() == name else name


def folder_source(folder: Path) -> SourceSpec:
    """The source that stands for a folder; one folder reached by two ways is one source."""
    return SourceSpec(kind="folder", identity=os.fsencode(folder.resolve()))


def local_time(taken_at: int | None) -> datetime | None:
    """The wall-clock time at which a photo was taken: stored as if it had been UTC, shown without a zone."""
    if taken_at is None:
        return None
    try:
        return datetime.fromtimestamp(taken_at, UTC).replace(tzinfo=None)
    except (OverflowError, OSError, ValueError):
        # A camera may have written any year; the photo is worth showing without its date.
        return None
