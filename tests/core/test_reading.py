"""A reading job: whose words are read, in which order, and what is kept when it is stopped."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from core.small_album import Indexer, SmallAlbum, photo
from pocketlens.catalogue import Catalogue
from pocketlens.errors import UnreadablePhoto
from pocketlens.forgetting import forget
from pocketlens.paths import Home
from pocketlens.protocol import Event, Progress, ReadRequest, SearchRequest, Stage, TextsRead
from pocketlens.reading import ReadingJob
from pocketlens.search import Searcher
from pocketlens.source import DEFAULT_OPENERS
from pocketlens.text_reader import TextReader
from pocketlens.texts import reader_installed
from pocketlens_models.starter.render.fonts import faces, load_font

needs_reader = pytest.mark.skipif(not reader_installed(), reason="the extra [ocr] is not installed")


@dataclass
class Desk:
    """Reads an album in this process. ``shows``: the lines that its photos of a seed show."""

    home: Home
    album: SmallAlbum
    shows: Mapping[int, Sequence[str]] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    on_read: Callable[[str], None] = lambda _: None
    job: ReadingJob | None = None

    def __call__(self, *, retry_failed: bool = False) -> TextsRead:
        self.read = []
        self.events = []
        request = ReadRequest(id=1, sources=[self.album.spec], retry_failed=retry_failed)
        self.job = ReadingJob(self.home, lambda _: self, request, openers=DEFAULT_OPENERS, emit=self.events.append)
        return self.job.run()

    def lines(self, data: bytes, name: str) -> Sequence[str]:
        self.read.append(name)
        self.on_read(name)
        return next((lines for seed, lines in self.shows.items() if photo(seed) == data), ())


@pytest.fixture
def desk(indexer: Indexer, album: SmallAlbum) -> Desk:
    """Four indexed photos: a screenshot, a document, two others."""
    for seed, name in enumerate(("a.jpg", "Screenshots/b.jpg", "c.jpg", "scan 1.jpg")):
        album.write(name, seed)
    indexer(album.spec)
    return Desk(indexer.home, album, {1: ["meeting at nine"], 3: ["毕业证书"]})


def kept(home: Home) -> dict[str, str]:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return dict(
            catalogue.connection.execute(
                "SELECT CAST(path AS TEXT), words FROM photos JOIN texts USING (content_hash)"
            ).fetchall()
        )


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_screenshots_and_documents_come_first_and_the_newest_before_the_older(desk: Desk) -> None:
    done = desk()
    assert desk.read == ["scan 1.jpg", "Screenshots/b.jpg", "c.jpg", "a.jpg"]
    assert (done.read, done.with_words, done.failed, done.cancelled) == (4, 2, 0, False)
    progress = [event for event in desk.events if isinstance(event, Progress)]
    assert {event.stage for event in progress} == {Stage.READING}
    assert (progress[-1].done, progress[-1].total) == (4, 4)


def test_what_was_read_is_not_read_again_and_a_copy_never(desk: Desk) -> None:
    desk()
    assert desk().read == 0
    assert desk.read == []


def test_a_stopped_job_keeps_what_it_read_and_the_next_goes_on(desk: Desk) -> None:
    def stop_at_second(_: str) -> None:
        if len(desk.read) == 2:
            assert desk.job is not None
            desk.job.cancel()

    desk.on_read = stop_at_second
    done = desk()
    assert (done.read, done.cancelled) == (2, True)
    desk.on_read = lambda _: None
    assert desk().read == 2
    assert desk.read == ["c.jpg", "a.jpg"]


def test_a_photo_that_cannot_be_read_stops_nobody_and_is_tried_again_when_asked(desk: Desk) -> None:
    def fail(name: str) -> None:
        if name == "c.jpg":
            raise UnreadablePhoto("The picture is damaged.")

    desk.on_read = fail
    assert (desk().failed, len(desk.read)) == (1, 4)
    assert desk().read == 0
    desk.on_read = lambda _: None
    assert desk(retry_failed=True).failed == 0
    assert desk.read == ["c.jpg"]


def test_a_photo_that_changed_since_it_was_indexed_waits_for_the_next_indexing(desk: Desk) -> None:
    desk.album.write("a.jpg", 99)
    assert desk().read == 3
    assert "a.jpg" not in kept(desk.home)


def test_a_photo_that_is_forgotten_while_it_is_read_leaves_no_words(desk: Desk) -> None:
    def forget_all(_: str) -> None:
        forget(desk.home, desk.album.spec)

    desk.on_read = forget_all
    desk()
    assert kept(desk.home) == {}
    with Catalogue.open(desk.home.catalogue, read_only=True) as catalogue:
        assert catalogue.connection.execute("SELECT count(*) FROM texts").fetchone() == (0,)


def test_photos_of_an_unplugged_disk_are_left_for_later(desk: Desk) -> None:
    elsewhere = desk.album.root.rename(desk.album.root.with_name("elsewhere"))
    assert desk().read == 0
    elsewhere.rename(desk.album.root)
    assert desk().read == 4


def test_forgetting_an_album_leaves_none_of_its_words_in_any_file(desk: Desk) -> None:
    desk()
    before = all_bytes(desk.home.data)
    assert all(word in before for word in (b"meeting at nine", "毕业证书".encode(), b"mee"))
    forget(desk.home, desk.album.spec)
    after = all_bytes(desk.home.data)
    assert [word for word in (b"meeting", b"nine", "毕业证".encode(), "业证书".encode()) if word in after] == []
    assert b"eti" not in after, "a trigram of the index"


def test_words_of_a_photo_that_was_removed_go_with_the_next_indexing(
    desk: Desk, indexer: Indexer, album: SmallAlbum
) -> None:
    desk()
    album.remove("scan 1.jpg")
    indexer(album.spec)
    assert "毕业证书" not in kept(desk.home).values()


def written(*lines: str, size: int = 40) -> bytes:
    """A picture of the lines, dark on light."""
    font = load_font(next(face for face in faces(chinese=True, held_out=False)), size)
    picture = Image.new("RGB", (640, 90 + 70 * len(lines)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((40, 40 + 70 * number), line, "black", font=font)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@needs_reader
def test_photos_are_found_by_what_is_written_in_them(
    indexer: Indexer, album: SmallAlbum, starter_package: object, tmp_path: Path
) -> None:
    pictures = {
        "wall.png": written("KOBE BRYANT", "24"),
        "frame.png": written("CERTIFICATE", "of completion"),
        "drawer.png": written("毕 业 证 书", "学生 样本"),
        "shop.png": written("营业时间", "09:00 - 18:00"),
    }
    for name, content in pictures.items():
        album.write(name, content)
    album.fill(12)
    indexer(album.spec)
    request = ReadRequest(id=1, sources=[album.spec])
    ReadingJob(indexer.home, TextReader, request, openers=DEFAULT_OPENERS, emit=lambda _: None).run()
    searcher = Searcher(indexer.home, starter_package)  # type: ignore[arg-type]
    first = {}
    for query in ("kobe bryant", "certificate", "毕业证", "营业"):
        hit = searcher.search(SearchRequest(id=1, text=query)).hits[0]
        first[query] = hit.path.decode()
        assert hit.found_text
        assert not hit.weak
    searcher.close()
    assert first == {"kobe bryant": "wall.png", "certificate": "frame.png", "毕业证": "drawer.png", "营业": "shop.png"}
