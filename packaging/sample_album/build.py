"""Builds the sample album from the packages named in sources.toml.

    python packaging/sample_album/build.py [--work FOLDER]

Needs apt-get and dpkg (Debian 12), and in Python: pillow, pillow-heif, numpy, PySide6 (GCompris keeps its photos
in Qt resources) and segno (the QR code). Writes desktop/pocketlens_desktop/sample: album/, SOURCES.toml, golden.toml.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from credits import credit_of
from documents import rendered
from packages import Package, open_picture
from pictures import Shot, file_bytes

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "desktop" / "pocketlens_desktop" / "sample"
UNPACKED = HERE.parents[1] / "build" / "sample_album"
MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class AlbumFile:
    """A finished file: where it lies below album/, its bytes, and its entry in SOURCES.toml."""

    id: str
    path: str
    data: bytes
    entry: dict[str, str]


def packages() -> dict[str, Package]:
    """Every package of sources.toml by its short name."""
    table = tomllib.loads((HERE / "sources.toml").read_text("utf-8"))["source"]
    return {
        name: Package(name, said["kind"], said["package"], said["version"], said["root"], said)
        for name, said in table.items()
    }


def photographs(work: Path) -> Iterator[AlbumFile]:
    """The photos of photos.toml; raises UnclearLicence when a package does not stand by what we say."""
    known = packages()
    for photo in tomllib.loads((HERE / "photos.toml").read_text("utf-8"))["photos"]:
        package = known[photo["source"]]
        root = package.unpacked(work)
        credit = credit_of(package, root, photo)
        gps = photo.get("gps")
        shot = Shot(photo.get("orientation"), photo.get("taken"), tuple(gps) if gps else None, credit.author)
        data = file_bytes(open_picture(package, root, photo["member"]), photo["path"], shot, photo)
        entry = {
            "title": photo.get("title", PurePosixPath(photo["member"]).stem),
            "author": credit.author,
            "licence": credit.licence,
            "package": f"{package.package} {package.version} ({package.kind})",
            "member": f"{package.root}/{photo['member']}",
            "origin": credit.origin,
            "evidence": credit.evidence,
            "changes": changes(photo),
            "en": photo["en"],
            "zh": photo["zh"],
        }
        yield AlbumFile(photo["id"], photo["path"], data, entry)


def changes(photo: dict[str, Any]) -> str:
    """What was done to a photo, in words, as the licences ask."""
    said = [
        f"scaled down to at most {photo.get('side', 640)} px",
        f"saved as {PurePosixPath(photo['path']).suffix[1:]}",
    ]
    words = {
        "mode": "converted to {}",
        "taken": "EXIF date invented",
        "gps": "EXIF place added",
        "orientation": "stored with EXIF orientation {}",
        "damaged": "file cut short on purpose",
    }
    said += [text.format(photo[key]) for key, text in words.items() if key in photo]
    return ", ".join(said)


def papers(work: Path) -> Iterator[AlbumFile]:
    """The screenshots and documents that documents/ draws."""
    known = packages()
    fonts = {name: known[name].unpacked(work) for name in ("noto", "wenkai")}
    for paper in rendered(fonts):
        shot = Shot(taken=datetime.fromisoformat(paper.taken) if paper.taken else None)
        entry = {
            "title": paper.id,
            "author": "The PocketLens authors",
            "licence": "Apache-2.0",
            "package": "packaging/sample_album (drawn by this script)",
            "member": "documents",
            "origin": "",
            "evidence": "every name, number and address is invented; fonts: Noto CJK and LXGW WenKai (OFL-1.1)",
            "changes": "none",
            "en": paper.en,
            "zh": paper.zh,
        }
        yield AlbumFile(paper.id, paper.path, file_bytes(paper.picture, paper.path, shot, {}), entry)


def toml(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False)


def sources_toml(files: Iterable[AlbumFile]) -> str:
    """SOURCES.toml: one entry a file, in the order of their paths."""
    lines = ["# Written by packaging/sample_album/build.py. Where every file of the album comes from.\n"]
    for file in sorted(files, key=lambda file: file.path):
        lines.append(f"\n[[file]]\npath = {toml(file.path)}\n")
        lines += [f"{key} = {toml(value)}\n" for key, value in file.entry.items() if value]
    return "".join(lines)


def golden_toml(files: Iterable[AlbumFile]) -> str:
    """golden.toml: what people type, and every file that a fair judge would accept for it."""
    path_of = {file.id: file.path for file in files}
    lines = ["# Written by packaging/sample_album/build.py from queries.toml.\n"]
    for query in tomllib.loads((HERE / "queries.toml").read_text("utf-8"))["queries"]:
        lines.append(f"\n[[query]]\ntext = {toml(query['text'])}\nlanguage = {toml(query['language'])}\n")
        hard = "hard = true\n" if query.get("hard") else ""
        lines.append(f"kind = {toml(query['kind'])}\n{hard}expected = [\n")
        lines += [f"  {toml(path)},\n" for path in sorted(path_of[id_] for id_ in query["accept"])]
        lines.append("]\n")
    return "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=UNPACKED, help="where packages are unpacked and kept")
    work = parser.parse_args().work.resolve()
    files = [*photographs(work), *papers(work)]
    size = sum(len(file.data) for file in files)
    if size > MOST_BYTES:
        raise SystemExit(f"the album has {size} bytes, more than {MOST_BYTES}")
    album = SAMPLE / "album"
    if album.exists():
        shutil.rmtree(album)
    for file in files:
        target = album / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
    (SAMPLE / "SOURCES.toml").write_text(sources_toml(files), "utf-8")
    (SAMPLE / "golden.toml").write_text(golden_toml(files), "utf-8")
    print(f"{len(files)} files, {size:,} bytes in {album}")


if __name__ == "__main__":
    main()
