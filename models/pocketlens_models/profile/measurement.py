"""Measuring a package: a fresh process a tower, watched from outside."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from pocketlens.atomic import replacing
from pocketlens.errors import ModelCorrupt, ModelMissing, ModelUnsupported
from pocketlens.model import MANIFEST_NAME, PARTS, Part, read_manifest
from pocketlens_models.manifest import file_sha256
from pocketlens_models.profile.child import Latencies, Phase, Report, Task
from pocketlens_models.profile.memory import Memory, memory_of

PROFILE_NAME: Final = "profile.json"
#: Between two looks at the child's memory. Loading takes 50 ms or so, and reading a status file 0.05 ms.
_SAMPLE_S: Final = 0.005
#: Samples kept of one tower: a plot is some 800 pixels wide.
_KEPT: Final = 400
#: Longest that one tower may take. The slowest known needs 2 s a run.
_PATIENCE_S: Final = 600.0


class Sample(msgspec.Struct, frozen=True):
    """Memory seen from outside, ``at`` seconds after the child's first phase began."""

    at: float
    rss: int
    anon: int


class TowerProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One tower in a process of its own.

    Attributes:
        disk_bytes: the files it needs.
        check_s: checking their hashes.
        load_s: opening the session, with the files in the page cache as checking leaves them; ``load_cpu_s``
            is the processor's part of it.
        first_ms: the first run, which also allocates.
        p50_ms, p95_ms: elapsed, of the steady runs; ``cpu_ms``: median processor time.
        baseline, steady, unloaded: memory at the end of those phases; ``peak_bytes`` is VmHWM. None where the
            system has no /proc.
        phases: with times in seconds after the first began.
    """

    disk_bytes: int
    check_s: float
    load_s: float
    load_cpu_s: float
    first_ms: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    baseline: Memory | None
    steady: Memory | None
    unloaded: Memory | None
    peak_bytes: int | None
    phases: tuple[Phase, ...]
    samples: tuple[Sample, ...]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """``profile.json``. ``made_at``: seconds since 1970; ``batch`` is of the image tower."""

    model: str
    title: str
    manifest_sha256: str
    made_at: int
    machine: str
    made_with: dict[str, str]
    threads: int
    batch: int
    image: TowerProfile
    text: TowerProfile


def profile_package(folder: Path, *, threads: int = 1, batch: int = 1, runs: int = 30) -> Profile:
    """Measure both towers of a package, one after the other.

    Raises:
        ModelMissing, ModelCorrupt, ModelUnsupported: as `pocketlens.model.load_package`.
    """
    manifest = read_manifest(folder)
    towers: dict[Part, TowerProfile] = {}
    for tower in PARTS:
        names = manifest.part_files(tower)
        disk = sum(file.size for file in manifest.files if file.name in names)
        task = Task(
            folder=str(folder.absolute()),
            tower=tower,
            threads=threads,
            batch=batch if tower == "image" else 1,
            runs=runs,
        )
        towers[tower] = _tower_profile(task, disk)
    return Profile(
        model=manifest.key,
        title=manifest.title,
        manifest_sha256=file_sha256(folder / MANIFEST_NAME),
        made_at=int(time.time()),
        machine=_machine(),
        made_with={"python": platform.python_version(), "onnxruntime": version("onnxruntime")},
        threads=threads,
        batch=batch,
        image=towers["image"],
        text=towers["text"],
    )


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile as JSON, whole or not at all."""
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(profile)) + b"\n")


def read_profile(path: Path) -> Profile:
    """A profile that was written before, from its file or from the package that holds it.

    Raises:
        ModelMissing: there is none.
        ModelCorrupt: the file is not one.
    """
    file = path / PROFILE_NAME if path.is_dir() else path
    try:
        return msgspec.json.decode(file.read_bytes(), type=Profile)
    except FileNotFoundError as error:
        raise ModelMissing(
            "The package has not been profiled.", thing=str(path), remedy="Run `pocketlens models profile` first."
        ) from error
    except msgspec.DecodeError as error:
        raise ModelCorrupt(f"The profile is not readable: {error}.", thing=str(file)) from error


def _tower_profile(task: Task, disk_bytes: int) -> TowerProfile:
    phases, latencies, samples = _watch(task)
    start = phases["baseline"].begin
    unloaded = phases["unload"].memory
    return TowerProfile(
        disk_bytes=disk_bytes,
        check_s=phases["check"].end - phases["check"].begin,
        load_s=phases["load"].end - phases["load"].begin,
        load_cpu_s=phases["load"].cpu,
        first_ms=(phases["first run"].end - phases["first run"].begin) * 1e3,
        p50_ms=float(np.percentile(latencies.wall_ms, 50)),
        p95_ms=float(np.percentile(latencies.wall_ms, 95)),
        cpu_ms=float(np.percentile(latencies.cpu_ms, 50)),
        baseline=phases["baseline"].memory,
        steady=phases["steady"].memory,
        unloaded=unloaded,
        peak_bytes=max((phase.memory.peak for phase in phases.values() if phase.memory), default=None),
        phases=tuple(
            msgspec.structs.replace(phase, begin=phase.begin - start, end=phase.end - start)
            for phase in phases.values()
        ),
        samples=tuple(
            msgspec.structs.replace(sample, at=sample.at - start) for sample in _thinned(samples) if sample.at >= start
        ),
    )


def _watch(task: Task) -> tuple[dict[str, Phase], Latencies, list[Sample]]:
    """Run the child to its end, sampling its memory all the while."""
    command = [sys.executable, "-P", "-m", "pocketlens_models.profile.child", msgspec.json.encode(task).decode()]
    environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "1"}
    samples: list[Sample] = []
    ended = threading.Event()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as child:
        sampler = threading.Thread(target=_sample, args=(child.pid, samples, ended), daemon=True)
        sampler.start()
        try:
            output, complaint = child.communicate(timeout=_PATIENCE_S)
        finally:
            child.kill()
            ended.set()
            sampler.join()
    if child.returncode != 0:
        last = complaint.decode(errors="replace").strip().splitlines() or ["it gave no message"]
        raise ModelUnsupported(f"The {task.tower} tower could not be measured: {last[-1]}", thing=task.folder)
    phases: dict[str, Phase] = {}
    latencies = Latencies(wall_ms=[], cpu_ms=[])
    for report in _reports(output):
        if report.phase:
            phases[report.phase.name] = report.phase
        if report.latencies:
            latencies = report.latencies
    return phases, latencies, samples


def _reports(output: bytes) -> Iterator[Report]:
    for line in output.splitlines():
        yield msgspec.json.decode(line, type=Report)


def _sample(pid: int, samples: list[Sample], ended: threading.Event) -> None:
    while not ended.wait(_SAMPLE_S):
        memory = memory_of(pid)
        if memory:
            samples.append(Sample(time.monotonic(), memory.rss, memory.anon))


def _thinned(samples: list[Sample]) -> list[Sample]:
    """At most `_KEPT` samples: of each stretch the one with the most private memory, so that peaks survive."""
    stride = max(1, -(-len(samples) // _KEPT))
    stretches = (samples[at : at + stride] for at in range(0, len(samples), stride))
    return [max(stretch, key=lambda sample: sample.anon) for stretch in stretches]


def _machine() -> str:
    """The processor and how many cores this process may use."""
    # They bring the whole of indexing along, which reading a profile does not need.
    from pocketlens.calibration import processor
    from pocketlens.pipeline import usable_cores

    return f"{processor()}, {usable_cores()} cores, {platform.system()}"
