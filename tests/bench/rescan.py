"""A second look at an album in which nothing has changed: what everybody's every start of a job costs.

    python tests/bench/rescan.py [--photos N]

The files have the sizes and times that the catalogue knows, and no content: none may be read. "job" is an indexing job
in this process, by stage; "command" the whole `pocketlens index FOLDER`, from nothing to its last line, without the
words in photos. Medians of five, from a warm disk cache.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pocketlens.catalogue import Catalogue
from pocketlens.encoders import ImageEncoder
from pocketlens.indexing import IndexingJob
from pocketlens.model import ModelPackage, load_package
from pocketlens.paths import HOME_VARIABLE, Home, home_at
from pocketlens.protocol import Event, IndexRequest, Progress, SourceSpec
from pocketlens.settings import Settings, save_settings
from pocketlens.source import DEFAULT_OPENERS
from pocketlens.vectors import VectorModel
from pocketlens_models.registry import SHIPPED

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench._albums import fill

_ROUNDS = 5


def main() -> None:
    """Make the album, look at it again and again, print the table."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=50_000)
    count = parser.parse_args().photos
    package = load_package(SHIPPED / "starter", parts=("image",))
    manifest = package.manifest
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "photos", home_at(Path(folder) / "home")
        random = np.random.default_rng(0)
        rows = random.standard_normal((count, manifest.dimension), np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
        fill(home, model, rows.astype(np.float16), os.fsencode(root))
        write_files(home, root)
        save_settings(home, Settings(read_text=False))
        print("| what | seconds | CPU seconds |")
        print("|---|---|---|")
        stages: dict[str, list[float]] = defaultdict(list)
        job = medians(lambda: look_again(home, root, package, stages, count))
        for stage, seconds in stages.items():
            print(f"| {stage} | {statistics.median(seconds):.2f} | |")
        print(f"| job, {count:,} photos | {job[0]:.2f} | {job[1]:.2f} |")
        command = [sys.executable, "-m", "pocketlens_desktop.cli", "index", str(root)]
        environment = {**os.environ, HOME_VARIABLE: str(Path(folder) / "home")}
        whole = medians(lambda: subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL))
        print(f"| command | {whole[0]:.2f} | {whole[1]:.2f} |")


def write_files(home: Home, root: Path) -> None:
    """Every photo of the catalogue, as long and as old as it says, without content."""
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        for path, size, mtime_ns in catalogue.connection.execute("SELECT path, size, mtime_ns FROM photos"):
            file = root / os.fsdecode(path)
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as opened:
                opened.truncate(size)
            os.utime(file, ns=(mtime_ns, mtime_ns))


def look_again(home: Home, root: Path, package: ModelPackage, stages: dict[str, list[float]], count: int) -> None:
    """One job; adds the seconds of its stages."""
    began: list[tuple[str, float]] = []

    def emit(event: Event) -> None:
        if isinstance(event, Progress) and (not began or began[-1][0] != event.stage):
            began.append((event.stage, time.perf_counter()))

    def no_encoder() -> ImageEncoder:
        raise AssertionError("nothing is to be encoded")

    request = IndexRequest(id=1, sources=[SourceSpec(kind="folder", identity=os.fsencode(root))])
    done = IndexingJob(home, package, no_encoder, request, openers=DEFAULT_OPENERS, emit=emit).run()
    assert (done.unchanged, done.added, done.removed) == (count, 0, 0), done
    ends = [at for _, at in began[1:]] + [time.perf_counter()]
    for (stage, start), end in zip(began, ends, strict=True):
        stages[stage].append(end - start)


def medians(do: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of CPU time, children included, after a first time that warms up."""
    do()
    taken = []
    for _ in range(_ROUNDS):
        wall, before = time.perf_counter(), os.times()
        do()
        after = os.times()
        taken.append((time.perf_counter() - wall, sum(after[:4]) - sum(before[:4])))
    walls, cpus = zip(*taken, strict=True)
    return statistics.median(walls), statistics.median(cpus)


if __name__ == "__main__":
    main()
