"""Kinds of picture: by name, by header, by shape, in that order."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from core.small_album import Indexer, SmallAlbum
from pocketlens.catalogue import Catalogue
from pocketlens.decoding import decode
from pocketlens.kinds import KIND_NAMES, Kind, kind_of, kind_of_header
from pocketlens_desktop.sample import GOLDEN

QUERIES = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["query"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("Pictures/Screenshots/x.jpg", Kind.SCREENSHOT),
        ("Screenshot_20240101-120000.png", Kind.SCREENSHOT),
        ("Screen Shot 2020-01-01 at 10.00.00.png", Kind.SCREENSHOT),
        ("DCIM/截屏/1.jpg", Kind.SCREENSHOT),
        ("微信截图_20240101.png", Kind.SCREENSHOT),
        ("视频截图/1.jpg", Kind.VIDEO_FRAME),
        ("vlcsnap-2024-01-01.png", Kind.VIDEO_FRAME),
        ("Camera/PANO_20240101.jpg", Kind.PANORAMA),
        ("自拍/1.jpg", Kind.SELFIE),
        ("Documents/Scans/scan 7.tif", Kind.DOCUMENT),
        ("CamScanner 01-01-2024.jpg", Kind.DOCUMENT),
        ("毕业证.jpg", Kind.DOCUMENT),
        ("Screenshots/receipt.png", Kind.DOCUMENT),
        ("Documents/Screenshot_1.png", Kind.SCREENSHOT),
        ("Camera/IMG_0001.jpg", Kind.PHOTO),
        ("Panama 2024/canal.jpg", Kind.PHOTO),
        ("scandinavia/fjord.jpg", Kind.PHOTO),
        ("视频/1.jpg", Kind.PHOTO),
    ],
)
def test_a_name_tells_the_kind(path: str, kind: Kind) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((1080, 2400, "PNG", None), Kind.SCREENSHOT),
        ((2556, 1179, "PNG", None), Kind.SCREENSHOT),
        ((1080, 2400, "JPEG", None), Kind.PHOTO),
        ((1080, 2400, "PNG", "Canon"), Kind.PHOTO),
        ((1080, 1080, "PNG", None), Kind.PHOTO),
        ((1080, 9000, "PNG", None), Kind.PHOTO),
        ((8000, 2000, "JPEG", "Apple iPhone 12"), Kind.PANORAMA),
        ((2000, 8000, "JPEG", "Apple iPhone 12"), Kind.PANORAMA),
        ((8000, 2000, "JPEG", None), Kind.PHOTO),
        ((0, 0, None, None), Kind.PHOTO),
        ((None, None, None, "Canon"), Kind.PHOTO),
    ],
)
def test_a_shape_tells_the_kind_where_nothing_else_does(
    shape: tuple[int | None, int | None, str | None, str | None], kind: Kind
) -> None:
    width, height, image_format, camera = shape
    assert kind_of("a", width=width, height=height, image_format=image_format, camera=camera) == kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"lens": "iPhone 15 Pro front TrueDepth camera 2.69mm f/1.9"}, Kind.SELFIE),
        ({"lens": "iPhone 15 Pro back triple camera 6.765mm f/1.78"}, None),
        ({"software": "CamScanner"}, Kind.DOCUMENT),
        ({"software": "Android UP1A Screenshot"}, Kind.SCREENSHOT),
        ({"comment": "Screenshot"}, Kind.SCREENSHOT),
        ({"software": "Adobe Photoshop 25.0"}, None),
    ],
)
def test_a_header_tells_the_kind(tags: dict[str, str], kind: Kind | None) -> None:
    assert kind_of_header(**{"software": "", "lens": "", "comment": ""} | tags) == kind


def selfie(comment: bytes | str = b"") -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.LensModel] = "iPhone 12 front camera 2.71mm f/2.2"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def test_a_decoded_photo_says_what_its_header_names() -> None:
    assert decode(selfie(), size=64, resize="squash", name="a").metadata.kind is Kind.SELFIE
    said = decode(selfie(b"ASCII\0\0\0Screenshot"), size=64, resize="squash", name="a").metadata.kind
    assert said is Kind.SCREENSHOT


@given(st.text(), st.text(), st.text(), st.text(), st.integers(0), st.integers(0))
def test_every_photo_has_a_kind(path: str, software: str, lens: str, comment: str, width: int, height: int) -> None:
    header = kind_of_header(software=software, lens=lens, comment=comment)
    assert kind_of(path, by_header=header, camera="x", image_format="PNG", width=width, height=height) in Kind


def test_every_kind_can_be_asked_for_by_its_own_name_and_in_chinese() -> None:
    for kind in Kind:
        assert KIND_NAMES[kind.value] is kind
        assert any(not name.isascii() for name, meant in KIND_NAMES.items() if meant is kind)


def stored_kinds(indexer: Indexer) -> dict[str, str]:
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        return {path.decode(): kind for path, kind in catalogue.connection.execute("SELECT path, kind FROM photos")}


def test_the_kind_is_stored_and_a_copy_or_a_moved_photo_keeps_what_the_header_said(
    indexer: Indexer, album: SmallAlbum
) -> None:
    album.write("camera/1.jpg", selfie())
    album.write("camera/2.jpg", 2)
    indexer(album.spec)
    assert stored_kinds(indexer) == {"camera/1.jpg": "selfie", "camera/2.jpg": "photo"}
    album.write("copy.jpg", selfie())
    album.move("camera/2.jpg", "Screenshots/2.jpg")
    indexer(album.spec)
    assert stored_kinds(indexer) == {"camera/1.jpg": "selfie", "copy.jpg": "selfie", "Screenshots/2.jpg": "screenshot"}


def test_looks_tell_the_kind_only_where_nothing_else_does() -> None:
    assert kind_of("IMG_1.jpg", by_looks=Kind.DOCUMENT) is Kind.DOCUMENT
    assert kind_of("IMG_1.jpg", camera="Canon", width=40, height=30, by_looks=Kind.DOCUMENT) is Kind.DOCUMENT
    assert kind_of("Screenshots/1.png", by_looks=Kind.DOCUMENT) is Kind.SCREENSHOT
    assert kind_of("IMG_1.jpg", by_header=Kind.SELFIE, by_looks=Kind.DOCUMENT) is Kind.SELFIE
    assert kind_of("IMG_1.jpg", camera="Canon", width=9000, height=1000, by_looks=Kind.DOCUMENT) is Kind.PANORAMA


def test_in_the_sample_album_screenshots_and_named_documents_are_told_from_photos(sample_album: Path) -> None:
    """Documents that a camera photographed have nothing but their looks to be told by: see test_kind_probe.py."""
    told: dict[str, list[Kind]] = {}
    meant = {path: query["kind"] for query in QUERIES for path in query["expected"]}
    for path, kind in meant.items():
        about = decode((sample_album / path).read_bytes(), size=8, resize="squash", name=path).metadata
        known = kind_of(
            path, by_header=about.kind, camera=about.camera, image_format=about.format,
            width=about.width, height=about.height,
        )  # fmt: skip
        told.setdefault(kind, []).append(known)
    assert set(told["screenshot"]) == {Kind.SCREENSHOT}
    assert set(told["document"]) == {Kind.DOCUMENT, Kind.PHOTO}
    assert told["document"].count(Kind.DOCUMENT) >= len(told["document"]) / 3
    # One is a photo in a folder of scans.
    assert told["photo"].count(Kind.PHOTO) >= 0.95 * len(told["photo"])
