"""A relay process on this machine, as a phone's would be, and a phone's storage to work on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from core.small_album import photo
from pocketlens.client import engine_environment
from pocketlens.onboard.protocol import (
    AddToOrder,
    AnyAnswer,
    Done,
    Greeting,
    News,
    OrderedPhoto,
    Poll,
    Question,
    Release,
    SettledRow,
    StartJob,
)
from pocketlens.protocol import Failed, Indexed

A = TypeVar("A")


class Storage:
    """The shared storage of a phone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def put(self, path: bytes, data: bytes) -> OrderedPhoto:
        place = self.root / os.fsdecode(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        # Whole seconds, as a phone's listing has them.
        os.utime(place, (1_700_000_000, 1_700_000_000))
        return OrderedPhoto(path, len(data), 1_700_000_000 * 10**9)

    def fill(self, count: int) -> list[OrderedPhoto]:
        return [self.put(b"DCIM/Camera/%04d.jpg" % seed, photo(seed)) for seed in range(count)]


class RelayProcess:
    """A relay, spoken to question by question."""

    def __init__(self, model: Path, home: Path, storage: Storage, environment: dict[str, str] | None = None) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "pocketlens.onboard.relay"),
                *("--model", model, "--home", home, "--storage", storage.root),
                *("--serial", "PL0001", "--label", "Pixel 7"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=engine_environment() | (environment or {}),
        )
        self.greeting = self.answer(Greeting)

    def answer(self, kind: type[A]) -> A:
        assert self.process.stdout is not None
        given = msgspec.json.decode(self.process.stdout.readline(), type=AnyAnswer)
        assert isinstance(given, kind), given
        return given

    def ask(self, question: Question | bytes, kind: type[A]) -> A:
        assert self.process.stdin is not None
        if isinstance(question, Poll):
            # Asking on and on would keep a core from the job, which is polite and would wait for it for minutes.
            time.sleep(0.02)
        line = question if isinstance(question, bytes) else msgspec.json.encode(question)
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()
        return self.answer(kind)

    def start(self, photos: Iterable[OrderedPhoto], threads: int = 1) -> str:
        """Start a job. Returns its name."""
        self.ask(AddToOrder(photos=list(photos)), Done)
        self.ask(StartJob(threads=threads), Done)
        status = self.ask(Poll(rows=0), News).job
        assert status is not None
        return status.job

    def finish(self, job: str) -> Indexed | Failed:
        """Wait for the job's last event."""
        since = -1
        while True:
            news = self.ask(Poll(job=job, since=since, rows=0), News)
            for event in news.events:
                since = event.seq
                if isinstance(event, Indexed | Failed):
                    return event
            assert news.job is not None and (news.job.running or news.events), "it ended without a last event"

    def collect(self) -> list[SettledRow]:
        """Every row of the outbox, released as it comes."""
        found: list[SettledRow] = []
        while rows := self.ask(Poll(), News).parcel.rows():
            self.ask(Release(rows=[row.row for row in rows]), Done)
            found += rows
        return found

    def cut(self) -> None:
        """Kill the relay, as pulling the cable does."""
        self.process.kill()
        self.close()

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()
