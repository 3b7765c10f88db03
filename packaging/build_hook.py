"""Hatch asks this when it makes a wheel or an sdist: it writes which commit that is from, for `pocketlens --version`.

An editable installation gets no such file, and says that it runs from a source tree.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: In the wheel and in the sdist alike, so that a wheel made from an sdist still knows.
ORIGIN = "pocketlens_desktop/origin.json"


class OriginHook(BuildHookInterface[Any]):
    """Adds `ORIGIN` to what is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        inherited = root / "desktop" / ORIGIN
        if inherited.exists():  # this is an unpacked sdist; the file is where the wheel takes it from
            return
        made = Path(self.directory, "origin.json")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(json.dumps({"made_as": "wheel", **_commit(root)}, sort_keys=True) + "\n")
        build_data["force_include"][str(made)] = f"desktop/{ORIGIN}" if self.target_name == "sdist" else ORIGIN

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatch calls it
        (Path(self.directory) / "origin.json").unlink(missing_ok=True)


def _commit(root: Path) -> dict[str, str]:
    """The commit and its day; a "+" behind it when the tree differs from it. Empty without git."""
    try:
        commit, day = _git(root, "log", "-1", "--format=%h %cs").split()
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError, ValueError):
        return {"commit": "", "day": ""}
    return {"commit": commit + ("+" if changed else ""), "day": day}


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout.strip()
