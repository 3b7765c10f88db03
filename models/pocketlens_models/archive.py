"""A package as one file: a ZIP whose bytes follow from the package's files alone, on every machine.

Stored, not deflated: zlib's output differs between builds of zlib, and 8-bit weights shrink by a tenth.
"""

from __future__ import annotations

import contextlib
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from pocketlens.errors import ModelCorrupt
from pocketlens.model import MANIFEST_NAME, Manifest, read_manifest

#: What a package may hold beside the files its manifest lists.
REMARKS: Final = ("parity.json", "profile.json")
#: The earliest that ZIP can say; archives of the same package must not differ by the hour.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL: Final = 0o100644 << 16
#: A manifest has a kilobyte or two, a profile with its samples some hundred.
_LONGEST_REMARK: Final = 4 << 20
_CHUNK: Final = 1 << 20


def archive_name(manifest: Manifest) -> str:
    """The file name of a package's archive."""
    return f"{manifest.id}-{manifest.version}.zip"


def write_archive(folder: Path, target: Path) -> None:
    """Pack the package in ``folder``; the caller has checked its hashes.

    Raises:
        ModelMissing, ModelCorrupt, ModelUnsupported: as `pocketlens.model.read_manifest`.
    """
    manifest = read_manifest(folder)
    remarks = {name for name in REMARKS if (folder / name).is_file()}
    # A manifest may list its remarks as well, as the starter's does.
    names = [MANIFEST_NAME, *sorted(remarks.union(file.name for file in manifest.files))]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            entry = zipfile.ZipInfo(f"{manifest.id}/{name}", _EPOCH)
            entry.external_attr = _READABLE_BY_ALL
            entry.create_system = 3  # Unix, also when packed on Windows
            entry.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(entry, "w") as packed:
                shutil.copyfileobj(source, packed, _CHUNK)


class PackageArchive:
    """An archive that is open for reading. Use it as a context manager.

    Raises:
        ModelCorrupt: not an archive of a package, here and below.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._reported():
            self._archive = zipfile.ZipFile(path)
        try:
            self._entries = self._by_name()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> PackageArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def unpack_manifest(self, folder: Path) -> Manifest:
        """Write the manifest into a folder, and read it.

        Raises:
            ModelUnsupported: a package for a newer PocketLens.
        """
        self._extract(MANIFEST_NAME, folder)
        return read_manifest(folder)

    def unpack_files(self, folder: Path, manifest: Manifest) -> None:
        """Write the other files. Their hashes are for `pocketlens.model.load_package` to check."""
        sizes = {file.name: file.size for file in manifest.files}
        for name, entry in self._entries.items():
            if name == MANIFEST_NAME:
                continue
            if name not in sizes and name not in REMARKS:
                raise _corrupt(self._path, f"The manifest in the archive does not list {name!a}.")
            # Before anything is written: what is larger than the manifest allows could fill the disk.
            if entry.file_size > sizes.get(name, _LONGEST_REMARK):
                raise _corrupt(self._path, f"{name} is larger than the manifest says.")
            self._extract(name, folder)

    def _by_name(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        for entry in self._archive.infolist():
            place = PurePosixPath(entry.filename)
            if len(place.parts) != 2 or place.name in entries or entry.is_dir():
                raise _corrupt(self._path, f"An archive of a package does not hold {entry.filename!a}.")
            entries[place.name] = entry
        if MANIFEST_NAME not in entries or entries[MANIFEST_NAME].file_size > _LONGEST_REMARK:
            raise _corrupt(self._path, "There is no package in this archive.")
        return entries

    def _extract(self, name: str, folder: Path) -> None:
        entry = self._entries[name]
        left = entry.file_size
        with self._reported(), self._archive.open(entry) as packed, (folder / name).open("xb") as file:
            while chunk := packed.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _corrupt(self._path, f"{name} is larger than the archive says.")
                file.write(chunk)

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        # Beside BadZipFile, zipfile raises these for encrypted, truncated and exotically packed entries.
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            raise _corrupt(self._path, f"This is not a readable archive ({error}).") from error


def _corrupt(path: Path, what: str) -> ModelCorrupt:
    return ModelCorrupt(what, thing=str(path), remedy="Download it again.")
