"""Every command that the README and the guides show, and how the tests try each of them."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = ("README.md", "packaging/guides/user.md", "packaging/guides/user.zh-CN.md", "packaging/guides/developer.md")

#: Commands that no test may run as they stand, each with what tries the same thing.
TRIED_ELSEWHERE = {
    r"make (demo|test|lint|dev)\b": "continuous integration runs them on every change",
    r"make dist": "tests/desktop/test_distribution.py",
    r"make bundle": "tests/desktop/test_linux_bundle.py",
    r"make api-docs": "tests/core/test_api_docs.py",
    r"pip install \.": "tests/desktop/test_distribution.py installs the wheel",
    r"pocketlens gui": "opens a window and stays: tests/desktop/test_gui_first_run.py",
    r"pocketlens demo$": "opens the window where there is a display: tests/desktop/test_cli_demo.py",
    r"pocketlens models (build|use) chinese": "needs a checkpoint of its authors: tests/models/test_model_build.py",
}


def shown_commands(page: str) -> list[str]:
    """What stands behind a prompt in the console blocks of a page, without remarks."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line.partition("  #")[0].strip() for line in lines]


def elsewhere(command: str) -> bool:
    """Whether another test tries it."""
    return any(re.match(pattern, command) for pattern in TRIED_ELSEWHERE)


def needs_phone(command: str) -> bool:
    """Whether there has to be a phone, or photos of one."""
    return bool(re.match(r"pocketlens (phone\b|search\b.* --phone\b)", command))
