"""A small album of generated photos, an indexer of it, and what the catalogue then says."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pocketlens.catalogue import Catalogue
from pocketlens.decoders import Decode
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.indexing import IndexingJob
from pocketlens.model import ModelPackage
from pocketlens.paths import Home
from pocketlens.protocol import Event, Indexed, IndexRequest, SourceSpec
from pocketlens.source import DEFAULT_OPENERS, SourceOpener


@cache
def photo(seed: int, side: int = 48) -> bytes:
    """A JPEG that no other seed gives."""
    cells = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC).save(stream, "JPEG")
    return stream.getvalue()


class SmallAlbum:
    """Photos in a folder. Every change to a file gives it another time, as clocks are coarser than tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._clock = 1_700_000_000
        root.mkdir(exist_ok=True)

    @property
    def spec(self) -> SourceSpec:
        return SourceSpec(kind="folder", identity=os.fsencode(self.root))

    def write(self, name: str, content: int | bytes) -> Path:
        """Write a photo: the one of a seed, or these bytes."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo(content) if isinstance(content, int) else content)
        self.touch(name)
        return path

    def fill(self, count: int, folder: str = "camera") -> None:
        for seed in range(count):
            self.write(f"{folder}/{seed:04}.jpg", seed)

    def touch(self, name: str) -> None:
        self._clock += 1
        os.utime(self.root / name, (self._clock, self._clock))

    def move(self, name: str, to: str) -> None:
        (self.root / to).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).rename(self.root / to)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def files(self) -> dict[str, bytes]:
        """Every file's content by its path."""
        return {str(path.relative_to(self.root)): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}


@dataclass
class Indexer:
    """Runs indexing jobs in this process, counting what is encoded."""

    home: Home
    package: ModelPackage
    image_encoder: ImageEncoder
    openers: Mapping[str, SourceOpener] = field(default_factory=lambda: DEFAULT_OPENERS)
    events: list[Event] = field(default_factory=list)
    encoded: int = 0
    exact_limit: int = 200_000
    decode: Decode = decode

    def job(
        self,
        *specs: SourceSpec,
        on_event: Callable[[Event], None] | None = None,
        retry_unreadable: bool = False,
        fast: bool = False,
        threads: int | None = None,
    ) -> IndexingJob:
        self.events = []

        def emit(event: Event) -> None:
            self.events.append(event)
            if on_event is not None:
                on_event(event)

        return IndexingJob(
            self.home,
            self.package,
            lambda: self,  # type: ignore[arg-type, return-value]
            IndexRequest(id=1, sources=list(specs), retry_unreadable=retry_unreadable, fast=fast, threads=threads),
            openers=self.openers,
            emit=emit,
            exact_limit=self.exact_limit,
            decode=self.decode,
        )

    def __call__(
        self, *specs: SourceSpec, retry_unreadable: bool = False, fast: bool = False, threads: int | None = None
    ) -> Indexed:
        return self.job(*specs, retry_unreadable=retry_unreadable, fast=fast, threads=threads).run()

    def encode(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        self.encoded += 1
        return self.image_encoder.encode(pixels)


@dataclass(frozen=True)
class KnownPhoto:
    """A photo as the catalogue has it; ``vectors`` by model."""

    id: int
    state: int
    content_hash: bytes | None
    favourite: bool
    vectors: Mapping[str, bytes]


def known_photos(home: Home) -> dict[str, KnownPhoto]:
    """Everything the catalogue holds, by path, after SQLite found the file in order."""
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        connection = catalogue.connection
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        vectors: dict[int, dict[str, bytes]] = {}
        for ident, key, vector in connection.execute(
            "SELECT photo, key, vector FROM vectors JOIN models ON models.id = vectors.model"
        ):
            vectors.setdefault(ident, {})[key] = vector
        rows = connection.execute("SELECT path, id, state, content_hash, favourite FROM photos WHERE missing = 0")
        return {
            os.fsdecode(path): KnownPhoto(ident, state, content_hash, bool(favourite), vectors.get(ident, {}))
            for path, ident, state, content_hash, favourite in rows
        }


def mark_favourite(home: Home, path: str) -> None:
    with Catalogue.open(home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute("UPDATE photos SET favourite = 1 WHERE path = ?", (os.fsencode(path),))


def content_hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def leftovers(home: Home) -> list[Path]:
    """Half-written files."""
    return [path for folder in (home.data, home.cache) for path in folder.rglob("*.part")]
