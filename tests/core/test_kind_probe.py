"""Kinds by their looks: what the probe of the starter model tells, and what becomes of it."""

from __future__ import annotations

import os

import numpy as np
import pytest

from core.small_album import Indexer, SmallAlbum
from pocketlens.catalogue import Catalogue
from pocketlens.kind_probe import PROBED, KindProbe, load_probe, probe_file
from pocketlens.kinds import Kind
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import packed
from pocketlens_desktop.sample import ALBUM

CAMERA = ALBUM / "DCIM" / "Camera"
#: Papers and cards that a camera photographed, with nothing in their names that says so.
PHOTOGRAPHED = (
    "IMG_20230711_100512.jpg",
    "IMG_20230928_075533.jpg",
    "IMG_20240518_190144.jpg",
    "IMG_20240612_163001.jpg",
    "IMG_20241019_083300.jpg",
    "IMG_20241103_092015.jpg",
    "IMG_20250208_221910.jpg",
)


def stored_kinds(indexer: Indexer) -> dict[str, str]:
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        rows = catalogue.connection.execute("SELECT path, kind FROM photos WHERE content_hash IS NOT NULL")
        return {os.fsdecode(path): kind for path, kind in rows}


def toy_probe() -> KindProbe:
    """Of vectors of three numbers, the largest tells the kind."""
    return KindProbe(np.column_stack([np.eye(3), np.zeros(3)]).astype(np.float32))


@pytest.mark.parametrize(
    ("vector", "by_camera", "kind"),
    [
        ((1, 0, 0), False, None),
        ((0, 1, 0), False, Kind.DOCUMENT),
        ((0, 1, 0), True, Kind.DOCUMENT),
        ((0, 0, 1), False, Kind.SCREENSHOT),
        ((0, 0.5, 1), True, Kind.DOCUMENT),
        ((0.5, 0, 1), True, None),
    ],
)
def test_what_a_camera_took_is_no_screenshot(vector: tuple[float, ...], by_camera: bool, kind: Kind | None) -> None:
    assert PROBED == (Kind.PHOTO, Kind.DOCUMENT, Kind.SCREENSHOT)
    assert toy_probe().kind(packed(np.array(vector)), by_camera=by_camera, width=999, height=999) == kind


def test_icons_and_swatches_are_left_alone() -> None:
    document = packed(np.array([0.0, 1.0, 0.0]))
    assert toy_probe().kind(document, by_camera=False, width=48, height=900) is None
    assert toy_probe().kind(document, by_camera=False, width=None, height=None) is Kind.DOCUMENT


def test_the_model_that_ships_has_a_probe_and_others_have_none(starter_package: ModelPackage) -> None:
    manifest = starter_package.manifest
    assert load_probe(manifest.key, manifest.image.preprocessing, manifest.dimension) is not None
    assert load_probe(manifest.key, manifest.image.preprocessing + 1, manifest.dimension) is None
    assert load_probe(manifest.key, manifest.image.preprocessing, manifest.dimension + 1) is None
    assert load_probe("another@1", 1, manifest.dimension) is None


def test_the_probe_is_small_and_lies_in_the_package(starter_package: ModelPackage) -> None:
    file = probe_file(starter_package.manifest.key, starter_package.manifest.image.preprocessing)
    assert file.parent.parent.name == "pocketlens"
    assert file.stat().st_size < 10_000


def test_photographed_documents_are_documents_and_photos_are_not(indexer: Indexer, album: SmallAlbum) -> None:
    photos = sorted(file.name for file in CAMERA.glob("*.jpg") if file.name not in PHOTOGRAPHED)
    for name in (*PHOTOGRAPHED, *photos):
        album.write(name, (CAMERA / name).read_bytes())
    indexer(album.spec)
    kinds = stored_kinds(indexer)
    assert [name for name in PHOTOGRAPHED if kinds[name] != Kind.DOCUMENT] == []
    assert [name for name in photos if kinds.get(name, Kind.PHOTO) != Kind.PHOTO] == []


def test_a_copy_is_what_the_first_was_told_to_be_unless_its_name_says_more(indexer: Indexer, album: SmallAlbum) -> None:
    paper = (CAMERA / PHOTOGRAPHED[0]).read_bytes()
    album.write("a.jpg", paper)
    indexer(album.spec)
    album.write("b.jpg", paper)
    album.write("selfies/c.jpg", paper)
    indexer(album.spec)
    assert stored_kinds(indexer) == {"a.jpg": "document", "b.jpg": "document", "selfies/c.jpg": "selfie"}


def test_what_an_older_version_took_for_photos_is_looked_at_once(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", (CAMERA / PHOTOGRAPHED[0]).read_bytes())
    album.write("b.jpg", (CAMERA / "IMG_20211114_143355.jpg").read_bytes())
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute("UPDATE photos SET kind = 'photo'")
        connection.execute("DELETE FROM meta WHERE key = 'kinds looked at'")
    encoded = indexer.encoded
    indexer(album.spec)
    assert stored_kinds(indexer) == {"a.jpg": "document", "b.jpg": "photo"}
    assert indexer.encoded == encoded
    with Catalogue.open(indexer.home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute("UPDATE photos SET kind = 'photo'")
    indexer(album.spec)
    assert set(stored_kinds(indexer).values()) == {"photo"}
