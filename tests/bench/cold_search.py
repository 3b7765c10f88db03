"""How long a person waits for ``pocketlens search`` in a fresh process, and what that time is made of.

    python tests/bench/cold_search.py [--album FOLDER] [--runs N]

The floor is an interpreter that starts, imports numpy and onnxruntime, and loads the text model, as any program does
that is asked to. PocketLens lets OpenBLAS start one thread; so there is a lower floor with that. Everything is the
median of N runs taken in turns, so that a busy moment hits every row alike. CPU time, of the process and its children,
says the same of a machine that is busy with other things. Milliseconds are of this machine; read the ratios.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from pocketlens.paths import home_at
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.sample import ALBUM

_ONE_BLAS_THREAD = """
import os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
"""

_LOAD = """
from pathlib import Path
from pocketlens.model import load_package
from pocketlens.session import open_session
open_session(load_package(Path({model!r}), parts=("text",)), "text")
"""

_IN_PROCESS = """
import sys
from pathlib import Path
from pocketlens.model import load_package
from pocketlens.paths import default_home
from pocketlens.protocol import SearchRequest
from pocketlens.search import Searcher
package = load_package(Path({model!r}), parts=("text",))
found = Searcher(default_home(), package).search(SearchRequest(id=1, text="a cat"))
sys.stdout.write(str(len(found.hits)))
"""

_ENGINE = """
import sys
from pathlib import Path
from pocketlens.client import EngineClient
from pocketlens.paths import default_home
from pocketlens.protocol import Role
with EngineClient(Role.SEARCH, home=default_home(), model=Path({model!r})) as client:
    *_, found = client.events(client.search("a cat"))
sys.stdout.write(str(len(found.hits)))
"""


def main() -> None:
    """Index once, time every row, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--album", type=Path, default=ALBUM)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        os.environ["POCKETLENS_HOME"] = root
        subprocess.run([*_POCKETLENS, "index", options.album], check=True, capture_output=True)
        show(measure(rows(str(chosen_model(home_at(Path(root))))), options.runs))


_PYTHON = [sys.executable]
_POCKETLENS = [sys.executable, "-m", "pocketlens_desktop.cli"]


def rows(model: str) -> dict[str, list[str]]:
    """What is timed: its name, and its command line."""
    return {
        "interpreter start": [*_PYTHON, "-c", "pass"],
        "+ numpy, onnxruntime": [*_PYTHON, "-c", "import numpy, onnxruntime"],
        "+ text model loaded (the floor)": [*_PYTHON, "-c", _LOAD.format(model=model)],
        "the floor with one thread of OpenBLAS": [*_PYTHON, "-c", _ONE_BLAS_THREAD + _LOAD.format(model=model)],
        "Searcher alone, no command line": [*_PYTHON, "-c", _IN_PROCESS.format(model=model)],
        "pocketlens search": [*_POCKETLENS, "search", "a", "cat"],
        "pocketlens search --json": [*_POCKETLENS, "search", "a", "cat", "--json"],
        "search through an engine of its own": [*_PYTHON, "-c", _ENGINE.format(model=model)],
        "pocketlens --version": [*_POCKETLENS, "--version"],
    }


class Times(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


def measure(commands: dict[str, list[str]], runs: int) -> dict[str, list[Times]]:
    """Every run of every command, after one run that warms the disk cache."""
    taken: dict[str, list[Times]] = {name: [] for name in commands}
    # What is installed has its bytecode beside it; a shell may forbid Python to write it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["ORT_DISABLE_TELEMETRY"] = "1"
    for number in range(runs + 1):
        for name, command in commands.items():
            started, used = time.perf_counter(), cpu_of_children()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            if number:
                taken[name].append(Times(time.perf_counter() - started, cpu_of_children() - used))
    return taken


def cpu_of_children() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(taken: dict[str, list[Times]]) -> None:
    """The table: medians of wall-clock and CPU time, and both in terms of the floor."""
    walls, cpus = (
        {name: statistics.median(column[at] for column in rows) for name, rows in taken.items()} for at in (0, 1)
    )
    floor = "+ text model loaded (the floor)"
    print(f"{'median of each':40}{'wall ms':>10}{'x floor':>9}{'CPU ms':>9}{'x floor':>9}")
    for name in taken:
        wall, cpu = walls[name], cpus[name]
        print(f"{name:40}{1000 * wall:10.0f}{wall / walls[floor]:9.2f}{1000 * cpu:9.0f}{cpu / cpus[floor]:9.2f}")


if __name__ == "__main__":
    main()
