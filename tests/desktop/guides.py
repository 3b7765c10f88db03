"""Every command that the README and the guides show, and how the tests try each of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = ("README.md", "packaging/guides/user.md", "packaging/guides/user.zh-CN.md", "packaging/guides/developer.md")

#: Commands that no test may run as they stand, each with what tries the same thing.
TRIED_ELSEWHERE = {
    r"make (test|lint)\b": "continuous integration runs them on every change",
    r"make (demo|dev)\b": "would set up this very environment: tests/desktop/test_guides.py runs the rest of them",
    r"make dist": "tests/desktop/test_distribution.py",
    r"make bundle": "tests/desktop/test_linux_bundle.py",
    r"make api-docs": "tests/core/test_api_docs.py",
    r"pip install \.": "tests/desktop/test_distribution.py installs the wheel",
    r"pip install '": "the set-up installs these extras before any test",
    r"pocketlens gui": "opens a window and stays: tests/desktop/test_gui_first_run.py",
    r"pocketlens demo$": "opens the window where there is a display: tests/desktop/test_cli_demo.py",
    r"pocketlens models build chinese": "needs a checkpoint of its authors: tests/models/test_model_build.py",
    r"pocketlens models use chinese": "needs that package: tests/models/test_model_switching.py",
    r"pocketlens models verify chinese": "needs that package: tests/models/test_model_verification.py",
    r"pocketlens models profile chinese": "needs that package: tests/models/test_model_profile.py",
    r"pocketlens models release chinese": "needs that package: tests/models/test_model_release.py",
}

#: What stands for a word of the reader's own in a synopsis, where a number or a known value has to be there.
_FILLED = {"N": "3", "D": "2023", "K": "photo", "PHOTO": "1"}


def shown_commands(page: str) -> list[str]:
    """What stands behind a prompt in the console blocks of a page, without remarks."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line.partition("  #")[0].strip() for line in lines]


def synopses(page: str) -> list[str]:
    """Every form of a command that a page's plain blocks list, with words for what is left open.

    ``[--top N]…`` is given once; ``a|b`` are two forms.
    """
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"^```\n(pocketlens .*?)^```", text, re.DOTALL | re.MULTILINE))
    listed = re.findall(r"pocketlens \S+.*?(?=  |$)", re.sub(r"\n +\[", " [", blocks), re.MULTILINE)
    return [form for line in listed for form in _forms(line)]


def named(page: str, program: str) -> list[str]:
    """What a page's sentences and tables tell to do with a program: the words after its name."""
    return re.findall(rf"`(?:sudo )?{program} ([^`]+)`", (REPOSITORY / page).read_text(encoding="utf-8"))


def _forms(synopsis: str) -> Iterator[str]:
    """The command lines that one synopsis stands for."""
    filled = synopsis.translate({ord(sign): None for sign in "[]…"}).split()
    words = [[_FILLED.get(part, part) for part in word.split("|")] for word in filled]
    return map(" ".join, itertools.product(*words))


def elsewhere(command: str) -> bool:
    """Whether another test tries it."""
    return any(re.match(pattern, command) for pattern in TRIED_ELSEWHERE)


def needs_phone(command: str) -> bool:
    """Whether there has to be a phone, or photos of one."""
    return bool(re.match(r"pocketlens (phone\b|search\b.* --phone\b)", command))
