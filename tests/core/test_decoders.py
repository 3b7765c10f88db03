"""A photo that crashes its decoder costs that photo; the job, its other photos and its memory are not touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.engine_process import engine, exists
from core.scenes import files, saved
from core.small_album import Indexer, SmallAlbum, known_photos, photo
from pocketlens import decoders as decoders_module
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.decoders import Decoders
from pocketlens.decoding import DecodedPhoto, decode, decode_picture
from pocketlens.errors import EngineDied, UnreadablePhoto
from pocketlens.paths import Home
from pocketlens.protocol import Embedded, EmbedRequest, Failed, Indexed, IndexRequest, ReadRequest, Role, TextsRead
from pocketlens.reading import ReadingJob
from pocketlens.source import DEFAULT_OPENERS
from pocketlens.texts import reader_installed

posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

#: In a decoder's place: one that has a bug, which photos that begin with these words set off.
BUGGY = """
import os, signal, sys
from pocketlens import decoder

decode, decode_picture = decoder.decode, decoder.decode_picture

def picture_with_bugs(data, **how):
    if data.endswith(b"crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    return decode_picture(data, **how)

def with_bugs(data, **how):
    if data.startswith(b"crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.startswith(b"die once") and not os.path.exists(data[9:]):
        open(data[9:], "wb").close()
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"for ever"):
        decoder._limit_time(1)
        while True:
            pass
    if data.startswith(b"eat"):
        decoder.MOST_BYTES = 300_000_000
        decoder._limit_memory()
    if data.startswith(b"print"):
        os.write(1, b"remark")
    return decode(data.removeprefix(b"print").removeprefix(b"eat"), **how)

decoder.decode, decoder.decode_picture = with_bugs, picture_with_bugs
sys.exit(decoder.main())
"""


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    with closing(Decoders()) as decoders:
        yield decoders


@pytest.fixture
def buggy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Decoders]:
    monkeypatch.setattr(decoders_module, "COMMAND", (sys.executable, "-P", "-c", BUGGY))
    with closing(Decoders()) as decoders:
        yield decoders


def decoded(decoders: Decoders, data: bytes) -> DecodedPhoto:
    return decoders(data, size=64, resize="squash", name="photo")


def reason(decoders: Decoders, data: bytes) -> str:
    with pytest.raises(UnreadablePhoto) as raised:
        decoded(decoders, data)
    return raised.value.what


def pids(decoders: Decoders) -> set[int]:
    return {one.pid for one in decoders.running()}


@pytest.mark.parametrize("kind", files())
def test_every_format_comes_out_as_if_decoded_here(decoders: Decoders, kind: str) -> None:
    data = files()[kind]
    there, here = decoded(decoders, data), decode(data, size=64, resize="squash", name="photo")
    assert np.array_equal(there.pixels, here.pixels)
    assert (there.thumbnail, there.metadata) == (here.thumbnail, here.metadata)


@pytest.mark.parametrize("kind", files())
def test_every_whole_picture_comes_out_as_if_decoded_here(decoders: Decoders, kind: str) -> None:
    data = files()[kind]
    there, here = decoders.picture(data, short_side=40, name="photo"), decode_picture(data, short_side=40, name="photo")
    assert np.array_equal(there, here)


def test_a_photo_that_cannot_be_decoded_has_the_same_reason_and_the_decoder_goes_on(decoders: Decoders) -> None:
    assert reason(decoders, b"") == "The file is empty."
    before = pids(decoders)
    decoded(decoders, files()["JPEG"])
    assert pids(decoders) == before


def test_a_photo_larger_than_any_pipe_comes_through(decoders: Decoders) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1800, 1800, 3), dtype=np.uint8)
    data = saved(Image.fromarray(noise), "PNG", compress_level=1)
    assert len(data) > 8 << 20
    assert decoded(decoders, data).metadata.width == 1800


@posix
def test_a_crash_costs_the_photo_and_the_next_one_is_decoded(buggy: Decoders) -> None:
    assert reason(buggy, b"crash") == "Decoding this picture makes the decoder crash."
    assert decoded(buggy, files()["JPEG"]).metadata.format == "JPEG"


@posix
def test_an_endless_loop_costs_the_photo(buggy: Decoders) -> None:
    assert reason(buggy, b"for ever") == "Decoding this picture takes too long."
    assert pids(buggy) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_a_memory_bomb_costs_the_photo_and_not_the_decoder(buggy: Decoders) -> None:
    bomb = saved(Image.new("RGB", (12_000, 12_000)), "PNG")
    assert reason(buggy, b"eat" + bomb) == "There is not enough memory to decode this picture."
    assert len(pids(buggy)) == 1


def test_what_a_library_prints_does_not_get_between_the_answers(buggy: Decoders) -> None:
    assert decoded(buggy, b"print" + files()["JPEG"]).metadata.format == "JPEG"


@posix
def test_a_decoder_killed_by_somebody_else_is_no_fault_of_the_photo(buggy: Decoders, tmp_path: Path) -> None:
    # The second attempt decodes what is no photo: the reason is not a crash.
    assert reason(buggy, b"die once " + os.fsencode(tmp_path / "died")).startswith("The file is not a picture")


@posix
def test_idle_decoders_that_were_killed_are_replaced(decoders: Decoders) -> None:
    decoded(decoders, files()["JPEG"])
    (pid,) = pids(decoders)
    os.kill(pid, signal.SIGKILL)
    assert decoded(decoders, files()["PNG"]).metadata.format == "PNG"
    assert pids(decoders).isdisjoint({pid})


def test_a_decoder_that_does_not_even_start_is_no_photos_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders_module, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with closing(Decoders()) as decoders, pytest.raises(EngineDied, match="exit status 3"):
        decoded(decoders, files()["JPEG"])


def test_each_thread_has_a_decoder_of_its_own_and_closing_ends_them_all() -> None:
    decoders, gate = Decoders(), threading.Barrier(3)

    def work() -> None:
        gate.wait()
        for data in files().values():
            decoded(decoders, data)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running = pids(decoders)
    assert 1 <= len(running) <= 3
    decoders.close()
    assert not any(exists(pid) for pid in running)


@posix
def test_a_decoder_ends_with_the_process_that_started_it() -> None:
    program = (
        "import os, signal\n"
        "from pocketlens.decoders import DecoderProcess\n"
        "decoder = DecoderProcess()\n"
        "print(decoder.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # The decoder has stderr from its parent: the pipe ends when both have ended.
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, remarks = parent.communicate(timeout=60)
    assert (int(said) > 0, remarks) == (True, b"")
    assert parent.returncode == -signal.SIGKILL


@posix
def test_a_photo_that_crashes_is_a_row_with_its_reason_and_is_not_tried_again_by_itself(
    indexer: Indexer, album: SmallAlbum, buggy: Decoders
) -> None:
    album.fill(3)
    album.write("camera/bad.jpg", b"crash")
    album.write("camera/worse.jpg", b"for ever")
    indexer.decode = buggy
    done = indexer(album.spec)
    assert (done.added, done.unreadable) == (3 + 2, 2)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert {row.path: row.code for row in catalogue.unreadable()} == {
            b"camera/bad.jpg": "unreadable-photo", b"camera/worse.jpg": "unreadable-photo",
        }  # fmt: skip
    assert sum(p.state == PhotoState.READY for p in known_photos(indexer.home).values()) == 3
    again = indexer(album.spec)
    assert (again.unchanged, again.unreadable) == (5, 0)


@posix
def test_a_photo_that_crashes_while_its_words_are_read_costs_that_photo(
    indexer: Indexer, album: SmallAlbum, buggy: Decoders
) -> None:
    class Shapes:
        """In the text reader's place: what a photo shows is its size."""

        def lines(self, data: bytes, name: str) -> list[str]:
            return ["x".join(map(str, buggy.picture(data, short_side=40, name=name).shape))]

    album.fill(2)
    album.write("camera/bad.jpg", photo(7) + b"crash")
    indexer(album.spec)
    request = ReadRequest(id=1, sources=[album.spec])
    job = ReadingJob(indexer.home, lambda _: Shapes(), request, openers=DEFAULT_OPENERS, emit=lambda _: None)
    done = job.run()
    assert (done.read, done.with_words, done.failed) == (3, 2, 1)


#: An engine whose decoders have that bug.
WITH_BUGGY_DECODERS = f"""
import sys
from pocketlens import decoders, engine
decoders.COMMAND = (sys.executable, "-P", "-c", {BUGGY!r})
sys.exit(engine.main())
"""


@posix
@pytest.mark.skipif(not reader_installed(), reason="the extra [ocr] is not installed")
def test_the_reading_engine_outlives_a_photo_that_crashes(
    indexer: Indexer, home: Home, starter: Path, album: SmallAlbum
) -> None:
    album.fill(2)
    album.write("camera/bad.jpg", photo(7) + b"crash")
    indexer(album.spec)
    with engine(Role.READ, home, starter, WITH_BUGGY_DECODERS) as running:
        running.send(ReadRequest(id=1, sources=[album.spec]))
        done = running.next(TextsRead)
    assert (done.read, done.failed) == (3, 1)


@posix
def test_the_engine_outlives_a_picture_to_search_by_that_crashes(home: Home, starter: Path, album: SmallAlbum) -> None:
    bad = album.write("bad.jpg", b"crash")
    good = album.write("good.jpg", 1)
    with engine(Role.INDEX, home, starter, WITH_BUGGY_DECODERS) as running:
        running.send(EmbedRequest(id=1, path=os.fsencode(bad)), EmbedRequest(id=2, path=os.fsencode(good)))
        assert running.next(Failed).what == "Decoding this picture makes the decoder crash."
        assert running.next(Embedded).request == 2


def test_the_engine_decodes_in_processes_and_leaves_none_behind(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(12)
    with engine(Role.INDEX, home, starter) as running:
        running.send(IndexRequest(id=1, sources=[album.spec]))
        assert running.next(Indexed).added == 12
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
        if children.exists():
            assert children.read_text() == ""


def test_a_decoder_holds_nothing_of_the_model(decoders: Decoders) -> None:
    program = (
        "import sys, pocketlens.decoder\n"
        "print([m for m in ('onnxruntime', 'sqlite3', 'usearch', 'PySide6', 'adbutils') if m in sys.modules])"
    )
    # Whoever measures which lines are run brings its own database along.
    unwatched = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env=unwatched)
    said = done.stdout
    assert said.strip() == "[]"
