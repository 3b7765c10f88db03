"""The README's figures are those that the recipe measured."""

from __future__ import annotations

import json
from pathlib import Path

from pocketlens_models.starter.readme_table import recall_table, write_into

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_the_shipped_packages_figures(starter: Path) -> None:
    assert recall_table(json.loads((starter / "recall.json").read_text("utf-8"))) in README.read_text("utf-8")


def test_writing_the_figures_changes_nothing_else(starter: Path, tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    copy.write_text("before\n<!-- starter-recall:begin -->\nold\n<!-- starter-recall:end -->\nafter\n", "utf-8")
    write_into(copy, starter)
    table = recall_table(json.loads((starter / "recall.json").read_text("utf-8")))
    wanted = f"before\n<!-- starter-recall:begin -->\n{table}<!-- starter-recall:end -->\nafter\n"
    assert copy.read_text("utf-8") == wanted
