"""``model.toml``, written. What it says is `pocketlens.model.Manifest`; the standard library only reads TOML."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec

from pocketlens.model import MANIFEST_NAME, Manifest, PackageFile


def file_sha256(path: Path) -> str:
    """Lower-case hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listed(folder: Path, names: tuple[str, ...]) -> list[PackageFile]:
    """The files of a package with the sizes and hashes they have now."""
    return [
        PackageFile(name=name, size=(folder / name).stat().st_size, sha256=file_sha256(folder / name)) for name in names
    ]


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Write ``model.toml`` into a package's folder."""
    content = msgspec.to_builtins(manifest)
    tables = {name: content.pop(name) for name in ("image", "text")}
    files = content.pop("files")
    lines = _pairs(content)
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_pairs(table)]
    for file in files:
        lines += ["", "[[files]]", *_pairs(file)]
    path = folder / MANIFEST_NAME
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _pairs(table: dict[str, object]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items()]


def _value(value: object) -> str:
    """JSON of a string, number, boolean or flat list is TOML too, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
