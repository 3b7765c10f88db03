"""Where the engine lies on a phone, and the command lines that start it.

Everything is below one folder that adb's shell may write to on every Android, and nothing outside it. Parts are named
for their content and never changed: a new version lies beside the old one until it has proved itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from pocketlens_desktop.phone.parts import Hash
from pocketlens_desktop.phone.quoting import command

#: The only folder that adb's shell may both write to and start programs from.
PARENT: Final = b"/data/local/tmp"
ROOT: Final = PARENT + b"/pocketlens"
PARTS: Final = ROOT + b"/parts"
#: The job's catalogue, its events and temporary files.
HOME: Final = ROOT + b"/home"
#: Says which parts are in use. It is written last, and read first.
INSTALLED: Final = ROOT + b"/installed.json"
#: The phone's shared storage as its own programs see it.
STORAGE: Final = b"/sdcard"

RELAY: Final = "pocketlens.onboard.relay"
SELF_CHECK: Final = "pocketlens.onboard.self_check"


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """What is installed on a phone.

    Attributes:
        version: of PocketLens.
        abi: of the programs.
        runtime, core, model: the parts' SHA-256.
        model_key: the model package's id and version.
        photo_ms: what its own check took to decode and encode a photo, on one thread.
        cores: of the phone.
        parity: cosine of the check's vector with the PC's.
    """

    version: str
    abi: str
    runtime: Hash
    core: Hash
    model: Hash
    model_key: str
    photo_ms: float
    cores: int
    parity: float


@dataclass(frozen=True)
class Parts:
    """The parts that make an engine, by their SHA-256."""

    runtime: str
    core: str
    model: str


def part_folder(sha256: str) -> bytes:
    """Where a part lies. A hash's first half is as good as all of it, and paths stay short."""
    return PARTS + b"/" + sha256[:32].encode("ascii")


def model_folder(parts: Parts) -> bytes:
    return part_folder(parts.model)


def program(parts: Parts, module: str, *arguments: bytes) -> bytes:
    """The command line that runs a module of the engine."""
    core = part_folder(parts.core)
    return command(
        b"/system/bin/sh", core + b"/launch", part_folder(parts.runtime), core, HOME,
        b"-m", module.encode("ascii"), *arguments,
    )  # fmt: skip
