"""What is pushed to a phone, in three parts named for their content: the runtime, PocketLens's core, and a model.

A part is a tar that is the same, byte for byte, wherever and whenever it is made, so that a phone that has it already
is known by its hash. The runtime comes from a bundle that `packaging/phone` builds; the other two are made here.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec
import platformdirs

import pocketlens
from pocketlens.model import MANIFEST_NAME, read_manifest
from pocketlens_desktop.phone.errors import EngineMissing

#: Where the bundles are, one folder a kind of processor; for those who build their own.
VARIABLE: Final = "POCKETLENS_PHONE_BUNDLE"
_REPOSITORY: Final = Path(__file__).parents[3]
#: The only script that starts anything on the phone; it lies in the core's part.
LAUNCHER: Final = Path(__file__).with_name("launch.sh")

Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Part:
    """One part.

    Attributes:
        sha256: of its content; for a model, of the manifest that lists its files' hashes.
        size: bytes of its tar.
        open: gives the tar.
    """

    name: str
    sha256: str
    size: int
    open: Opener

    def files(self) -> dict[bytes, str]:
        """The SHA-256 of each of its files, by path."""
        found = {}
        with self.open() as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            for member in tar:
                if member.isfile():
                    content = tar.extractfile(member)
                    assert content is not None
                    found[os.fsencode(member.name)] = hashlib.sha256(content.read()).hexdigest()
        return found


class BundleManifest(msgspec.Struct, frozen=True, kw_only=True):
    """``bundle.json``.

    Attributes:
        abi: as Android calls the kind of processor: "arm64-v8a" or "x86_64".
        runtime: SHA-256 of ``runtime.tar``; size: its bytes.
        versions: of what is inside, by name.
    """

    abi: str
    runtime: Hash
    size: int
    versions: dict[str, str]


@dataclass(frozen=True)
class Bundle:
    """The programs and libraries that the engine needs on one kind of phone."""

    abi: str
    runtime: Part
    versions: dict[str, str]


def find_bundle(abi: str) -> Bundle:
    """The bundle for a kind of processor: the one that `VARIABLE` names, an installed one (by this person, or beside
    this program), or one built here.

    Raises:
        EngineMissing: there is none.
    """
    chosen = os.environ.get(VARIABLE)
    places = (
        [Path(chosen)]
        if chosen
        else [
            Path(platformdirs.user_data_dir("PocketLens", appauthor=False)) / "phone",
            Path(sys.prefix) / "share" / "pocketlens" / "phone",
            _REPOSITORY / "build" / "phone",
        ]
    )
    for place in places:
        if (place / abi / "bundle.json").is_file():
            return read_bundle(place / abi)
    raise EngineMissing(
        f"There is no engine for phones of this kind ({abi}) on this computer.",
        remedy="Install the package pocketlens-phone-engine, or build it with `make phone-bundle`; or index on the PC.",
    )


def read_bundle(folder: Path) -> Bundle:
    """The bundle in ``folder``.

    Raises:
        EngineMissing: it is not whole.
    """
    tar = folder / "runtime.tar"
    try:
        manifest = msgspec.json.decode((folder / "bundle.json").read_bytes(), type=BundleManifest)
        size = tar.stat().st_size
    except (OSError, msgspec.MsgspecError) as error:
        raise EngineMissing(
            "The engine for phones is not whole.", thing=str(folder), remedy="Build it again: make phone-bundle."
        ) from error
    if size != manifest.size:
        raise EngineMissing(
            "The engine for phones is not whole.", thing=str(tar), remedy="Build it again: make phone-bundle."
        )
    runtime = Part("runtime", manifest.runtime, size, lambda: tar.open("rb"))
    return Bundle(manifest.abi, runtime, manifest.versions)


@cache
def core_part() -> Part:
    """PocketLens's core as it is installed here, with the script that starts it."""
    package = Path(pocketlens.__file__).parent
    sources = ((f"pocketlens/{file.relative_to(package).as_posix()}", file) for file in package.rglob("*.py"))
    content = io.BytesIO()
    write_tar([*sources, ("launch", LAUNCHER)], content)
    data = content.getvalue()
    return Part("core", hashlib.sha256(data).hexdigest(), len(data), lambda: io.BytesIO(data))


def model_part(folder: Path) -> Part:
    """What the image encoder needs of a model package.

    Raises:
        ModelMissing, ModelCorrupt, ModelUnsupported
    """
    manifest = read_manifest(folder)
    names = manifest.part_files("image")
    files = [(name, folder / name) for name in (MANIFEST_NAME, *names)]
    sizes = [(folder / MANIFEST_NAME).stat().st_size, *(file.size for file in manifest.files if file.name in names)]
    # A header and whole blocks for each, two empty blocks at the end, and all of it in whole records.
    blocks = 2 + sum(1 + -(-size // tarfile.BLOCKSIZE) for size in sizes)
    size = -(-blocks * tarfile.BLOCKSIZE // tarfile.RECORDSIZE) * tarfile.RECORDSIZE

    def opened() -> BinaryIO:
        stream = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
        write_tar(files, stream)
        stream.seek(0)
        return stream

    return Part("model", hashlib.sha256((folder / MANIFEST_NAME).read_bytes()).hexdigest(), size, opened)


def write_tar(files: Iterable[tuple[str, Path]], out: BinaryIO) -> None:
    """Write files into a tar that depends on their names and contents alone.

    Readable by their owner alone; a script or a loader may be started. (USTAR: what every phone's `tar` reads.)
    """
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, path in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = path.stat().st_size
            member.mode = 0o700
            with path.open("rb") as content:
                tar.addfile(member, content)
