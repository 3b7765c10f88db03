"""What ``pocketlens phone … --json`` writes. The same rules hold as in `pocketlens_desktop.cli.records`."""

from __future__ import annotations

import msgspec


class PhoneRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One phone that is plugged in; ``remedy`` is empty when it is ready."""

    address: str
    state: str
    model: str
    what: str
    remedy: str


class PhonesRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens phone list --json``; ``what`` and ``remedy`` are about all of them together."""

    phones: list[PhoneRecord]
    what: str
    remedy: str


class PhoneInformationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens phone info --json``. What the phone does not tell is null."""

    serial: str
    address: str
    name: str
    android: str
    abi: str
    free_bytes: int | None
    total_bytes: int | None
    battery_percent: int | None
    notes: list[str]


class PhoneAlbumRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of photos on a phone: how many it has, and how many of them are indexed."""

    path: str
    photos: int
    indexed: int


class PhoneAlbumsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens phone albums --json``."""

    serial: str
    albums: list[PhoneAlbumRecord]


class EngineJobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The newest job on a phone. What it has not told yet is null."""

    running: bool
    silent_s: float
    stage: str | None
    done: int | None
    total: int | None
    paused: str | None


class EngineRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens phone engine install|status --json``. ``waiting``: photos done there and not brought back yet."""

    version: str
    abi: str
    model: str
    photo_ms: float
    cores: int
    parity: float
    waiting: int
    job: EngineJobRecord | None


class EngineCheckRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens phone engine check --json``. ``parity``: cosine of the phone's vector with this PC's."""

    model: str
    platform: str
    python: str
    cores: int
    photo_ms: float
    load_ms: float
    parity: float
