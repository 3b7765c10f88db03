"""Photos a second from a folder to a catalogue, beside the bound that the model sets and beside other programs.

    python tests/bench/indexing_peers.py [--model FOLDER] [--photos N] [--rounds N] [--peers PYTHON]

By turns, each in a process of its own, programs and model loaded before the clock starts, photos in the disk cache:

- inference alone: as many threads as PocketLens uses, each running the image tower on pixels that are ready. Nothing
  that indexes with this model and this runtime can be faster;
- PocketLens: a whole job as its engine does it, from listing to the derived files, decoders in their own processes,
  whose start is in its CPU time (an ended child's counts whole);
- the plain loop: what one writes first with Pillow and onnxruntime, and what the article describes: open, convert,
  resize, normalise, run, keep the vector, the next one. Its session has onnxruntime's own defaults;
- rclip, with PYTHON of the environment that `make peers` builds: its own pipeline, with this image tower as its model.

All use the same image tower. Figures are medians over the rounds; ratios are of the same round.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from pocketlens.decoders import Decode, Decoders
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.indexing import IndexingJob
from pocketlens.model import ModelPackage, load_package
from pocketlens.paths import home_at
from pocketlens.pipeline import default_workers
from pocketlens.protocol import IndexRequest, SourceSpec
from pocketlens.source import DEFAULT_OPENERS
from pocketlens_models.registry import SHIPPED

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.indexing_stages import SIZES, write_photos

#: Where `make peers` puts them.
PEERS = Path("build/peers/bin/python")


class Measured(NamedTuple):
    """Seconds by the clock and of all processes' CPU time, for ``photos`` photos."""

    seconds: float
    cpu: float
    photos: int


#: Indexes the photos in a folder.
Runner = Callable[[Path], Measured]


def main() -> None:
    """Measure both sizes of photo and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", type=Path, default=SHIPPED / "starter")
    parser.add_argument("--peers", type=Path, default=PEERS)
    parser.add_argument("--run", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(CONTESTANTS[options.run](options.folder, options.model)._asdict()))
        return
    with tempfile.TemporaryDirectory() as folder:
        rclip = rclip_runner(options.peers, options.model, Path(folder) / "model")
        for name, size in SIZES.items():
            root = Path(folder) / name
            write_photos(root, size, options.photos)
            runners: dict[str, Runner] = {one: partial(run_here, one, options.model) for one in CONTESTANTS}
            if rclip is not None:
                runners["rclip"] = rclip
            show(name, rounds(runners, root, options.rounds, options.photos))
            shutil.rmtree(root)


def rounds(runners: dict[str, Runner], root: Path, count: int, photos: int) -> dict[str, list[Measured]]:
    """Everybody's figures for the photos in ``root``, round by round, each starting with another one."""
    taken: dict[str, list[Measured]] = {name: [] for name in runners}
    names = list(runners)
    for number in range(count):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            measured = runners[name](root)
            if measured.photos != photos:
                raise SystemExit(f"{name} indexed {measured.photos} of {photos} photos")
            taken[name].append(measured)
    return taken


def show(name: str, taken: dict[str, list[Measured]]) -> None:
    """The table of one size of photo."""
    bound, ours = taken["inference alone"], taken["PocketLens"]
    print(f"\n| {name} | photos/s | CPU ms a photo | share of inference alone | PocketLens is faster by |")
    print("|---|---|---|---|---|")
    for who, all_rounds in taken.items():
        share = statistics.median(b.seconds / m.seconds for b, m in zip(bound, all_rounds, strict=True))
        factor = statistics.median(m.seconds / o.seconds for o, m in zip(ours, all_rounds, strict=True))
        speed = statistics.median(m.photos / m.seconds for m in all_rounds)
        cpu = statistics.median(1000 * m.cpu / m.photos for m in all_rounds)
        print(f"| {who} | {speed:.2f} | {cpu:.0f} | {100 * share:.0f} % | {factor:.2f} × |")


def run_here(contestant: str, model: Path, root: Path) -> Measured:
    """One of ours, in a process of its own."""
    return in_a_process([sys.executable, __file__, "--run", contestant, "--folder", root, "--model", model])


def in_a_process(command: list[object]) -> Measured:
    """What the program measured of itself."""
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def rclip_runner(python: Path, model: Path, folder: Path) -> Runner | None:
    """Runs rclip with the image tower of ``model``, under the names that it expects; None where it cannot."""
    if not python.exists():
        print("(rclip is left out: `make peers` installs it)")
        return None
    import onnx

    package = load_package(model, parts=("image",))
    tower = package.manifest.image
    graph = onnx.load(package.path(tower.file))
    if graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value:
        print("(rclip is left out: it runs batches of eight, and this model takes one photo at a time)")
        return None
    folder.mkdir()
    for node in graph.graph.node:
        node.input[:] = ["input" if name == tower.input else name for name in node.input]
    graph.graph.input[0].name = "input"
    onnx.save(graph, folder / "visual.onnx")
    script = Path(__file__).parent / "peers" / "index_with_rclip.py"
    return lambda root: in_a_process([python, script, root, folder / "visual.onnx", tower.size])


def inference_alone(root: Path, model: Path) -> Measured:
    """As many photos' pixels through the image tower, on as many threads as a job has."""
    package = load_package(model, parts=("image",))
    encoder = ImageEncoder(package)
    names = sorted(root.iterdir())
    pixels = pixels_of(names[0], package)
    encoder.encode(pixels)
    with ThreadPoolExecutor(default_workers()) as pool:
        started = Clock()
        for _ in pool.map(lambda _: encoder.encode(pixels), names):
            pass
        return started.stop(len(names))


def pocketlens(root: Path, model: Path) -> Measured:
    """A whole job in a fresh home, as the engine does it."""
    package = load_package(model, parts=("image",))
    encoder = ImageEncoder(package)
    encoder.encode(pixels_of(next(root.iterdir()), package))
    request = IndexRequest(id=1, sources=[SourceSpec(kind="folder", identity=os.fsencode(root))])
    with tempfile.TemporaryDirectory() as home, closing(Decoders()) as decoders:
        with ThreadPoolExecutor(default_workers()) as pool:
            # As many at a time as a job: their processes are the rest of the program.
            list(pool.map(lambda path: pixels_of(path, package, decoders), islice(root.iterdir(), default_workers())))
        started = Clock()
        job = IndexingJob(
            home_at(Path(home)),
            package,
            lambda: encoder,
            request,
            openers=DEFAULT_OPENERS,
            emit=lambda _: None,
            decode=decoders,
        )
        done = job.run()
        decoders.close()  # a child's CPU time counts once it has ended
        return started.stop(done.added)


def plain_loop(root: Path, model: Path) -> Measured:
    """The dozen lines one would write, with the same model."""
    import onnxruntime

    package = load_package(model, parts=("image",))
    tower = package.manifest.image
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # the quantized starter model gives dozens of remarks
    session = onnxruntime.InferenceSession(package.path(tower.file), options, providers=["CPUExecutionProvider"])
    mean, std = np.array(tower.mean, np.float32), np.array(tower.std, np.float32)

    def encoded(path: Path) -> np.ndarray:
        picture = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
        pixels = np.asarray(picture.resize((tower.size, tower.size), Image.Resampling.BICUBIC), np.float32)
        (output,) = session.run([tower.output], {tower.input: ((pixels - mean) / std).transpose(2, 0, 1)[None]})
        return np.asarray(output[0] / np.linalg.norm(output[0]))

    names = sorted(root.iterdir())
    encoded(names[0])
    started = Clock()
    vectors = [encoded(path) for path in names]
    return started.stop(len(vectors))


def pixels_of(path: Path, package: ModelPackage, decode: Decode = decode) -> np.ndarray:
    tower = package.manifest.image
    photo = decode(path.read_bytes(), size=tower.size, resize=tower.resize, interpolation=tower.interpolation, name="")
    return photo.pixels


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), cpu_seconds()

    def stop(self, photos: int) -> Measured:
        return Measured(time.perf_counter() - self._wall, cpu_seconds() - self._cpu, photos)


def cpu_seconds() -> float:
    """Of this process and of those that it has ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


CONTESTANTS: dict[str, Callable[[Path, Path], Measured]] = {
    "inference alone": inference_alone,
    "PocketLens": pocketlens,
    "the plain loop": plain_loop,
}

if __name__ == "__main__":
    main()
