"""What is handed out: a wheel with every file in it, that works where nothing of this tree is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pocketlens import __version__

_CHECK = Path(__file__).parents[2] / "packaging" / "check_wheel.py"


@pytest.mark.timeout(1200)
def test_the_wheel_of_the_sdist_holds_every_file_and_runs_the_demo_in_an_empty_environment(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, _CHECK, "--out", tmp_path], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"pocketlens-{__version__}-py3-none-any.whl",
        f"pocketlens-{__version__}.tar.gz",
    ]
    said = done.stdout
    assert f"PocketLens {__version__}\nbuild   wheel" in said
    assert "雪山前的一匹马" in said
    assert "Everything that searching needs is here." in said
