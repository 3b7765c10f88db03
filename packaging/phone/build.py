"""Build the bundle that runs PocketLens's engine on a phone: ``bundle.py phone --abi arm64-v8a --out build/phone``.

A phone has no glibc, no Python, and there are no Android wheels of what the engine needs. So the runtime brings all of
it: Debian's C library, its loader and CPython, and PyPI's manylinux wheels, started through that loader. Every input
is pinned by hash in ``pins.json``. Two builds give the same bytes. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pinned
import python_tree
from pinned import REPOSITORY, Inputs, Pins, architecture, constrained, sha256
from python_tree import files, take_debian, take_wheel, weight

from pocketlens_desktop.phone.parts import write_tar

HERE = Path(__file__).parent
BYTECODE = HERE.parent / "bytecode.py"

DEBIAN = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libc6", "libstdc++6", "libgcc-s1"),
    "gcc-12-base",  # the licences of the two before it
    *("libffi8", "libsqlite3-0", "libexpat1", "libbz2-1.0", "liblzma5", "libuuid1", "zlib1g"),
)
WHEELS = ("msgspec", "numpy", "onnxruntime", "pillow", "pillow_heif")


ARCHITECTURES = {
    one.abi: one for one in (architecture("arm64-v8a", "arm64", "aarch64"), architecture("x86_64", "amd64", "x86_64"))
}

#: Folders and files of the standard library that the engine never imports.
UNUSED_STDLIB = re.compile(
    r"(test|idlelib|tkinter|turtledemo|ensurepip|distutils|lib2to3|pydoc_data|curses|dbm|xmlrpc|wsgiref|venv|msilib|"
    r"asyncio|http|email/test|sqlite3/test|ctypes/test|unittest/test|config-[^/]*|__pycache__)/"
    r"|(turtle|pydoc|antigravity|this|cgi|cgitb|imaplib|nntplib|smtplib|poplib|telnetlib|ftplib|mailbox|pdb|doctest)\.py$"
    r"|lib-dynload/(_ssl|_hashlib|_curses|_curses_panel|_dbm|_gdbm|_tkinter|readline|ossaudiodev|nis|_crypt|audioop|"
    r"_asyncio|_test\w*|_xx\w*|xx\w*|_codecs_\w+|termios|spwd)\.[^/]*$"
)
#: Of the wheels: tests, headers, build tools, type stubs and what only training or converting models needs.
UNUSED_SITE = re.compile(
    r"(^|/)(tests?|testing|f2py|distutils|_pyinstaller|include|doc)/"
    r"|\.(pyi|h|hpp|c|cpp|pyx|pxd|a|lib|cmake|pc|md|txt|typed|ini)$"
    r"|^onnxruntime/(transformers|quantization|tools|backend|datasets)/"
    r"|^PIL/(ImageTk|_tkinter_finder|_imagingtk|ImageQt|ImageShow)\b"
    r"|^numpy/(conftest|_core/lib|_core/include|random/lib)"
    r"|^onnxruntime/capi/(libonnxruntime\.so|libonnxruntime_providers|training)"
    r"|\.dist-info/|^bin/"
)
#: numpy imports this one wherever it is used.
KEPT_SITE = re.compile(r"^numpy/testing/(__init__|_private/)")


def main(words: Sequence[str]) -> int:
    options = _options(words)
    inputs = _inputs(options.abi, options.work)
    if options.update_pins:
        inputs.update(constrained(*WHEELS))
    out = options.out / options.abi
    if _is_current(out, inputs.pins):
        print(f"{out} is up to date.")
        return 0
    pins = inputs.fetch()
    with tempfile.TemporaryDirectory(dir=inputs.work) as scratch:
        root = Path(scratch) / "runtime"
        sizes = _assemble(inputs.folder, pins, root)
        _compile(root, options)
        _store(root, inputs, pins, out)
    _report(out, sizes)
    return 0


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bundle.py phone", description="Build the engine that runs on phones.")
    parser.add_argument("--abi", required=True, choices=sorted(ARCHITECTURES), help="kind of processor")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "build" / "phone", help="where to put it")
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".work" / "phone-bundle", help="downloads")
    parser.add_argument("--update-pins", action="store_true", help="take the newest packages that constraints allow")
    return parser.parse_args(words)


def _inputs(abi: str, work: Path) -> Inputs:
    return Inputs(ARCHITECTURES[abi], DEBIAN, HERE / "pins.json", work / abi)


def _assemble(inputs: Path, pins: Pins, root: Path) -> dict[str, int]:
    """Lay the runtime out. Returns how many bytes each package brought, after pruning."""
    sizes = {}
    for folder in ("bin", "lib", "site", "LICENCES"):
        (root / folder).mkdir(parents=True)
    for name, pin in sorted(pins["debian"].items()):
        before = weight(root)
        take_debian(name, inputs / pin["file"], root, UNUSED_STDLIB)
        sizes[name] = weight(root) - before
    for name, pin in sorted(pins["wheels"].items()):
        before = weight(root)
        take_wheel(name, inputs / pin["file"], root / "site", root / "LICENCES", UNUSED_SITE, KEPT_SITE)
        sizes[name] = weight(root) - before
    return sizes


def _compile(root: Path, options: argparse.Namespace) -> None:
    """Turn every module into bytecode without its source: half the size, and nothing is compiled at each start.

    The x86-64 runtime's own Python does it for both: bytecode is the same on all processors, but not from one release
    of Python to the next.
    """
    compiler = root
    if options.abi != "x86_64" or platform.machine() != "x86_64":
        compiler = options.work / "compiler"
        inputs = _inputs("x86_64", options.work)
        pins = inputs.fetch()
        shutil.rmtree(compiler, ignore_errors=True)
        for folder in ("bin", "lib", "LICENCES"):
            (compiler / folder).mkdir(parents=True)
        for name, pin in sorted(pins["debian"].items()):
            take_debian(name, inputs.folder / pin["file"], compiler, UNUSED_STDLIB)
    (loader,) = (compiler / "lib").glob("ld-linux-*.so.*")
    loader.chmod(0o700)
    python = compiler / "bin" / "python3"
    subprocess.run(
        [
            *(loader, "--library-path", compiler / "lib", "--argv0", python, python, "-I", "-B"),
            *(BYTECODE, root / "lib" / "python3.11", root / "site"),
        ],
        check=True,
        env={"PYTHONHOME": str(compiler), "LC_ALL": "C", "PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
    )
    if compiler is root:
        for left in root.rglob("__pycache__"):
            shutil.rmtree(left)


def _store(root: Path, inputs: Inputs, pins: Pins, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "bundle.json").unlink(missing_ok=True)
    with (out / "runtime.tar").open("wb") as tar:
        write_tar(((file.relative_to(root).as_posix(), file) for file in files(root)), tar)
    versions = {name: pin["version"] for kind in pins.values() for name, pin in kind.items()}
    about = {
        "abi": inputs.architecture.abi,
        "runtime": sha256(out / "runtime.tar"),
        "size": (out / "runtime.tar").stat().st_size,
        "versions": versions,
        "made_from": _recipe_hash(inputs.pins),
    }
    (out / "bundle.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")


def _recipe_hash(pins: Pins) -> str:
    """Of all that a bundle depends on."""
    recipe = hashlib.sha256(json.dumps(pins, sort_keys=True).encode())
    for file in (Path(__file__), Path(pinned.__file__), Path(python_tree.__file__), BYTECODE):
        recipe.update(file.read_bytes())
    return recipe.hexdigest()


def _is_current(out: Path, pins: Pins) -> bool:
    try:
        about = json.loads((out / "bundle.json").read_text())
    except (OSError, ValueError):
        return False
    return bool(about["made_from"] == _recipe_hash(pins) and (out / "runtime.tar").stat().st_size == about["size"])


def _report(out: Path, sizes: dict[str, int]) -> None:
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size / 1e6:8.1f} MB  {name} (before its modules were compiled)")
    about = json.loads((out / "bundle.json").read_text())
    print(f"{about['size'] / 1e6:8.1f} MB  {out / 'runtime.tar'}\n             sha256 {about['runtime']}")
