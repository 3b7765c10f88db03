"""What PocketLens asks to be installed: all that it imports, nothing more, each with a reason."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

_REPOSITORY = Path(__file__).parents[1]
_PROJECT = _REPOSITORY / "pyproject.toml"
_ROOMS = {"core": "pocketlens", "desktop": "pocketlens_desktop", "models": "pocketlens_models"}
#: Installed apart from the rest, without what they ask for; see the Makefile.
_APART = {"cn-clip", "openai-clip"}


def canonical(name: str) -> str:
    """A distribution's name as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> dict[str, set[str]]:
    """The distributions that are asked for, by extra; "" stands for none."""
    project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: {canonical(re.split(r"[^\w.-]", one)[0]) for one in wanted} for extra, wanted in lists.items()}


def imported() -> set[str]:
    """The modules of others that the three rooms import, at the top or within a function."""
    found = set()
    for room in _ROOMS:
        for file in (_REPOSITORY / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {name.name.partition(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - set(_ROOMS.values())


def test_all_that_is_imported_is_asked_for() -> None:
    having = packages_distributions()
    asked = declared()
    known = asked[""] | asked["export"] | asked["ocr"] | asked["video"] | _APART
    unknown = {one for one in imported() if not known & {canonical(name) for name in having.get(one, [one])}}
    assert unknown == set()


def test_all_that_everybody_installs_is_imported() -> None:
    having = packages_distributions()
    used = {canonical(name) for one in imported() for name in having.get(one, [one])}
    assert declared()[""] - used == set()


def test_every_dependency_has_its_reason_in_a_line_above_it() -> None:
    lines = _PROJECT.read_text("utf-8").splitlines()
    first, last = lines.index("dependencies = ["), lines.index("[project.scripts]")
    bare = [
        line
        for before, line in zip(lines[first:], lines[first + 1 : last], strict=False)
        if re.match(r'\s*"|\w+ = \["', line) and not before.lstrip().startswith("#")
    ]
    assert bare == []
