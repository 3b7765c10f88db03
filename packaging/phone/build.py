"""Build the bundle that runs PocketLens's engine on a phone: ``build.py --abi arm64-v8a --out build/phone``.

A phone has no glibc, no Python, and there are no Android wheels of what the engine needs. So the runtime brings all of
it: Debian's C library, its loader and CPython, and PyPI's manylinux wheels, started through that loader. Every input
is pinned by hash in ``pins.json``; packages come from whatever archive and index this machine is set up for. Two builds
give the same bytes. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketlens_desktop.phone.parts import write_tar

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PINS = HERE / "pins.json"
SUITE = "bookworm"  # its Python 3.11 is the oldest that PocketLens runs on, and its glibc is new enough for the wheels
PYTHON = "3.11"

DEBIAN = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libc6", "libstdc++6", "libgcc-s1"),
    "gcc-12-base",  # the licences of the two before it
    *("libffi8", "libsqlite3-0", "libexpat1", "libbz2-1.0", "liblzma5", "libuuid1", "zlib1g"),
)
WHEELS = ("msgspec", "numpy", "onnxruntime", "pillow", "pillow_heif")


@dataclass(frozen=True)
class Architecture:
    """What a kind of processor is called by Android, Debian and PyPI."""

    abi: str
    debian: str
    platforms: tuple[str, ...]


ARCHITECTURES = {
    one.abi: one
    for one in (
        Architecture(
            "arm64-v8a", "arm64", ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64")
        ),
        Architecture("x86_64", "amd64", ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64")),
    )
}

#: Folders and files of the standard library that the engine never imports.
UNUSED_STDLIB = re.compile(
    r"(test|idlelib|tkinter|turtledemo|ensurepip|distutils|lib2to3|pydoc_data|curses|dbm|xmlrpc|wsgiref|venv|msilib|"
    r"asyncio|http|email/test|sqlite3/test|ctypes/test|unittest/test|config-[^/]*|__pycache__)/"
    r"|(turtle|pydoc|antigravity|this|cgi|cgitb|imaplib|nntplib|smtplib|poplib|telnetlib|ftplib|mailbox|pdb|doctest)\.py$"
    r"|lib-dynload/(_ssl|_hashlib|_curses|_curses_panel|_dbm|_gdbm|_tkinter|readline|ossaudiodev|nis|_crypt|audioop|"
    r"_asyncio|_test\w*|_xx\w*|xx\w*|_codecs_\w+|termios|spwd|resource)\.[^/]*$"
)
#: Of the wheels: tests, headers, build tools, type stubs and what only training or converting models needs.
UNUSED_SITE = re.compile(
    r"(^|/)(tests?|testing|f2py|distutils|_pyinstaller|include|doc)/"
    r"|\.(pyi|h|hpp|c|cpp|pyx|pxd|a|lib|cmake|pc|md|txt|typed|ini)$"
    r"|^onnxruntime/(transformers|quantization|tools|backend|datasets)/"
    r"|^PIL/(ImageTk|_tkinter_finder|_imagingtk|ImageQt|ImageShow|_imagingcms|ImageCms)\b"
    r"|^numpy/(conftest|_core/lib|_core/include|random/lib)"
    r"|^onnxruntime/capi/(libonnxruntime\.so|libonnxruntime_providers|training)"
    r"|^bin/"
)
#: numpy imports this one wherever it is used.
KEPT_SITE = re.compile(r"^numpy/testing/(__init__|_private/)")


def main() -> int:
    options = _options()
    work = options.work / options.abi
    work.mkdir(parents=True, exist_ok=True)
    architecture = ARCHITECTURES[options.abi]
    if options.update_pins:
        _update_pins(architecture, work)
    pins: dict[str, dict[str, Any]] = json.loads(PINS.read_text())[options.abi]
    out = options.out / options.abi
    if _is_current(out, pins):
        print(f"{out} is up to date.")
        return 0
    inputs = work / "inputs"
    _fetch(architecture, pins, inputs)
    with tempfile.TemporaryDirectory(dir=work) as scratch:
        root = Path(scratch) / "runtime"
        sizes = _assemble(pins, inputs, root)
        _compile(root, options)
        _store(root, architecture, pins, out)
    _report(out, sizes)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build the engine that runs on phones.")
    parser.add_argument("--abi", required=True, choices=sorted(ARCHITECTURES), help="kind of processor")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "build" / "phone", help="where to put it")
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".work" / "phone-bundle", help="downloads")
    parser.add_argument("--update-pins", action="store_true", help="take the newest packages that constraints allow")
    return parser.parse_args()


# -- inputs ------------------------------------------------------------------------------------------------------------


def _update_pins(architecture: Architecture, work: Path) -> None:
    fetched = work / "newest"
    shutil.rmtree(fetched, ignore_errors=True)
    fetched.mkdir()
    _apt(architecture, work, "update")
    _apt(architecture, work, "download", *DEBIAN, cwd=fetched)
    _pip(architecture, fetched, [f"{name}=={version}" for name, version in _constraints().items()])
    known = json.loads(PINS.read_text()) if PINS.exists() else {}
    known[architecture.abi] = {"debian": {}, "wheels": {}}
    for file in sorted(fetched.iterdir()):
        kind = "debian" if file.suffix == ".deb" else "wheels"
        # Debian writes the colon of a version's epoch as %3a in the file's name.
        name, version = re.split("[_-]", file.name)[:2] if kind == "wheels" else file.name.split("_")[:2]
        if kind == "wheels":
            name = next(wheel for wheel in WHEELS if file.name.startswith(f"{wheel}-"))
            version = file.name.removeprefix(f"{name}-").split("-")[0]
        known[architecture.abi][kind][name] = {
            "version": version.replace("%3a", ":"),
            "file": file.name,
            "sha256": _sha256(file),
        }
    PINS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def _constraints() -> dict[str, str]:
    """The versions that PocketLens is tested with, for Python 3.11."""
    found = {}
    for line in (REPOSITORY / "constraints.txt").read_text().splitlines():
        requirement, _, marker = line.partition(";")
        name, _, version = requirement.strip().partition("==")
        if name.lower().replace("-", "_") in WHEELS and ">=" not in marker:
            found[name] = version
    return found


def _fetch(architecture: Architecture, pins: dict[str, dict[str, Any]], inputs: Path) -> None:
    """Bring what is pinned, and is not here yet, and make sure that it is that."""
    inputs.mkdir(exist_ok=True)
    wanted = [(kind, name, pin) for kind in ("debian", "wheels") for name, pin in sorted(pins[kind].items())]
    missing = [one for one in wanted if not _is_right(inputs / one[2]["file"], one[2]["sha256"])]
    debs = [f"{name}={pin['version']}" for kind, name, pin in missing if kind == "debian"]
    if debs:
        _apt(architecture, inputs.parent, "update")
        _apt(architecture, inputs.parent, "download", *debs, cwd=inputs)
    wheels = [f"{name}=={pin['version']}" for kind, name, pin in missing if kind == "wheels"]
    if wheels:
        _pip(architecture, inputs, wheels)
    for _kind, name, pin in wanted:
        if not _is_right(inputs / pin["file"], pin["sha256"]):
            sys.exit(
                f"{name} {pin['version']} cannot be had as it was pinned ({pin['file']}). If the archive has moved on, "
                f"run this with --update-pins, and try the result on a phone."
            )


def _is_right(file: Path, sha256: str) -> bool:
    return file.is_file() and _sha256(file) == sha256


def _apt(architecture: Architecture, work: Path, *words: str, cwd: Path | None = None) -> None:
    """apt on a private view of this machine's own archive; its lists and packages are not touched."""
    view = work.absolute() / "apt"
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (view / folder).mkdir(parents=True, exist_ok=True)
    (view / "status").touch()
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    addresses = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    archives = sorted({one for one in addresses if "security" not in one})
    if not archives:
        sys.exit("This machine's apt names no package archive: run apt-get update first.")
    keys = "signed-by=/usr/share/keyrings/debian-archive-keyring.gpg"
    sources = [f"deb [arch={architecture.debian} {keys}] {archives[0]} {SUITE} main"]
    security = sorted({one for one in addresses if "security" in one})
    sources += [f"deb [arch={architecture.debian} {keys}] {security[0]} {SUITE}-security main"] if security else []
    (view / "sources.list").write_text("\n".join(sources) + "\n")
    settings = {
        "APT::Architecture": architecture.debian,
        "APT::Architectures::": architecture.debian,
        "APT::Sandbox::User": "root",
        "Dir::Etc::sourcelist": view / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State": view / "state",
        "Dir::State::status": view / "status",
        "Dir::Cache": view / "cache",
    }
    flags = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    subprocess.run(["apt-get", "-qq", *flags, *words], check=True, cwd=cwd)


def _pip(architecture: Architecture, folder: Path, requirements: list[str]) -> None:
    platforms = [word for one in architecture.platforms for word in ("--platform", one)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"),
            *("--implementation", "cp", "--python-version", PYTHON, *platforms, "--dest", str(folder)),
            *requirements,
        ],
        check=True,
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# -- the runtime -------------------------------------------------------------------------------------------------------


def _assemble(pins: dict[str, dict[str, Any]], inputs: Path, root: Path) -> dict[str, int]:
    """Lay the runtime out. Returns how many bytes each package brought, after pruning."""
    sizes = {}
    for folder in ("bin", "lib", "site", "LICENCES"):
        (root / folder).mkdir(parents=True)
    for name, pin in sorted(pins["debian"].items()):
        before = _weight(root)
        with tempfile.TemporaryDirectory(dir=root.parent) as unpacked:
            subprocess.run(["dpkg-deb", "-x", inputs / pin["file"], unpacked], check=True)
            _take_debian(name, Path(unpacked), root)
        sizes[name] = _weight(root) - before
    for name, pin in sorted(pins["wheels"].items()):
        before = _weight(root)
        _take_wheel(name, inputs / pin["file"], root)
        sizes[name] = _weight(root) - before
    return sizes


def _take_debian(name: str, unpacked: Path, root: Path) -> None:
    stdlib = unpacked / "usr/lib/python3.11"
    if stdlib.is_dir():
        for file in _files(stdlib):
            path = file.relative_to(stdlib).as_posix()
            if not UNUSED_STDLIB.match(path) and not path.startswith("lib-dynload/_sysconfigdata"):
                _copy(file, root / "lib" / "python3.11" / path)
    if (python := unpacked / "usr/bin/python3.11").exists():
        _copy(python, root / "bin" / "python3")
    for folder in ("lib", "usr/lib", "lib64"):
        for triplet in (unpacked / folder).glob("*-linux-gnu") if (unpacked / folder).is_dir() else ():
            for library in triplet.glob("*.so.*"):
                # By the names that programs ask for: libz.so.1, not libz.so.1.2.13.
                if re.fullmatch(r"[^/]+\.so\.\d+", library.name) and _is_wanted(library.name):
                    _copy(library.resolve(), root / "lib" / library.name)
        for loader in (unpacked / folder).glob("ld-linux-*.so.*"):
            if not (root / "lib" / loader.name).exists():
                _copy(_inside(unpacked, loader), root / "lib" / loader.name)
    # Packages of one source share a text: the folder of the others is a link to the one that has it.
    copyright_file = unpacked / "usr/share/doc" / name / "copyright"
    if copyright_file.exists():
        _copy(_inside(unpacked, copyright_file), root / "LICENCES" / f"debian-{name}.txt")


def _is_wanted(library: str) -> bool:
    """Of libc's own libraries only those that something links to; the rest serve name services and debuggers."""
    return not re.match(r"lib(nss_|memusage|pcprofile|thread_db|BrokenLocale|nsl|anl|resolv|c_malloc)", library)


def _inside(unpacked: Path, link: Path) -> Path:
    """What a link stands for; an absolute one is meant from the package's own root."""
    if link.is_symlink() and (target := str(link.readlink())).startswith("/"):
        return unpacked / target.lstrip("/")
    return link.resolve()


def _take_wheel(name: str, wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if entry.endswith("/"):
                continue
            if ".dist-info/" in entry:
                if re.search(r"(LICEN[CS]E|COPYING|NOTICE|ThirdParty|THIRD)[^/]*$", entry, re.IGNORECASE):
                    place = root / "LICENCES" / f"{name}-{entry.partition('.dist-info/')[2].replace('/', '-')}.txt"
                    place.write_bytes(archive.read(entry))
                continue
            if re.search(r"(LICEN[CS]E|ThirdPartyNotices|Privacy)[^/]*$", entry):
                (root / "LICENCES" / f"{name}-{Path(entry).name}.txt").write_bytes(archive.read(entry))
                continue
            if UNUSED_SITE.search(entry) and not KEPT_SITE.search(entry):
                continue
            # What a wheel puts beside the packages, it puts below its .data folder.
            entry_path = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", entry)
            place = root / "site" / entry_path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(entry))


def _compile(root: Path, options: argparse.Namespace) -> None:
    """Turn every module into bytecode without its source: half the size, and nothing is compiled at each start.

    The x86-64 runtime's own Python does it for both: bytecode is the same on all processors, but not from one release
    of Python to the next.
    """
    compiler = root
    if options.abi != "x86_64" or platform.machine() != "x86_64":
        compiler = options.work / "compiler"
        pins = json.loads(PINS.read_text())["x86_64"]
        inputs = options.work / "x86_64" / "inputs"
        inputs.parent.mkdir(parents=True, exist_ok=True)
        _fetch(ARCHITECTURES["x86_64"], pins, inputs)
        shutil.rmtree(compiler, ignore_errors=True)
        for folder in ("bin", "lib", "LICENCES"):
            (compiler / folder).mkdir(parents=True)
        for name, pin in sorted(pins["debian"].items()):
            with tempfile.TemporaryDirectory(dir=options.work) as unpacked:
                subprocess.run(["dpkg-deb", "-x", inputs / pin["file"], unpacked], check=True)
                _take_debian(name, Path(unpacked), compiler)
    (loader,) = (compiler / "lib").glob("ld-linux-*.so.*")
    loader.chmod(0o700)
    python = compiler / "bin" / "python3"
    subprocess.run(
        [
            *(loader, "--library-path", compiler / "lib", "--argv0", python, python, "-I", "-B"),
            *(HERE / "bytecode.py", root / "lib" / "python3.11", root / "site"),
        ],
        check=True,
        env={"PYTHONHOME": str(compiler), "LC_ALL": "C", "PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
    )
    if compiler is root:
        for left in root.rglob("__pycache__"):
            shutil.rmtree(left)


def _store(root: Path, architecture: Architecture, pins: dict[str, dict[str, Any]], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "bundle.json").unlink(missing_ok=True)
    with (out / "runtime.tar").open("wb") as tar:
        write_tar(((file.relative_to(root).as_posix(), file) for file in _files(root)), tar)
    versions = {name: pin["version"] for kind in pins.values() for name, pin in kind.items()}
    about = {
        "abi": architecture.abi,
        "runtime": _sha256(out / "runtime.tar"),
        "size": (out / "runtime.tar").stat().st_size,
        "versions": versions,
        "made_from": _recipe_hash(pins),
    }
    (out / "bundle.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")


def _recipe_hash(pins: dict[str, dict[str, Any]]) -> str:
    """Of all that a bundle depends on."""
    recipe = hashlib.sha256(json.dumps(pins, sort_keys=True).encode())
    for file in (Path(__file__), HERE / "bytecode.py"):
        recipe.update(file.read_bytes())
    return recipe.hexdigest()


def _is_current(out: Path, pins: dict[str, dict[str, Any]]) -> bool:
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


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _weight(folder: Path) -> int:
    return sum(file.stat().st_size for file in _files(folder))


if __name__ == "__main__":
    sys.exit(main())
