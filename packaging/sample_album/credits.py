"""Who made a picture and under which licence it may be passed on, as its own package says it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from packages import Package, resource_bytes

# Licences that allow changed copies to be passed on, for any purpose. A picture under any other is refused.
ALLOWED = frozenset(
    {
        "public-domain",
        "CC0-1.0",
        "CC-BY-2.0",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC-BY-SA-2.0",
        "CC-BY-SA-2.5",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0",
        "GFDL-1.2-or-later",
        "GPL-2.0-or-later",
        "GPL-3.0-or-later",
        "LGPL-3.0-only",
        "Apache-2.0",
    }
)
# How the packages spell what ALLOWED spells as SPDX does.
SPELLINGS = {"public domain": "public-domain", "lgplv3": "LGPL-3.0-only", "gplv2+": "GPL-2.0-or-later"}


class UnclearLicence(Exception):
    """A picture whose package does not say, or says something we cannot pass on."""


@dataclass(frozen=True)
class Credit:
    """Author, licence (one of ALLOWED) and, when the package names it, the page the picture came from."""

    author: str
    licence: str
    origin: str
    evidence: str


def licence_named(text: str) -> str:
    """`text` in the spelling of ALLOWED; raises UnclearLicence when it is not among them."""
    licence = SPELLINGS.get(text.strip().lower(), re.sub(r"(CC-BY(?:-SA)?) ", r"\1-", text.strip()))
    if licence not in ALLOWED:
        raise UnclearLicence(f"{text!r} is not a licence that we pass on")
    return licence


def readme_credit(root: Path, member: str, photographer: str | None) -> Credit:
    """The credit in the README that lies beside, or above, a picture of GCompris.

    `photographer` names who took the photo where the README names the people who edited it.
    """
    path = PurePosixPath(member)
    for folder in path.parents[: len(path.parents) - 1]:
        readme = resource_bytes(root, f"{folder}/README")
        if readme is not None:
            break
    else:
        raise UnclearLicence(f"{member}: no README")
    wanted = str(path.relative_to(folder))
    for block in readme.decode("utf-8").split("\n\n"):
        if not re.search(rf"(?m)^(?:Files:\s*)?{re.escape(wanted)}\s*$", block):
            continue
        fields = {key: value.strip() for key, value in re.findall(r"(?m)^(\w+):[ \t]*(\S.*)$", block)}
        author, origin = fields["Copyright"], fields.get("Source", "")
        if photographer is not None:
            if photographer not in fields["Comment"]:
                raise UnclearLicence(f"{member}: README does not name {photographer}")
            author = f"{photographer}; edited by {re.sub(r'^[0-9, ]+', '', author)}"
            origin = fields["Comment"].rsplit(" ", 1)[1]
        return Credit(author, licence_named(fields["License"]), origin, f"{folder}/README in the same resource")
    raise UnclearLicence(f"{member}: not named in {folder}/README")


def plasma_credit(root: Path, member: str) -> Credit:
    """The credit in the metadata.json of a Plasma wallpaper."""
    metadata = root / PurePosixPath(member).parts[0] / "metadata.json"
    plugin = json.loads(metadata.read_text("utf-8"))["KPlugin"]
    return Credit(plugin["Authors"][0]["Name"], licence_named(plugin["License"]), "", "metadata.json of the wallpaper")


def credit_of(package: Package, root: Path, photo: dict[str, Any]) -> Credit:
    """The credit of one entry of photos.toml; raises UnclearLicence."""
    kind = package.settings.get("credits")
    if kind == "readme":
        return readme_credit(root, photo["member"], photo.get("author"))
    if kind == "plasma":
        return plasma_credit(root, photo["member"])
    said = {**package.settings, **photo}
    return Credit(said["author"], licence_named(said["licence"]), said.get("origin", ""), said["evidence"])
