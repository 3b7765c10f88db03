"""Videos: a few frames of each, found by the best one; a broken one costs itself."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from core.small_album import Indexer, SmallAlbum
from pocketlens import video
from pocketlens.catalogue import Catalogue, PhotoRow
from pocketlens.errors import UnreadablePhoto
from pocketlens.frames import FrameSet
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import pack_all
from pocketlens.protocol import Hit, SearchRequest
from pocketlens.search import Searcher
from pocketlens.vectors import VectorSet
from pocketlens.video import content_hash_of_video, duration_text, is_video_name, read_video
from pocketlens.video_frames import VideoFrames
from pocketlens_desktop.sample import ALBUM

av = pytest.importorskip("av", reason="needs pocketlens[video]")

DOG, COFFEE = "IMG_20211114_143355.jpg", "IMG_20250614_150733.jpg"
Search = Callable[[str], list[Hit]]


def clip(*scenes: str | None, container: str = "mp4", **metadata: str) -> bytes:
    """A video of two seconds of each scene, which is a sample photo, or None for black."""
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as out:
        out.metadata.update(metadata)
        track = out.add_stream("mpeg4", rate=10)
        track.width, track.height, track.pix_fmt, track.gop_size = 320, 240, "yuv420p", 10
        for scene in scenes:
            picture = Image.new("RGB", (320, 240))
            if scene is not None:
                with Image.open(ALBUM / "DCIM" / "Camera" / scene) as photo:
                    picture = photo.convert("RGB").resize((320, 240))
            for _ in range(20):
                out.mux(track.encode(av.VideoFrame.from_image(picture)))
        out.mux(track.encode())
    return stream.getvalue()


@pytest.fixture
def search(indexer: Indexer, starter_package: ModelPackage) -> Search:
    def search(text: str) -> list[Hit]:
        with closing(Searcher(indexer.home, starter_package)) as searcher:
            return searcher.search(SearchRequest(id=1, text=text)).hits

    return search


def rows(indexer: Indexer) -> dict[str, PhotoRow]:
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        return {os.fsdecode(photo.path): photo for photo in catalogue.photos()}


def frame_count(indexer: Indexer) -> int:
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        return int(catalogue.connection.execute("SELECT count(*) FROM frames").fetchone()[0])


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp", "matroska"])
def test_frames_come_from_all_over_a_video_but_not_where_it_is_black(container: str) -> None:
    seen = read_video_of(clip(None, DOG, COFFEE, container=container))
    assert abs(seen.duration_ms - 6000) <= 200
    assert (seen.width, seen.height) == (320, 240)
    assert [frame.at_ms for frame in seen.frames] == [3000, 4000, 5000]


@pytest.mark.parametrize(("turned", "red_side"), [(0, "left"), (90, "bottom"), (-90, "top"), (180, "right")])
def test_a_phones_video_is_turned_upright(turned: int, red_side: str) -> None:
    stream = io.BytesIO()
    picture = Image.new("RGB", (320, 240), "blue")
    picture.paste("red", (0, 0, 160, 240))
    with av.open(stream, "w", format="mp4") as out:
        track = out.add_stream("mpeg4", rate=10)
        track.width, track.height, track.pix_fmt = 320, 240, "yuv420p"
        track.set_display_rotation(turned)
        out.mux(track.encode(av.VideoFrame.from_image(picture)))
        out.mux(track.encode())
    seen = read_video_of(stream.getvalue())
    with Image.open(io.BytesIO(seen.frames[0].jpeg)) as frame:
        assert frame.size == (seen.width, seen.height) == ((240, 320) if abs(turned) == 90 else (320, 240))
        middle, width, height = frame.width // 2, frame.width, frame.height
        places = {
            "left": (9, height // 2),
            "right": (width - 9, height // 2),
            "top": (middle, 9),
            "bottom": (middle, height - 9),
        }
        pixels = np.asarray(frame.convert("RGB"), np.int16)
        redness = {side: pixels[y, x, 0] - pixels[y, x, 2] for side, (x, y) in places.items()}
    assert max(redness, key=lambda side: redness[side]) == red_side


def test_a_video_that_is_black_throughout_has_one_frame() -> None:
    assert len(read_video_of(clip(None)).frames) == 1


def test_a_video_says_when_it_was_taken() -> None:
    assert read_video_of(clip(DOG, creation_time="2024-05-01T12:00:00Z")).taken_at == 1714564800
    assert read_video_of(clip(DOG)).taken_at is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a video",
        b"\0\0\0\x18ftypmp42",
        b"\x1aE\xdf\xa3" + b"\0" * 500,
        clip(DOG)[:2000],
        b"#EXTM3U\nfile:///etc",
    ],
    ids=["empty", "text", "a beginning", "matroska of nothing", "cut off", "a list of other files"],
)
def test_what_is_no_video_is_unreadable_for_a_reason(content: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match=r"\.$"):
        read_video_of(content)


def test_a_reader_that_dies_costs_one_video(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_MODULE", "pocketlens.no_such_module")
    with pytest.raises(UnreadablePhoto):
        read_video_of(clip(DOG))


def read_video_of(content: bytes) -> VideoFrames:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_video(file, name="clip")


def test_a_video_is_found_by_its_best_frame_which_says_when(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    album.fill(6)
    album.write("clip.mp4", clip(COFFEE, DOG))
    indexer(album.spec)
    row = rows(indexer)["clip.mp4"]
    assert (row.width, row.height, row.format) == (320, 240, "MP4")
    assert row.duration_ms == pytest.approx(4000, abs=200)
    dog, coffee = search("a dog")[0], search("a cup of coffee")[0]
    assert dog.path == coffee.path == b"clip.mp4"
    assert dog.at_ms is not None
    assert coffee.at_ms is not None
    assert coffee.at_ms < 2000 <= dog.at_ms
    assert [hit.path for hit in search("kind:video")] == [b"clip.mp4"]


def test_a_video_is_found_by_its_best_frame_in_a_large_album_too(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(30)
    album.write("clip.mp4", clip(COFFEE, DOG))
    indexer(album.spec)
    monkeypatch.setattr("pocketlens.search._LIKELY", 3)
    with closing(Searcher(indexer.home, starter_package, exact_rows=10)) as searcher:
        for text in ("a dog", "a cup of coffee"):
            assert searcher.search(SearchRequest(id=1, text=text, top=1)).hits[0].path == b"clip.mp4"


def test_a_long_video_leaves_room_for_others_and_filters_come_first() -> None:
    query = np.array([1, 0, 0, 0], np.float32)
    near, nearer, far = [0.8, 0.6, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]
    # Photo 7 is a long video that shows it all the time, 8 one that does for a moment, 9 is not among the rows.
    frames = FrameSet(
        np.array([7] * 20 + [8, 8] + [9]),
        np.arange(23),
        pack_all(np.array([nearer] * 20 + [far, near] + [nearer])),
    )
    ids = np.array([5, 9, 8, 6, 7])
    vectors = VectorSet(np.arange(1, 6), ids, (pack_all(np.zeros((5, 4))),))
    rows = np.array([0, 2, 3, 4])
    assert frames.likely(query, 2, vectors, rows).tolist() == [2, 4]
    assert frames.likely(query, 1, vectors, rows).tolist() == [4]
    assert frames.likely(query, 2, vectors, np.array([0, 2])).tolist() == [2]


def test_a_broken_video_is_one_row_with_its_reason(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("broken.mp4", b"\0\0\0\x18ftypmp42" + b"\xff" * 3000)
    album.write("whole.webm", clip(DOG, container="matroska"))
    done = indexer(album.spec)
    assert done.unreadable == 1
    assert set(rows(indexer)) == {"whole.webm"}
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        (bad,) = catalogue.unreadable()
    assert bad.path == b"broken.mp4"


def test_a_copy_of_a_video_is_not_read_again_and_its_frames_go_with_it(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.mp4", clip(DOG))
    indexer(album.spec)
    encoded, frames = indexer.encoded, frame_count(indexer)
    album.write("b.mp4", clip(DOG))
    indexer(album.spec)
    assert (indexer.encoded, frame_count(indexer)) == (encoded, 2 * frames)
    album.remove("a.mp4")
    album.remove("b.mp4")
    album.write("c.jpg", 1)
    indexer(album.spec)
    assert frame_count(indexer) == 0


def test_an_edited_video_has_the_frames_of_what_it_is_now(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.mp4", clip(DOG, COFFEE))
    indexer(album.spec)
    album.write("a.mp4", clip(COFFEE))
    indexer(album.spec)
    assert rows(indexer)["a.mp4"].duration_ms == pytest.approx(2000, abs=200)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        (last,) = catalogue.connection.execute("SELECT max(at_ms) FROM frames").fetchone()
    assert last < 2000


def test_without_pyav_videos_are_not_listed(
    indexer: Indexer, album: SmallAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketlens.source.can_read_videos", lambda: False)
    album.write("a.mp4", clip(DOG))
    album.write("b.jpg", 1)
    indexer(album.spec)
    assert set(rows(indexer)) == {"b.jpg"}


def test_two_videos_that_differ_at_one_end_have_two_hashes() -> None:
    contents = (b"a" * 5_000_000, b"b" + b"a" * 4_999_999, b"a" * 4_999_999 + b"b", b"a" * 5_000_001)
    assert len({content_hash_of_video(io.BytesIO(content)) for content in contents}) == 4


@pytest.mark.parametrize(
    ("name", "is_video"), [(b"a.MP4", True), (b"a.b.webm", True), (b"a.jpg", False), (b"mp4", False)]
)
def test_a_video_is_known_by_its_suffix(name: bytes, is_video: bool) -> None:
    assert is_video_name(name) == is_video


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0, "0:00"), (42_900, "0:42"), (600_000, "10:00"), (3_723_000, "1:02:03")]
)
def test_a_length_is_written_as_players_do(milliseconds: int, text: str) -> None:
    assert duration_text(milliseconds) == text
