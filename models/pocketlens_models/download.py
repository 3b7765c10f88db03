"""Fetching one large file whose size and hash are known, over connections and from servers that fail.

What arrives goes to ``NAME.part`` and is asked for from there on (RFC 9110, section 14: Range, with If-Range when
the server gave a strong validator). The hash decides in the end, whatever servers say: a file that was put
together from several answers and is wrong is fetched once more in one piece.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from pocketlens import __version__
from pocketlens.errors import Cancelled, DownloadFailed
from pocketlens_models.manifest import file_sha256
from pocketlens_models.placing import MARGIN_BYTES, held, refuse_if_full, storage_full_reported
from pocketlens_models.registry import Archive

if TYPE_CHECKING:
    import requests

#: Fruitless tries in a row before a mirror is given up. One that brought bytes starts the count again.
_TRIES: Final = 4
#: Files of the right size and the wrong hash that one mirror may send, where each came in several pieces.
_MOST_WRONG: Final = 2
#: Before the second, third … try; doubled each time. A phone that changes networks is back within seconds.
_FIRST_PAUSE_S: Final = 0.5
_CHUNK: Final = 256 * 1024
#: The rate is that of the last seconds, not of the whole: people judge by what is happening now.
_RATE_WINDOW_S: Final = 5.0
#: Between two reports of progress.
_REPORT_S: Final = 0.1
#: Between two looks at whether a waiting read should go on waiting.
_WATCH_S: Final = 0.1


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a connection, and for the next byte of an answer, before trying again."""

    connect_s: float = 10.0
    read_s: float = 30.0
    first_pause_s: float = _FIRST_PAUSE_S


PATIENT: Final = Patience()


@dataclass(frozen=True)
class Transferred:
    """Progress: bytes there already, bytes in all, bytes a second (None at first) and seconds left."""

    done: int
    total: int
    rate: float | None
    eta_s: float | None


class _Partial(msgspec.Struct, frozen=True, kw_only=True):
    """``NAME.part.json``: what the partial file is a part of. ``etag`` is a strong validator of ``url``, or empty."""

    sha256: str
    url: str
    etag: str


class _WrongAnswer(Exception):
    """This mirror does not have the file; another try would change nothing."""


class _Interrupted(Exception):
    """The connection failed; what arrived is kept, and another try is worth it."""


def download(
    asset: Archive,
    target: Path,
    *,
    on_progress: Callable[[Transferred], object] = lambda _: None,
    cancel: threading.Event | None = None,
    patience: Patience = PATIENT,
) -> None:
    """Fetch ``asset`` to ``target``, going on from what an earlier try left. Proxies are those of the environment.

    Args:
        asset: its mirrors are tried in order.
        cancel: set it from another thread to stop; what arrived is kept.

    Raises:
        DownloadFailed: no mirror gave the whole, right file; with what each of them did.
        StorageFull: not enough room, found out before anything is fetched, or in between.
        ModelBusy: another process is fetching the same file.
        Cancelled: ``cancel`` was set.
    """
    cancel = cancel or threading.Event()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(target.with_name(f".{target.name}.lock")), storage_full_reported(target):
        if target.is_file() and target.stat().st_size == asset.size and file_sha256(target) == asset.sha256:
            return
        transfer = _Transfer(asset, target, on_progress, cancel, patience)
        refuse_if_full(target.parent, asset.size - transfer.there() + MARGIN_BYTES, thing=target.name)
        transfer.run()


class _Transfer:
    """One download in progress."""

    def __init__(
        self,
        asset: Archive,
        target: Path,
        on_progress: Callable[[Transferred], object],
        cancel: threading.Event,
        patience: Patience,
    ) -> None:
        self._asset, self._target, self._cancel, self._patience = asset, target, cancel, patience
        self._part = target.with_name(f"{target.name}.part")
        self._about = target.with_name(f"{target.name}.part.json")
        self._meter = _Meter(asset.size, on_progress)
        self._partial = self._read_partial()

    def there(self) -> int:
        """Bytes of this very asset that are on the disk already."""
        return self._part.stat().st_size if self._partial and self._part.is_file() else 0

    def run(self) -> None:
        """Try every mirror until the file is whole and right."""
        import requests

        refusals = []
        with requests.Session() as session:
            for url in self._asset.urls:
                try:
                    self._from_mirror(session, url)
                except (_WrongAnswer, _Interrupted) as error:
                    refusals.append(f"{urlsplit(url).hostname}: {error}")
                    continue
                return
        raise DownloadFailed(
            f"The file could not be fetched ({'; '.join(refusals) or 'it has no address'}).",
            thing=self._target.name,
            remedy="Try again later: it goes on from where it was. Or install the model from a file.",
        )

    def _from_mirror(self, session: requests.Session, url: str) -> None:
        failures, wrong, longest = 0, 0, self.there()
        pieced = longest > 0
        while True:
            try:
                if self.there() < self._asset.size:
                    self._fetch(session, url)
            except _Interrupted:
                # Not longer than after the last try: a server that begins anew each time, and cuts now earlier, now
                # later, would be asked for ever.
                failures = 0 if self.there() > longest else failures + 1
                longest = max(longest, self.there())
                pieced = True
                if failures >= _TRIES:
                    raise
                self._pause(self._patience.first_pause_s * 2**failures)
                continue
            if self._complete():
                return
            wrong += 1
            if not pieced or wrong == _MOST_WRONG:
                raise _WrongAnswer("it has another file under this name (the hash differs)")
            # Put together from several answers, of which one may have been of another file.
            pieced, longest = False, 0

    def _complete(self) -> bool:
        """Put the file in its place if it is the right one; else throw it away."""
        if self.there() == self._asset.size and file_sha256(self._part) == self._asset.sha256:
            with self._part.open("r+b") as file:
                os.fsync(file.fileno())
            self._part.replace(self._target)
            self._about.unlink(missing_ok=True)
            return True
        self._forget()
        return False

    def _fetch(self, session: requests.Session, url: str) -> None:
        """One request, from where the partial file ends; returns when as many bytes are there as there should be."""
        from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, RequestException
        from urllib3.exceptions import HTTPError

        start = self.there()
        try:
            with session.get(
                url,
                headers=self._headers(url, start),
                stream=True,
                timeout=(self._patience.connect_s, self._patience.read_s),
            ) as answer:
                self._receive(answer, url, start)
        except (InvalidURL, InvalidSchema, MissingSchema) as error:
            raise _WrongAnswer("this is not an address that files can be fetched from") from error
        except (RequestException, HTTPError) as error:
            raise _Interrupted(_reason(error)) from error

    def _headers(self, url: str, start: int) -> dict[str, str]:
        headers = {
            "User-Agent": f"PocketLens/{__version__}",
            # A compressed transfer would count other bytes than the file's.
            "Accept-Encoding": "identity",
        }
        if start:
            headers["Range"] = f"bytes={start}-"
            if self._partial and self._partial.url == url and self._partial.etag:
                headers["If-Range"] = self._partial.etag
        return headers

    def _receive(self, answer: requests.Response, url: str, start: int) -> None:
        status = answer.status_code
        if status == 416:
            # It has no bytes from there on: what we hold is not a part of what it has.
            self._forget()
            raise _Interrupted("it cannot go on from where the download was")
        if status in (408, 425, 429) or status >= 500:
            raise _Interrupted(f"it answered {status}")
        if status == 206:
            if not _goes_on(answer.headers.get("Content-Range", ""), start, self._asset.size):
                self._forget()
                raise _Interrupted("it sent another range than it was asked for")
        elif status == 200:
            length = answer.headers.get("Content-Length", "")
            if length.isdecimal() and int(length) != self._asset.size:
                raise _WrongAnswer(f"its file has {int(length):,} bytes instead of {self._asset.size:,}")
            # It does not know ranges, or the file has changed there: all of it comes from the start.
            start = 0
        else:
            raise _WrongAnswer(f"it answered {status}")
        self._remember(url, answer.headers.get("ETag", ""))
        with self._stoppable(answer):
            # Not `iter_content`, which holds bytes back until a chunk is full, and loses them when the line is cut.
            self._write(iter(lambda: answer.raw.read1(_CHUNK, decode_content=False), b""), start)

    @contextlib.contextmanager
    def _stoppable(self, answer: requests.Response) -> Iterator[None]:
        """End a read that waits for bytes as soon as the person cancels."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.is_set():
                if self._cancel.wait(_WATCH_S):
                    answer.raw.shutdown()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    def _write(self, chunks: Iterator[bytes], start: int) -> None:
        with self._part.open("r+b" if start else "wb") as file:
            file.truncate(start)
            file.seek(start)
            done = start
            self._meter.start(done)
            for chunk in chunks:
                done += len(chunk)
                if done > self._asset.size:
                    file.truncate(0)
                    raise _WrongAnswer(f"it sent more than the {self._asset.size:,} bytes of the file")
                file.write(chunk)
                # What has arrived is kept even if this process is killed.
                file.flush()
                self._meter.add(done)
                if self._cancel.is_set():
                    self._stop()
        if done < self._asset.size:
            raise _Interrupted("it stopped before the end")

    def _pause(self, seconds: float) -> None:
        if self._cancel.wait(seconds):
            self._stop()

    def _stop(self) -> None:
        raise Cancelled(
            "The download was stopped.", thing=self._target.name, remedy="The next one goes on from where this was."
        )

    def _read_partial(self) -> _Partial | None:
        try:
            partial = msgspec.json.decode(self._about.read_bytes(), type=_Partial)
        except (FileNotFoundError, msgspec.DecodeError):
            partial = None
        if partial is None or partial.sha256 != self._asset.sha256:
            self._part.unlink(missing_ok=True)
            return None
        if self._part.is_file() and self._part.stat().st_size > self._asset.size:
            self._part.unlink()
        return partial

    def _remember(self, url: str, etag: str) -> None:
        # A weak validator ("W/…") promises the same meaning, not the same bytes.
        strong = etag if etag.startswith('"') else ""
        self._partial = _Partial(sha256=self._asset.sha256, url=url, etag=strong)
        self._about.write_bytes(msgspec.json.encode(self._partial))

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
        self._partial = None


class _Meter:
    """Turns byte counts into progress, a few times a second."""

    def __init__(self, total: int, on_progress: Callable[[Transferred], object]) -> None:
        self._total, self._on_progress = total, on_progress
        self._seen: deque[tuple[float, int]] = deque()
        self._reported = 0.0

    def start(self, done: int) -> None:
        """A connection begins at ``done``: what was there before has no rate."""
        self._seen.clear()
        self._report(time.monotonic(), done)

    def add(self, done: int) -> None:
        now = time.monotonic()
        if now - self._reported >= _REPORT_S or done == self._total:
            self._report(now, done)

    def _report(self, now: float, done: int) -> None:
        self._reported = now
        self._seen.append((now, done))
        while now - self._seen[0][0] > _RATE_WINDOW_S:
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (done - before) / (now - since) if now > since else None
        eta_s = (self._total - done) / rate if rate else None
        self._on_progress(Transferred(done=done, total=self._total, rate=rate, eta_s=eta_s))


def _goes_on(content_range: str, start: int, total: int) -> bool:
    """Whether ``Content-Range`` says that the answer begins at ``start`` of a file of ``total`` bytes."""
    unit, _, rest = content_range.partition(" ")
    span, _, whole = rest.partition("/")
    first = span.partition("-")[0]
    return unit == "bytes" and first.isdecimal() and int(first) == start and whole in (str(total), "*")


def _reason(error: Exception) -> str:
    """What went wrong, without the addresses and object names that library messages are full of."""
    from requests import exceptions
    from urllib3.exceptions import ProtocolError, ReadTimeoutError

    if isinstance(error, exceptions.ProxyError):
        return "the proxy does not answer"
    if isinstance(error, exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, exceptions.Timeout | ReadTimeoutError):
        return "it does not answer in time"
    if isinstance(error, ProtocolError):
        return "the connection broke"
    return "it cannot be reached"
