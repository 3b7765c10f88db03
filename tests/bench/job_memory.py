"""Memory of every process of an indexing job and of a search, and whether it grows with the album.

    python tests/bench/job_memory.py [--photos N] [--size W H] [--model FOLDER]

`pocketlens index` and `pocketlens search` as a person runs them, watched through /proc, Linux only. "peak" is VmHWM,
all that was ever resident, files and shared libraries included; "private" the most RssAnon seen, which is what nobody
else can have. Growth is the slope of a line through the private memory of the second half of the job's samples, with
its standard error, in MB for each 1,000 photos.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pocketlens.paths import HOME_VARIABLE, home_at
from pocketlens.settings import Settings, save_settings

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.indexing_stages import write_photos

_EVERY_S = 0.25
_COMMAND = [sys.executable, "-m", "pocketlens_desktop.cli"]


class Sample(NamedTuple):
    """One process at one moment: seconds since the start, and bytes."""

    at: float
    private: int
    peak: int


def main() -> None:
    """Index, search, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=2_000)
    parser.add_argument("--size", type=int, nargs=2, default=(1024, 768), metavar=("W", "H"))
    parser.add_argument("--model", type=Path, help="a package folder; the starter model without")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "photos"
        write_photos(root, tuple(options.size), options.photos)
        environment = {**os.environ, HOME_VARIABLE: str(Path(folder) / "home")}
        save_settings(home_at(Path(folder) / "home"), Settings(read_text=False))
        if options.model:
            subprocess.run([*_COMMAND, "models", "install", str(options.model)], env=environment, check=True)
            subprocess.run([*_COMMAND, "models", "use", options.model.name], env=environment, check=True)
        print(f"{options.photos:,} photos of {options.size[0]} x {options.size[1]}")
        print("| process | how many | private MB, most | peak MB | growth, MB / 1,000 photos |")
        print("|---|---|---|---|---|")
        watch([*_COMMAND, "index", str(root)], environment, options.photos)
        watch([*_COMMAND, "search", "a dog on a beach"], environment, 0)


def watch(command: list[str], environment: dict[str, str], photos: int) -> None:
    """Run it and print a row for each kind of process that it had."""
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    samples: dict[tuple[str, int], list[Sample]] = defaultdict(list)
    while process.poll() is None:
        for pid in family(process.pid):
            try:
                role, private, peak = looked_at(pid)
            except OSError:
                continue  # it ended meanwhile
            samples[role, pid].append(Sample(time.monotonic() - started, private, peak))
        time.sleep(_EVERY_S if photos else 0.005)
    assert process.returncode == 0, process.returncode
    lasted = time.monotonic() - started
    for role in dict.fromkeys(role for role, _ in samples):
        mine = [found for (named, _), found in samples.items() if named == role]
        most = max(sample.private for found in mine for sample in found) / 1e6
        highest = max(sample.peak for found in mine for sample in found) / 1e6
        slope = growth(max(mine, key=len), photos / lasted) if photos else ""
        print(f"| {Path(command[3]).name}: {role} | {len(mine)} | {most:.0f} | {highest:.0f} | {slope} |", flush=True)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            for task in Path(f"/proc/{one}/task").iterdir():
                if task.name != str(one):
                    children += (task / "children").read_text().split()
        except OSError:
            continue
        found += [int(child) for child in children]
    return found


def looked_at(pid: int) -> tuple[str, int, int]:
    """What the process does, its private and its greatest resident memory, in bytes.

    Raises:
        OSError: it has ended.
    """
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    if "RssAnon" not in fields:
        raise ProcessLookupError(pid)  # a zombie
    role = "decoder" if "pocketlens.decoder" in words else "engine" if "--role" in words else "command"
    private, peak = (1024 * int(fields[name].split()[0]) for name in ("RssAnon", "VmHWM"))
    return role, private, peak


def growth(samples: list[Sample], rate: float) -> str:
    """Slope and its standard error in MB for each 1,000 photos, over the second half."""
    half = samples[len(samples) // 2 :]
    if len(half) < 10:
        return "too short"
    photos = rate * np.array([sample.at for sample in half]) / 1000
    private = np.array([sample.private for sample in half]) / 1e6
    (slope, _), covariance = np.polyfit(photos, private, 1, cov=True)
    return f"{slope:+.2f} ± {covariance[0, 0] ** 0.5:.2f}"


if __name__ == "__main__":
    main()
