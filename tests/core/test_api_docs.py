"""Core's API pages are made without a warning, and what is public is explained."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pocketlens

_CORE = Path(pocketlens.__file__).parent


def test_the_pages_of_every_module_are_made_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "pdoc",
            "--docformat",
            "google",
            "--output-directory",
            tmp_path,
            "pocketlens",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    modules = [file.relative_to(_CORE) for file in _CORE.rglob("*.py") if not file.name.startswith("_")]
    assert not [one for one in modules if not (tmp_path / "pocketlens" / one.with_suffix(".html")).is_file()]


def test_every_module_and_every_public_class_says_what_it_is() -> None:
    silent = []
    for file in _CORE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        silent += [f"{file.name}: {node.name}" for node in classes if not ast.get_docstring(node)]
        silent += [file.name] if not ast.get_docstring(tree) else []
    assert silent == []
