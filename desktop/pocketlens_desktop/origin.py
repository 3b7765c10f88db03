"""Which build this is: ``packaging/build_hook.py`` writes it into a wheel, the other builders rewrite it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

FILE: Final = Path(__file__).parent / "origin.json"


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where an installation came from.

    Attributes:
        made_as: "wheel", "Linux bundle", "Debian package", …; "source tree" when nothing was built.
        commit: git's short name of the commit, with "+" when the tree differed from it; "" when git was not there.
        day: of that commit, as YYYY-MM-DD.
    """

    made_as: str = "source tree"
    commit: str = ""
    day: str = ""

    @property
    def has_pip(self) -> bool:
        """Whether packages can be added to it, as one adds them to an installation by pip."""
        return self.made_as not in {"Linux bundle", "Debian package"}

    def __str__(self) -> str:
        of = " of ".join(filter(None, (self.commit, self.day)))
        return f"{self.made_as}, {of}" if of else self.made_as


def origin() -> Origin:
    """This installation's origin."""
    try:
        return msgspec.json.decode(FILE.read_bytes(), type=Origin)
    except FileNotFoundError:
        return Origin()
