"""Debian packages and wheels that a bundle is made of, pinned by version and hash in a ``pins.json``.

They come from whatever archive and index this machine is set up for; what does not match its hash is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
SUITE = "bookworm"  # its Python 3.11 is the oldest that PocketLens runs on, and its glibc is new enough for the wheels
PYTHON = "3.11"

Pins = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Architecture:
    """What a kind of processor is called by Android, Debian and PyPI."""

    abi: str
    debian: str
    platforms: tuple[str, ...]


def architecture(abi: str, debian: str, machine: str, *, newest_glibc: int = 28) -> Architecture:
    """A kind of processor whose wheels may need glibc 2.``newest_glibc``."""
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest_glibc, 16, -1)]
    return Architecture(abi, debian, (*tags, f"manylinux2014_{machine}"))


@dataclass(frozen=True)
class Inputs:
    """The packages of one bundle, brought to ``work / "inputs"``."""

    architecture: Architecture
    debian: tuple[str, ...]
    pins_file: Path
    work: Path

    @property
    def folder(self) -> Path:
        return self.work / "inputs"

    @property
    def pins(self) -> Pins:
        pins: Pins = json.loads(self.pins_file.read_text())[self.architecture.abi]
        return pins

    def fetch(self) -> None:
        """Bring what is pinned, and is not here yet, and make sure that it is that."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = [(kind, name, pin) for kind in ("debian", "wheels") for name, pin in sorted(self.pins[kind].items())]
        missing = [one for one in wanted if not _is_right(self.folder / one[2]["file"], one[2]["sha256"])]
        if debs := [f"{name}={pin['version']}" for kind, name, pin in missing if kind == "debian"]:
            self._apt("update")
            self._apt("download", *debs, cwd=self.folder)
        if wheels := [f"{name}=={pin['version']}" for kind, name, pin in missing if kind == "wheels"]:
            self._pip(self.folder, "--no-deps", *wheels)
        for _kind, name, pin in wanted:
            if not _is_right(self.folder / pin["file"], pin["sha256"]):
                sys.exit(
                    f"{name} {pin['version']} cannot be had as it was pinned ({pin['file']}). If the archive has moved "
                    f"on, run this with --update-pins, and try the result."
                )

    def update(self, requirements: Sequence[str], *, with_dependencies: bool = False) -> None:
        """Pin the newest of everything that the archive has and that ``requirements`` allow."""
        fetched = self.work / "newest"
        shutil.rmtree(fetched, ignore_errors=True)
        fetched.mkdir(parents=True)
        self._apt("update")
        self._apt("download", *self.debian, cwd=fetched)
        self._pip(fetched, *([] if with_dependencies else ["--no-deps"]), *requirements)
        known = json.loads(self.pins_file.read_text()) if self.pins_file.exists() else {}
        known[self.architecture.abi] = {"debian": {}, "wheels": {}}
        for file in sorted(fetched.iterdir()):
            kind = "debian" if file.suffix == ".deb" else "wheels"
            # Debian writes the colon of a version's epoch as %3a in the file's name.
            name, version = file.name.split("_" if kind == "debian" else "-")[:2]
            known[self.architecture.abi][kind][name] = {
                "version": version.replace("%3a", ":"),
                "file": file.name,
                "sha256": sha256(file),
            }
        self.pins_file.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")

    def _apt(self, *words: str, cwd: Path | None = None) -> None:
        """apt on a private view of this machine's own archive; its lists and packages are not touched."""
        view = self.work.absolute() / "apt"
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (view / folder).mkdir(parents=True, exist_ok=True)
        (view / "status").touch()
        asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        addresses = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
        archives = sorted({one for one in addresses if "security" not in one})
        if not archives:
            sys.exit("This machine's apt names no package archive: run apt-get update first.")
        options = f"[arch={self.architecture.debian} signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        sources = [f"deb {options} {archives[0]} {SUITE} main"]
        security = sorted({one for one in addresses if "security" in one})
        sources += [f"deb {options} {security[0]} {SUITE}-security main"] if security else []
        (view / "sources.list").write_text("\n".join(sources) + "\n")
        settings = {
            "APT::Architecture": self.architecture.debian,
            "APT::Architectures::": self.architecture.debian,
            "APT::Sandbox::User": "root",
            "Dir::Etc::sourcelist": view / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::State": view / "state",
            "Dir::State::status": view / "status",
            "Dir::Cache": view / "cache",
        }
        flags = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        subprocess.run(["apt-get", "-qq", *flags, *words], check=True, cwd=cwd)

    def _pip(self, folder: Path, *words: str) -> None:
        platforms = [word for one in self.architecture.platforms for word in ("--platform", one)]
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:"),
                *("--implementation", "cp", "--python-version", PYTHON, *platforms, "--dest", str(folder), *words),
            ],
            check=True,
        )


def constrained(*names: str) -> list[str]:
    """These wheels as requirements, in the versions that PocketLens is tested with on Python 3.11."""
    found = []
    for line in (REPOSITORY / "constraints.txt").read_text().splitlines():
        requirement, _, marker = line.partition(";")
        name = re.sub("[-.]", "_", requirement.strip().partition("==")[0].lower())
        if name in names and ">=" not in marker:
            found.append(requirement.strip())
    return found


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_right(file: Path, expected: str) -> bool:
    return file.is_file() and sha256(file) == expected
