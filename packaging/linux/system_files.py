"""What a desktop is told of PocketLens: menu entry, icons, AppStream metadata, man page and shell completion."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

from linux.man_page import man_page
from pinned import REPOSITORY
from python_tree import copy

from pocketlens import __version__
from pocketlens_desktop.cli.app import application

HERE = Path(__file__).parent
LOGO = REPOSITORY / "desktop" / "pocketlens_desktop" / "gui" / "resources" / "logo.svg"
ICON_SIZES = (48, 64, 128, 256)
COMPLETIONS = {
    "bash": "bash-completion/completions/pocketlens",
    "zsh": "zsh/vendor-completions/_pocketlens",
    "fish": "fish/vendor_completions.d/pocketlens.fish",
}

_DRAW = """
import sys
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QIcon
application = QGuiApplication([])
logo, size, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.exit(not QIcon(logo).pixmap(QSize(size, size)).save(target))
"""


def lay_out(share: Path, day: str) -> None:
    """Write all of it below ``share``, which stands for /usr/share. ``day`` of the release is YYYY-MM-DD."""
    copy(HERE / "pocketlens.desktop", share / "applications" / "pocketlens.desktop")
    metainfo = (HERE / "metainfo.xml").read_text(encoding="utf-8")
    _write(
        share / "metainfo" / "io.github.pocketlens.PocketLens.metainfo.xml",
        metainfo.replace("@VERSION@", __version__).replace("@DAY@", day).encode(),
    )
    icons = share / "icons" / "hicolor"
    copy(LOGO, icons / "scalable" / "apps" / "pocketlens.svg")
    for size in ICON_SIZES:
        _draw(size, icons / f"{size}x{size}" / "apps" / "pocketlens.png")
    _write(share / "man" / "man1" / "pocketlens.1.gz", gzip.compress(man_page().encode(), mtime=0))
    for shell, place in COMPLETIONS.items():
        script = application().generate_completion(shell=shell)  # type: ignore[arg-type]
        _write(share / place, script.encode())


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _draw(size: int, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-P", "-c", _DRAW, str(LOGO), str(size), str(target)]
    subprocess.run(words, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, check=True)
