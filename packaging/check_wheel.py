"""Build the sdist and, from it, the wheel; install that into an empty environment; run the demo there: ``make dist``.

What counts is what a person gets: nothing of this tree is on the environment's path, and its home is an empty folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
ROOMS = {"core": "pocketlens", "desktop": "pocketlens_desktop", "models": "pocketlens_models"}
#: Sources of what is shipped, of use in the repository alone.
LEFT_OUT = (".ts", "translations/README.md")


def main() -> int:
    parser = argparse.ArgumentParser(description="Build and try the sdist and the wheel.")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "dist", help="where to put them")
    parser.add_argument("--build-only", action="store_true", help="do not install and try the wheel")
    options = parser.parse_args()
    sdist, wheel = build(options.out)
    _compare(wheel)
    if not options.build_only:
        with tempfile.TemporaryDirectory() as scratch:
            _try(wheel, Path(scratch))
    for file in (sdist, wheel):
        print(f"{file.stat().st_size / 1e6:6.1f} MB  {file}")
    return 0


def build(out: Path) -> tuple[Path, Path]:
    """An sdist of this tree, and a wheel of that sdist; both in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("pocketlens-*.tar.gz"), *out.glob("pocketlens-*.whl")):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        _build("--sdist", REPOSITORY, out)
        (sdist,) = out.glob("pocketlens-*.tar.gz")
        with tarfile.open(sdist) as archive:
            archive.extractall(scratch, filter="data")
        (unpacked,) = Path(scratch).iterdir()
        _build("--wheel", unpacked, out)
    (wheel,) = out.glob("pocketlens-*.whl")
    return sdist, wheel


def _build(kind: str, tree: Path, out: Path) -> None:
    # Without isolation: hatchling is installed beside the tests, in the version of constraints.txt.
    words = ["--no-isolation", kind, "--outdir", str(out), str(tree)]
    subprocess.run([sys.executable, "-m", "build", *words], check=True, stdout=subprocess.DEVNULL)


def _compare(wheel: Path) -> None:
    """Every file that git does not ignore in the three rooms is in the wheel, and nothing else but the build's own."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {"pocketlens_desktop/origin.json"}
    for room, package in ROOMS.items():
        what = ("-z", "--cached", "--others", "--exclude-standard", package)
        asked = ["git", "-C", str(REPOSITORY / room), "ls-files", *what]
        listed = subprocess.run(asked, capture_output=True, check=True)
        wanted |= {os.fsdecode(name) for name in listed.stdout.split(b"\0") if name}
    wanted = {name for name in wanted if not name.endswith(LEFT_OUT)}
    if packed != wanted:
        sys.exit(f"not in the wheel: {sorted(wanted - packed)}\nonly in the wheel: {sorted(packed - wanted)}")


def _try(wheel: Path, scratch: Path) -> None:
    environment = scratch / "environment"
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    constraints = REPOSITORY / "constraints.txt"
    _run(programs / "python", "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel, home=scratch)
    _run(programs / "pocketlens", "--version", home=scratch)
    _run(programs / "pocketlens", "demo", "--no-window", home=scratch)
    _run(programs / "pocketlens", "doctor", home=scratch)


def _run(*words: str | Path, home: Path) -> None:
    """In an empty folder, as somebody whose home is ``home``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "POCKETLENS", "XDG"))}
    nowhere = home / "nowhere"
    nowhere.mkdir(exist_ok=True)
    subprocess.run(words, cwd=nowhere, env=kept | {"HOME": str(home), "COLUMNS": "110"}, check=True)


if __name__ == "__main__":
    sys.exit(main())
