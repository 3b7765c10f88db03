"""The number of workers is measured once a machine and model, and kept."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from core.small_album import Indexer, SmallAlbum
from pocketlens import calibration
from pocketlens.calibration import LEAST_PHOTOS, workers_for
from pocketlens.pipeline import default_workers


class Encoding:
    """Takes a while, and as many at a time as ``width`` without waiting for each other."""

    def __init__(self, width: int) -> None:
        self._room = threading.BoundedSemaphore(width)
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        with self._room:
            time.sleep(0.01)


@pytest.mark.parametrize(("width", "chosen"), [(1, 4), (4, 4), (6, 6), (8, 8)])
def test_the_fewest_workers_that_are_as_fast_as_any(width: int, chosen: int, tmp_path: Path) -> None:
    file = tmp_path / "workers.json"
    assert workers_for(file, "a@1", LEAST_PHOTOS, Encoding(width), most=8, seconds=0.3) == chosen


def test_it_is_measured_once_and_anew_for_another_model_or_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, encoding = tmp_path / "workers.json", Encoding(1)

    def measured(model: str) -> bool:
        before = encoding.calls
        assert workers_for(file, model, LEAST_PHOTOS, encoding, most=4, seconds=0.02) in {2, 3, 4}
        return encoding.calls > before

    assert [measured(model) for model in ("a@1", "a@1", "b@1", "a@1", "b@1")] == [True, False, True, False, False]
    monkeypatch.setattr(calibration, "processor", lambda: "another")
    assert [measured("a@1"), measured("a@1")] == [True, False]


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"machine": 1}', b"\xff\xfe", b'{"machine": "x", "workers": {"a@1": "2"}}']
)
def test_a_damaged_file_is_made_again(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "workers.json"
    file.write_bytes(content)
    encoding = Encoding(1)
    workers_for(file, "a@1", LEAST_PHOTOS, encoding, most=4, seconds=0.02)
    assert encoding.calls
    kept = file.read_bytes()
    workers_for(file, "a@1", LEAST_PHOTOS, encoding, most=4, seconds=0.02)
    assert file.read_bytes() == kept != content


def test_a_short_job_and_two_cores_do_without(tmp_path: Path) -> None:
    file, encoding = tmp_path / "workers.json", Encoding(1)
    assert workers_for(file, "a@1", LEAST_PHOTOS - 1, encoding, most=8) == 8
    assert [workers_for(file, "a@1", LEAST_PHOTOS, encoding, most=most) for most in (1, 2)] == [1, 2]
    assert not encoding.calls
    assert not file.exists()


def test_a_long_job_uses_what_it_measured(indexer: Indexer, album: SmallAlbum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "LEAST_PHOTOS", 5)
    monkeypatch.setattr(calibration, "default_workers", lambda: 4)
    monkeypatch.setattr(calibration, "_rate", lambda encode, workers, seconds: 10.0)
    album.fill(5)
    pools: list[int] = []
    monkeypatch.setattr("pocketlens.pipeline.Pipeline.run", lambda self, workers: pools.append(workers))
    indexer(album.spec)
    assert pools == [2]
    assert indexer.home.workers.exists()
    indexer(album.spec, threads=3)
    assert pools == [2, 3]
    assert default_workers() >= 1
