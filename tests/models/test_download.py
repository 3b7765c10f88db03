"""Fetching a file from servers that cut, lie, change, refuse and stall."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.hostile_server import Behaviour, HostileServer, hostile_server
from pocketlens.errors import Cancelled, DownloadFailed, ModelBusy, StorageFull
from pocketlens_models.download import Patience, Transferred, download
from pocketlens_models.placing import held
from pocketlens_models.registry import Archive

CONTENT = random.Random(1).randbytes(700_000)
OTHER = random.Random(2).randbytes(700_000)
IMPATIENT = Patience(connect_s=2.0, read_s=0.3, first_pause_s=0.001)


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with hostile_server(CONTENT) as running:
        yield running


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def asset(*urls: str, content: bytes = CONTENT) -> Archive:
    return Archive(urls=urls, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def leftovers(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()} - {target.name, f".{target.name}.lock"}


def test_a_whole_file_arrives_and_nothing_else_stays(server: HostileServer, tmp_path: Path) -> None:
    target = tmp_path / "model.zip"
    download(asset(server.url), target)
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == set()
    assert server.requests[0]["Accept-Encoding"] == "identity"


def test_a_file_that_is_there_is_not_fetched_again(server: HostileServer, tmp_path: Path) -> None:
    target = tmp_path / "model.zip"
    target.write_bytes(CONTENT)
    download(asset(server.url), target)
    assert server.requests == []


def test_a_cut_connection_goes_on_from_the_last_byte(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(cut_after=300_001), Behaviour(cut_after=100_000)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300001-", "bytes=400001-"]
    assert server.requests[1]["If-Range"] == server.etag


def test_a_server_that_begins_anew_each_time_and_cuts_here_and_there_is_given_up(
    server: HostileServer, tmp_path: Path
) -> None:
    server.behaviours = [Behaviour(ignores_ranges=True, cut_after=bytes_sent) for bytes_sent in [100_000, 200_000] * 20]
    with pytest.raises(DownloadFailed, match="broke"):
        download(asset(server.url), tmp_path / "model.zip", patience=IMPATIENT)
    assert len(server.requests) == 6, "two that brought more than was there, and four that did not"


def test_a_later_call_goes_on_where_an_earlier_one_was_given_up(server: HostileServer, tmp_path: Path) -> None:
    target = tmp_path / "model.zip"
    server.behaviours = [Behaviour(cut_after=250_000), *[Behaviour(status=503)] * 4]
    with pytest.raises(DownloadFailed, match="503"):
        download(asset(server.url), target, patience=IMPATIENT)
    server.requests.clear()
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges == ["bytes=250000-"]


def test_a_file_that_changed_in_the_middle_is_fetched_from_the_start(server: HostileServer, tmp_path: Path) -> None:
    """The server begins with another file, then has the right one under another validator."""
    server.content, server.etag = OTHER, '"old"'
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(content=CONTENT, etag='"new"')]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-"], "the answer to If-Range was the whole new file"


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_a_mixture_of_two_files_is_noticed_and_fetched_again_whole(
    server: HostileServer, tmp_path: Path, etag: str | None
) -> None:
    """Without a strong validator the server cannot say that the file changed: only the hash can."""
    server.content, server.etag = OTHER, etag
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(content=CONTENT)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", None]
    assert all("If-Range" not in headers for headers in server.requests)


def test_a_server_that_ignores_ranges_is_read_from_the_start(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(ignores_ranges=True)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_from_there_is_asked_for_all(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(status=416)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", None]


def test_another_range_than_the_one_asked_for_is_not_appended(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(range_start=5)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT


def test_a_server_in_trouble_is_tried_again(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(status=500), Behaviour(status=503), Behaviour(status=429)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 4


def test_a_stalled_connection_is_given_up_and_resumed(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(stall_after=200_000)]
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=200000-"]


def test_a_length_that_is_not_the_files_is_refused_before_the_body(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(claimed_length=900_000)]
    target = tmp_path / "model.zip"
    with pytest.raises(DownloadFailed, match="900,000 bytes instead of 700,000"):
        download(asset(server.url), target, patience=IMPATIENT)
    assert not target.exists()


def test_a_body_shorter_than_its_length_is_a_cut(server: HostileServer, tmp_path: Path) -> None:
    server.content, server.behaviours = (
        CONTENT[:500_000],
        [Behaviour(claimed_length=700_000), Behaviour(content=CONTENT)],
    )
    target = tmp_path / "model.zip"
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT


def test_a_body_longer_than_the_file_is_refused(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(extra=b"x" * 100_000)]
    target = tmp_path / "model.zip"
    with pytest.raises(DownloadFailed, match="more than the 700,000 bytes"):
        download(asset(server.url), target, patience=IMPATIENT)
    assert not target.exists()


def test_a_wrong_file_is_refused_and_not_kept(server: HostileServer, tmp_path: Path) -> None:
    server.content = OTHER
    target = tmp_path / "model.zip"
    with pytest.raises(DownloadFailed, match="hash differs"):
        download(asset(server.url), target, patience=IMPATIENT)
    assert leftovers(target) == set()
    assert not target.exists()


def test_a_wrong_file_in_pieces_is_not_fetched_for_ever(server: HostileServer, tmp_path: Path) -> None:
    server.content = OTHER
    server.behaviours = [Behaviour(cut_after=300_000), Behaviour(), Behaviour(cut_after=300_000), Behaviour()]
    with pytest.raises(DownloadFailed, match="hash differs"):
        download(asset(server.url), tmp_path / "model.zip", patience=IMPATIENT)
    assert len(server.requests) == 4


def test_the_next_mirror_goes_on_where_the_first_one_failed(server: HostileServer, tmp_path: Path) -> None:
    target = tmp_path / "model.zip"
    with hostile_server(CONTENT) as second:
        server.behaviours = [Behaviour(cut_after=400_000), *[Behaviour(status=502)] * 4]
        download(asset(server.url, second.url), target, patience=IMPATIENT)
        assert target.read_bytes() == CONTENT
        assert second.ranges == ["bytes=400000-"]
        assert "If-Range" not in second.requests[0], "that validator was the other mirror's"


def test_every_mirror_that_failed_is_named_with_its_reason(server: HostileServer, tmp_path: Path) -> None:
    server.behaviours = [Behaviour(status=404)]
    with pytest.raises(DownloadFailed) as raised:
        download(asset("nonsense", server.url), tmp_path / "model.zip", patience=IMPATIENT)
    assert "not an address" in raised.value.what
    assert "127.0.0.1: it answered 404" in raised.value.what


def test_progress_counts_up_to_the_whole_with_a_rate(server: HostileServer, tmp_path: Path) -> None:
    seen: list[Transferred] = []
    server.behaviours = [Behaviour(cut_after=300_000)]
    download(asset(server.url), tmp_path / "model.zip", on_progress=seen.append, patience=IMPATIENT)
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert (seen[-1].done, seen[-1].total) == (700_000, 700_000)
    assert seen[-1].rate is not None
    assert seen[-1].eta_s == 0.0


def test_cancelling_ends_a_read_that_waits_and_keeps_what_arrived(server: HostileServer, tmp_path: Path) -> None:
    target, cancel = tmp_path / "model.zip", threading.Event()
    server.behaviours = [Behaviour(stall_after=200_000)]

    part = target.with_name("model.zip.part")

    def cancel_once_stalled() -> None:
        server.stalled.wait()
        while not part.exists() or part.stat().st_size < 200_000:
            server.over.wait(0.01)
        cancel.set()

    canceller = threading.Thread(target=cancel_once_stalled)
    canceller.start()
    with pytest.raises(Cancelled):
        # Longer than the test may take: only the cancelling can end the wait.
        download(asset(server.url), target, cancel=cancel, patience=Patience(read_s=600))
    canceller.join()
    assert not target.exists()
    server.requests.clear()
    download(asset(server.url), target)
    assert server.ranges == ["bytes=200000-"]


def test_a_second_download_of_the_same_file_is_refused(server: HostileServer, tmp_path: Path) -> None:
    target = tmp_path / "model.zip"
    with held(target.with_name(f".{target.name}.lock")), pytest.raises(ModelBusy):
        download(asset(server.url), target)
    assert server.requests == []


def test_what_an_earlier_asset_left_is_not_taken_for_this_one(server: HostileServer, tmp_path: Path) -> None:
    target = tmp_path / "model.zip"
    server.content, server.behaviours = OTHER, [Behaviour(cut_after=1000), *[Behaviour(status=500)] * 4]
    with pytest.raises(DownloadFailed):
        download(asset(server.url, content=OTHER), target, patience=IMPATIENT)
    server.content = CONTENT
    server.requests.clear()
    download(asset(server.url), target)
    assert server.ranges == [None]
    assert target.read_bytes() == CONTENT


def test_the_proxy_of_the_environment_is_used(
    server: HostileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url.removesuffix("/model.zip"))
    target = tmp_path / "model.zip"
    download(asset("http://models.invalid/model.zip"), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.requests[0]["Host"] == "models.invalid"


def test_too_little_room_is_found_out_before_anything_is_asked_for(server: HostileServer, tmp_path: Path) -> None:
    too_large = Archive(urls=(server.url,), size=1 << 60, sha256="0" * 64)
    with pytest.raises(StorageFull, match="MB are free"):
        download(too_large, tmp_path / "model.zip")
    assert server.requests == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB, which leaves less than the file once another one fills it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.name == "posix" and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_in_between_keeps_what_arrived(server: HostileServer, small_disk: Path) -> None:
    target = small_disk / "model.zip"
    greedy = small_disk / "something else"

    def fill_up(progress: Transferred) -> None:
        if not greedy.exists():
            with greedy.open("wb") as file:
                file.write(bytes(24 * (1 << 20) - 200_000))

    with pytest.raises(StorageFull, match="full"):
        download(asset(server.url), target, on_progress=fill_up, patience=IMPATIENT)
    greedy.unlink()
    server.requests.clear()
    download(asset(server.url), target, patience=IMPATIENT)
    assert target.read_bytes() == CONTENT
    assert server.ranges[0] is not None, "it went on with what had arrived"
