"""Programs that run at the start of every Python process of a command, its engines and decoders included."""

from __future__ import annotations

import os
from pathlib import Path


def python_path(program: str, folder: Path) -> str:
    """The ``PYTHONPATH`` by which every interpreter runs ``program`` first. ``folder``, which is made, keeps it."""
    folder.mkdir(exist_ok=True)
    # The module that Python imports before everything else, where there is one.
    (folder / "sitecustomize.py").write_text(program)
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
