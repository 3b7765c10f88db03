"""The benchmark programs, which no test runs whole, still start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
ROOT = BENCH.parents[1]


def output_of(*arguments: object) -> str:
    ended = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_every_program_finds_what_it_imports() -> None:
    pytest.importorskip("torch", reason="one of them builds models")
    names = sorted(BENCH.glob("[!_]*.py"))
    assert len(names) > 10
    # Loaded under other names than "__main__", they run nothing.
    program = "import sys, runpy; sys.path.insert(0, 'tests'); [runpy.run_path(name) for name in sys.argv[1:]]"
    output_of("-c", program, *names)


def test_the_runner_names_the_machine_and_refuses_what_it_does_not_know() -> None:
    assert "cold_search" in output_of("tests/bench", "--help")
    ended = subprocess.run(
        [sys.executable, "tests/bench", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "no such benchmark: nothing" in ended.stderr


def test_search_peers_prints_a_table_for_each_size() -> None:
    printed = output_of("tests/bench/search_peers.py", "--photos", 200, 300, "--queries", 2, "--peers", "nowhere")
    assert [line for line in printed.splitlines() if "p50 ms" in line] == [
        f"| {count} photos | p50 ms | p99 ms | × all | recall@10 | made in s |" for count in (200, 300)
    ]
    assert printed.count("| 1.000 |") == 6
