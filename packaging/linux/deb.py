"""Debian packages of the Linux bundle and of the engine for phones: ``bundle.py deb [--phone ABI]``."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from linux import build, qt, system_files
from pinned import REPOSITORY
from python_tree import files, weight

from pocketlens import __version__

PREFIX = Path("usr", "lib", "pocketlens")
#: What the bundle leaves to the system, by the Debian package that has it; a "|" names a package's other name.
SYSTEM_LIBRARIES = {
    "libc6 (>= 2.35)": (
        "libc.so.6",
        "libm.so.6",
        "libmvec.so.1",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        "ld-linux-x86-64.so.2",
    ),
    "libstdc++6": ("libstdc++.so.6",),
    "libgcc-s1": ("libgcc_s.so.1",),
    "libegl1": ("libEGL.so.1",),
    "libgl1": ("libGL.so.1",),
    "libglx0": ("libGLX.so.0",),
    "libopengl0": ("libOpenGL.so.0",),
    "libfontconfig1": ("libfontconfig.so.1",),
    "libfreetype6": ("libfreetype.so.6",),
    "libdbus-1-3": ("libdbus-1.so.3",),
    "libglib2.0-0t64 | libglib2.0-0": ("libglib-2.0.so.0", "libgthread-2.0.so.0"),
    "libzstd1": ("libzstd.so.1",),
    "libbrotli1": ("libbrotlidec.so.1",),
    "libxkbcommon0": ("libxkbcommon.so.0",),
    "libxkbcommon-x11-0": ("libxkbcommon-x11.so.0",),
    "libx11-6": ("libX11.so.6",),
    "libx11-xcb1": ("libX11-xcb.so.1",),
    "libxcb1": ("libxcb.so.1",),
    "libxcb-glx0": ("libxcb-glx.so.0",),
    "libxcb-randr0": ("libxcb-randr.so.0",),
    "libxcb-render0": ("libxcb-render.so.0",),
    "libxcb-shape0": ("libxcb-shape.so.0",),
    "libxcb-shm0": ("libxcb-shm.so.0",),
    "libxcb-sync1": ("libxcb-sync.so.1",),
    "libxcb-xfixes0": ("libxcb-xfixes.so.0",),
    "libxcb-xkb1": ("libxcb-xkb.so.1",),
    "libwayland-client0": ("libwayland-client.so.0",),
    "libwayland-cursor0": ("libwayland-cursor.so.0",),
    "libwayland-egl1": ("libwayland-egl.so.1",),
}
RECOMMENDS = "fonts-noto-cjk, android-sdk-platform-tools-common"
MAINTAINER = "The PocketLens authors <pocketlens@localhost>"

_DESCRIPTION = """find a photo from a few words, Chinese or English
 PocketLens reads the photos in folders, or on a phone over USB, keeps one small
 vector of each, and ranks them by what is typed. Nothing leaves the machine."""
_PHONE_DESCRIPTION = """the engine of PocketLens that runs on phones
 With it a phone indexes its own photos, with no root and no app installed on it.
 PocketLens pushes it over USB when it is asked to."""


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bundle.py deb", description="Build a Debian package.")
    parser.add_argument(
        "--out", type=Path, default=REPOSITORY / "dist", help="where the bundle is, and the package goes"
    )
    parser.add_argument("--phone", metavar="ABI", help="package the engine for such phones in place of the program")
    parser.add_argument("--phones", type=Path, default=REPOSITORY / "build" / "phone", help="where those engines are")
    options = parser.parse_args(words)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out) as scratch:
        root = Path(scratch) / "root"
        deb = _phone(root, options) if options.phone else _program(root, options)
    print(f"{deb.stat().st_size / 1e6:8.1f} MB  {deb}")
    return 0


def _program(root: Path, options: argparse.Namespace) -> Path:
    bundle = options.out / f"pocketlens-{__version__}-linux-x86_64"
    if not bundle.is_dir():
        sys.exit(f"There is no {bundle}: run `bundle.py linux` first.")
    if missing := unsatisfied(bundle):
        sys.exit(f"No package that this one depends on has what the bundle asks for: {missing}")
    shutil.copytree(bundle, root / PREFIX)
    build.rename_origin(root / PREFIX / build.SITE, "Debian package")
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "pocketlens").symlink_to("../lib/pocketlens/bin/pocketlens")
    origin = json.loads((bundle / build.SITE / "pocketlens_desktop" / "origin.json").read_text())
    system_files.lay_out(root / "usr" / "share", origin["day"] or "1970-01-01")
    fields = {
        "Package": "pocketlens",
        "Architecture": "amd64",
        "Section": "graphics",
        "Depends": ", ".join(SYSTEM_LIBRARIES),
        "Recommends": RECOMMENDS,
        "Suggests": "pocketlens-phone-engine",
        "Description": _DESCRIPTION,
    }
    return _pack(root, fields, bundle / "LICENCES", options.out)


def _phone(root: Path, options: argparse.Namespace) -> Path:
    engine = options.phones / options.phone
    if not (engine / "runtime.tar").is_file():
        sys.exit(f"There is no {engine}: run `bundle.py phone --abi {options.phone}` first.")
    shutil.copytree(engine, root / PREFIX / "share" / "pocketlens" / "phone" / options.phone)
    fields = {
        "Package": "pocketlens-phone-engine",
        "Architecture": "all",
        "Section": "graphics",
        "Depends": f"pocketlens (= {__version__})",
        "Description": _PHONE_DESCRIPTION,
    }
    return _pack(root, fields, None, options.out)


def unsatisfied(bundle: Path) -> set[str]:
    """Libraries that something in the bundle asks for, and that neither it nor a package of `SYSTEM_LIBRARIES` has."""
    programs = [file for file in files(bundle) if ".so" in file.name or file.name in {"python3", "adb"}]
    inside = {file.name for file in programs}
    outside = {library for libraries in SYSTEM_LIBRARIES.values() for library in libraries}
    return {name for program in programs for name in qt.needed(program)} - inside - outside


def _pack(root: Path, fields: dict[str, str], licences: Path | None, out: Path) -> Path:
    name = fields["Package"]
    documents = root / "usr" / "share" / "doc" / name
    documents.mkdir(parents=True)
    texts = [REPOSITORY / "LICENSE", REPOSITORY / "THIRD_PARTY.md", *(files(licences) if licences else ())]
    parts = [f"-- {text.name}\n\n{text.read_text(encoding='utf-8', errors='replace')}" for text in texts]
    (documents / "copyright").write_text("\n".join(parts), encoding="utf-8")
    (documents / "changelog.gz").write_bytes(gzip.compress((REPOSITORY / "CHANGELOG.md").read_bytes(), mtime=0))
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    control = root / "DEBIAN"
    control.mkdir()
    own = {"Version": __version__, "Maintainer": MAINTAINER, "Priority": "optional"}
    own["Installed-Size"] = str(weight(root) // 1024)
    text = "".join(f"{field}: {value}\n" for field, value in (fields | own).items() if field != "Description")
    (control / "control").write_text(f"{text}Description: {fields['Description']}\n", encoding="utf-8")
    (control / "md5sums").write_text(sums(root))
    deb = out / f"{name}_{__version__}_{fields['Architecture']}.deb"
    packing = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(root), str(deb)]
    subprocess.run(packing, check=True, stdout=subprocess.DEVNULL)
    return deb


def sums(root: Path) -> str:
    """What ``dpkg --verify`` holds installed files to. A link is none: dpkg would find it changed."""
    plain = (file for file in files(root / "usr") if not file.is_symlink())
    return "".join(f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(root)}\n" for file in plain)
