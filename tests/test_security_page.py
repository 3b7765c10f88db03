"""SECURITY.md promises only what a test holds."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 30
    assert named - there == set()


def test_every_row_of_a_promise_names_a_test() -> None:
    rows = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    promises = [row for row in rows if not row.startswith(("| What ", "| Promise "))]
    assert promises
    assert [row for row in promises if "`test_" not in row] == []


def test_the_limits_on_the_page_are_the_decoders() -> None:
    from pocketlens.decoder import MOST_BYTES, MOST_SECONDS

    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"{MOST_SECONDS} s of processor time" in page
    assert f"{MOST_BYTES >> 30} GiB a process" in page
