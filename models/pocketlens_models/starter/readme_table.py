"""The held-out figures as the README shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_MARKED = re.compile(r"(?<=<!-- starter-recall:begin -->\n).*?(?=<!-- starter-recall:end -->)", re.DOTALL)
_ROWS = {"fp32": "fp32", "int8": "int8 (shipped)"}


def recall_table(recall: dict[str, Any]) -> str:
    """A Markdown table of a package's ``recall.json``."""
    lines = [
        f"| Held-out photos, pool of {recall['split']['pool']:,} | queries | R@1 | R@5 | R@10 |",
        "|---|---|---|---|---|",
    ]
    for language in ("English", "Chinese"):
        for precision, called in _ROWS.items():
            found = recall[precision][f"{language.lower()} captions"]
            figures = " | ".join(f"{found[f'R@{k}']:.1f}" for k in (1, 5, 10))
            lines.append(f"| {language} captions, {called} | {found['queries']} | {figures} |")
    return "\n".join(lines) + "\n"


def write_into(readme: Path, package: Path) -> None:
    """Put the figures of the package in ``package`` between the README's two marks."""
    table = recall_table(json.loads((package / "recall.json").read_text("utf-8")))
    readme.write_text(_MARKED.sub(lambda _: table, readme.read_text("utf-8")), "utf-8")
