"""Lays out a Python of its own from Debian's packages and PyPI's wheels, with the licences of all of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

#: Of libc's own libraries those that nothing links to: they serve name services and debuggers.
_UNUSED_LIBC = re.compile(r"lib(nss_|memusage|pcprofile|thread_db|BrokenLocale|nsl|anl|resolv|c_malloc)")


def take_debian(name: str, deb: Path, root: Path, unused: re.Pattern[str], libraries: str = "lib") -> None:
    """Copy one package's part: Python, its standard library less what is ``unused``, shared libraries, the licence."""
    with tempfile.TemporaryDirectory(dir=root.parent) as scratch:
        unpacked = Path(scratch)
        subprocess.run(["dpkg-deb", "-x", deb, unpacked], check=True)
        stdlib = unpacked / "usr/lib/python3.11"
        if stdlib.is_dir():
            for file in files(stdlib):
                path = file.relative_to(stdlib).as_posix()
                if not unused.match(path):
                    copy(file, root / "lib" / "python3.11" / path)
        if (python := unpacked / "usr/bin/python3.11").exists():
            copy(python, root / "bin" / "python3")
        _take_libraries(unpacked, root / libraries)
        # Packages of one source share a text: the folder of the others is a link to the one that has it.
        copyright_file = unpacked / "usr/share/doc" / name / "copyright"
        if copyright_file.exists():
            copy(_inside(unpacked, copyright_file), root / "LICENCES" / f"debian-{name}.txt")


def _take_libraries(unpacked: Path, place: Path) -> None:
    for folder in ("lib", "usr/lib", "lib64"):
        for triplet in (unpacked / folder).glob("*-linux-gnu") if (unpacked / folder).is_dir() else ():
            for library in triplet.glob("*.so.*"):
                # By the names that programs ask for: libz.so.1, not libz.so.1.2.13, and libbz2.so.1.0.
                if re.fullmatch(r"[^/]+\.so\.\d+(\.0)?", library.name) and not _UNUSED_LIBC.match(library.name):
                    copy(library.resolve(), place / library.name)
        for loader in (unpacked / folder).glob("ld-linux-*.so.*"):
            if not (place / loader.name).exists():
                copy(_inside(unpacked, loader), place / loader.name)


def _inside(unpacked: Path, link: Path) -> Path:
    """What a link stands for; an absolute one is meant from the package's own root."""
    if link.is_symlink() and (target := str(link.readlink())).startswith("/"):
        return unpacked / target.lstrip("/")
    return link.resolve()


def take_wheel(
    name: str, wheel: Path, site: Path, licences: Path, unused: re.Pattern[str], kept: re.Pattern[str]
) -> None:
    """Unpack a wheel into ``site``, less what is ``unused`` unless it is ``kept``; its licences go to ``licences``."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if entry.endswith("/"):
                continue
            if licence := _licence(name, entry):
                (licences / licence).write_bytes(archive.read(entry))
                continue
            if unused.search(entry) and not kept.search(entry):
                continue
            # What a wheel puts beside the packages, it puts below its .data folder.
            place = site / re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", entry)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(entry))


def _licence(name: str, entry: str) -> str:
    """The file name under which a licence in a wheel is kept; "" for anything else."""
    if re.search(r"\.py[ci]?$", entry):
        return ""
    if ".dist-info/" in entry and re.search(
        r"(LICEN[CS]E|COPYING|NOTICE|ThirdParty|THIRD)[^/]*$", entry, re.IGNORECASE
    ):
        return f"{name}-{entry.partition('.dist-info/')[2].replace('/', '-')}.txt"
    if ".dist-info/" not in entry and re.search(r"(LICEN[CS]E|ThirdPartyNotices|Privacy)[^/]*$", entry):
        return f"{name}-{Path(entry).name}.txt"
    return ""


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in one order."""
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def weight(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in files(folder))
