"""Progress as a log gets it."""

from __future__ import annotations

import pytest

from pocketlens.protocol import Progress, Stage
from pocketlens_desktop.cli.progress import Lines, eta_words, stage_words


def encoding(done: int, total: int, **more: float) -> Progress:
    return Progress(stage=Stage.ENCODING, done=done, total=total, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("total", [10, 1000, 100_000])
def test_a_log_gets_ten_lines_whatever_the_albums_size(total: int, capsys: pytest.CaptureFixture[str]) -> None:
    view = Lines()
    for done in range(total + 1):
        view.show(encoding(done, total))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Indexing…"
    assert len(lines[1:]) == 10
    assert lines[-1] == f"  {total:,} of {total:,} photos"


def test_a_batch_that_passes_several_tenths_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    view = Lines()
    view.show(encoding(64, 100))
    view.show(encoding(65, 100))
    assert capsys.readouterr().err.splitlines() == ["Indexing…", "  64 of 100 photos"]


def test_every_stage_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    view = Lines()
    for stage in Stage:
        for _ in range(3):
            view.show(Progress(stage=stage, done=0, total=None))
    assert len(capsys.readouterr().err.splitlines()) == len(Stage)


def test_a_job_that_waits_for_a_phone_says_so() -> None:
    waiting = Progress(stage=Stage.ENCODING, done=1, total=9, paused="unplugged")
    assert stage_words(waiting) == "Waiting for the phone"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s left"),
        (59, "59 s left"),
        (61, "1 min 01 s left"),
        (3600, "1 h 00 min left"),
        (7261, "2 h 01 min left"),
    ],
)
def test_the_time_left_is_as_exact_as_anyone_can_know(seconds: float, words: str) -> None:
    assert eta_words(encoding(1, 9, rate=2.0, eta_s=seconds)) == words


def test_the_time_left_is_not_said_before_it_is_known() -> None:
    assert eta_words(encoding(1, 9)) == ""
