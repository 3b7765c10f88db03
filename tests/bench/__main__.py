"""Every benchmark that needs nothing but this machine, in turn, under a line that says which machine it was.

    python tests/bench [NAME …]         as `make bench` does; NAME is a program's, without .py

Left out unless named: what needs the test phone (`phone_*`, as root) and what needs 4 GB and many minutes
(`model_build_real_size`).
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from pocketlens.calibration import processor

_FOLDER = Path(__file__).parent
#: In the order in which they run.
PROGRAMS = (
    "cold_search",
    "indexing_stages",
    "indexing_peers",
    "decoder_processes",
    "rescan",
    "job_memory",
    "search_peers",
    "search_album",
    "vector_precision",
    "text_scale",
    "near_copies",
    "gui_latency",
    "gui_scroll",
)
_PACKAGES = ("numpy", "onnxruntime", "pillow", "numkong", "usearch", "pyside6-essentials")


def main() -> int:
    """Run them; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = sorted(path.stem for path in _FOLDER.glob("[!_]*.py"))
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    names = parser.parse_args().names or PROGRAMS
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    print(machine(), flush=True)
    failed = [name for name in names if not ran(name)]
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return int(bool(failed))


def machine() -> str:
    """Processor, cores, load and versions: what a figure is worth nothing without."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"{processor()}, {cores} cores{load}; Python {platform.python_version()}, {versions}"


def ran(name: str) -> bool:
    """Run one program, its output under a heading; whether it ended well."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    ended = subprocess.run([sys.executable, _FOLDER / f"{name}.py"], check=False)
    print(f"-- {time.monotonic() - started:.0f} s", flush=True)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
