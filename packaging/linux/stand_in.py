"""Puts an empty library in the place of one that another is linked to and never needs."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

_FUNCTION = """
.globl {name}
.type {name}, @function
{name}:
    xor %eax, %eax
    ret
"""
_NO_EXECUTABLE_STACK = '.section .note.GNU-stack, "", @progbits\n'


def replace(library: Path, user: Path) -> None:
    """Let ``library`` have no more than the functions that ``user`` asks of it, each of which returns null.

    x86-64 alone. What ``user`` does with that null has to be known.
    """
    names = sorted(_symbols(user, defined=False) & _symbols(library, defined=True))
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source.s", Path(scratch) / "made.o"
        source.write_text("".join(_FUNCTION.format(name=name) for name in names) + _NO_EXECUTABLE_STACK)
        subprocess.run(["as", "--64", "-o", made, source], check=True)
        naming = ["-soname", library.name, "-o", str(library)]
        subprocess.run(["ld", "-shared", "--strip-all", "-z", "noseparate-code", *naming, str(made)], check=True)
    library.chmod(0o644)


def _symbols(library: Path, *, defined: bool) -> set[str]:
    """The strong functions that a library has, or those that it asks others for."""
    said = subprocess.run(
        ["readelf", "--dyn-syms", "--wide", library], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"FUNC\s+GLOBAL\s+DEFAULT\s+(\w+)\s+([\w.]+)", said)
    return {name for section, name in found if (section != "UND") == defined}
