"""The runtime that is pushed to phones has all that core asks for, also what it imports only when it comes to it."""

from __future__ import annotations

import ast
import json
import subprocess
import tarfile
from pathlib import Path

import pocketlens

_CORE = Path(pocketlens.__file__).parent
#: For searching, graphs, a person's own folders, videos and words: the phone only encodes photos, below one folder.
_NOT_ON_PHONES = {"numkong", "usearch", "platformdirs", "av", "rapidocr"}

_TRY = """
import importlib, json, sys
missing = []
for module, name in json.loads(sys.argv[1]):
    try:
        found = importlib.import_module(module)
        if name and not hasattr(found, name):
            importlib.import_module(f"{module}.{name}")
    except ImportError as error:
        missing.append(f"{module} {name}: {error}")
print(json.dumps(missing))
"""


def imports_of_core() -> set[tuple[str, str]]:
    """Module and name of every import statement in core, wherever it stands; "" for a whole module."""
    found = set()
    for file in _CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {(alias.name, "") for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {(node.module, alias.name) for alias in node.names}
    left_out = _NOT_ON_PHONES | {"pocketlens", "__future__"}
    return {one for one in found if one[0].partition(".")[0] not in left_out}


def test_everything_that_core_imports_is_in_the_runtime(phone_bundles: Path, tmp_path: Path) -> None:
    asked = imports_of_core()
    assert ("PIL", "ImageCms") in asked
    with tarfile.open(phone_bundles / "x86_64" / "runtime.tar") as tar:
        tar.extractall(tmp_path, filter="fully_trusted")
    (loader,) = (tmp_path / "lib").glob("ld-linux-*.so.*")
    python = tmp_path / "bin" / "python3"
    done = subprocess.run(
        [
            *(loader, "--library-path", tmp_path / "lib", "--argv0", python, python),
            *("-B", "-P", "-c", _TRY, json.dumps(sorted(asked))),
        ],
        env={"PYTHONHOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "site"), "LC_ALL": "C", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
