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

    def fetch(self) -> Pins:
        """Bring what is pinned and is not here yet, and make sure that it is that.

        Returns what was brought: what is pinned, but of a Debian package whose pinned version has left the archive, as
        happens with every security update, its successor. apt holds that one to the archive's signature.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        pins = self.pins
        missing = [name for name, pin in sorted(pins["debian"].items()) if not self._has(pin)]
        if missing:
            self._apt("update")
            pins["debian"] |= {name: self._bring(name, pins["debian"][name]) for name in missing}
        wheels = [(name, pin) for name, pin in sorted(pins["wheels"].items()) if not self._has(pin)]
        if wheels:
            self._pip(self.folder, "--no-deps", *(f"{name}=={pin['version']}" for name, pin in wheels))
        for name, pin in (pins["debian"] | pins["wheels"]).items():
            if not self._has(pin):
                sys.exit(
                    f"{name} {pin['version']} cannot be had as it was pinned ({pin['file']}). If the archive has moved "
                    f"on, run this with --update-pins, and try the result."
                )
        return pins

    def _has(self, pin: dict[str, str]) -> bool:
        return _is_right(self.folder / pin["file"], pin["sha256"])

    def _bring(self, name: str, pin: dict[str, str]) -> dict[str, str]:
        """Download one Debian package. Returns its pin, or its successor's."""
        try:
            self._apt("download", f"{name}={pin['version']}", cwd=self.folder, quiet=True)
        except subprocess.CalledProcessError:
            # 'ADDRESS' FILE BYTES SHA256:HASH
            _, file, _, found = self._apt("--print-uris", "download", name).split()
            successor = _pin(file, found.removeprefix("SHA256:"))
            print(f"{name} {pin['version']} has left the archive: taking {successor['version']}", file=sys.stderr)
            if not self._has(successor):
                self._apt("download", name, cwd=self.folder)
            return successor
        return pin

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
            name = file.name.split("_" if kind == "debian" else "-")[0]
            known[self.architecture.abi][kind][name] = _pin(file.name, sha256(file))
        self.pins_file.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")

    def _apt(self, *words: str, cwd: Path | None = None, quiet: bool = False) -> str:
        """apt on a private view of this machine's own archive; its lists and packages are not touched.

        Returns what it prints; ``quiet`` keeps its complaints from the terminal.
        """
        view = self.work.absolute() / "apt"
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (view / folder).mkdir(parents=True, exist_ok=True)
        (view / "status").touch()
        archive, security = archives()
        options = f"[arch={self.architecture.debian} signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        sources = [f"deb {options} {archive} {SUITE} main"]
        sources += [f"deb {options} {security} {SUITE}-security main"] if security else []
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
        complaints = subprocess.DEVNULL if quiet else None
        asked = ["apt-get", "-qq", *flags, *words]
        return subprocess.run(asked, check=True, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=complaints).stdout

    def _pip(self, folder: Path, *words: str) -> None:
        platforms = [word for one in self.architecture.platforms for word in ("--platform", one)]
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:"),
                *("--implementation", "cp", "--python-version", PYTHON, *platforms, "--dest", str(folder), *words),
            ],
            check=True,
        )


def archives() -> tuple[str, str | None]:
    """The addresses of Debian's archive and of its security updates that this machine's apt is set up for."""
    # What an update would fetch, and not the lists that are here: on a fresh machine there are none, or some.
    asked = ["apt-get", "--print-uris", "update"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    addresses = re.findall(r"^'(\S+?)/dists/\S+/InRelease'", said, re.MULTILINE)
    main = next((one for one in addresses if one.endswith("/debian")), None)
    if main is None:
        sys.exit("This machine's apt names no archive of Debian's.")
    return main, next((one for one in addresses if one.endswith("/debian-security")), None)


def constrained(*names: str) -> list[str]:
    """These wheels as requirements, in the versions that PocketLens is tested with on Python 3.11."""
    found = []
    for line in (REPOSITORY / "constraints.txt").read_text().splitlines():
        requirement, _, marker = line.partition(";")
        name = re.sub("[-.]", "_", requirement.strip().partition("==")[0].lower())
        if name in names and ">=" not in marker:
            found.append(requirement.strip())
    return found


def _pin(file: str, digest: str) -> dict[str, str]:
    # NAME_VERSION_ARCHITECTURE.deb, with the colon of a version's epoch as %3a, or NAME-VERSION-….whl.
    version = file.split("_" if file.endswith(".deb") else "-")[1].replace("%3a", ":")
    return {"version": version, "file": file, "sha256": digest}


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_right(file: Path, expected: str) -> bool:
    return file.is_file() and sha256(file) == expected
