"""A reading job: the words in photos that are indexed already. It runs after the photos can be found, and lets them be
found by what is written in them as well.

Screenshots and documents come first, then the newest. What is read is kept once for each content and at once; a job
that was stopped goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Final, Protocol

from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.content import content_hash
from pocketlens.errors import AlbumMissing, UnreadablePhoto
from pocketlens.kinds import Kind
from pocketlens.paths import Home, fit_to_show
from pocketlens.pipeline import JobControl, Stopped, default_workers
from pocketlens.progress import TICK_SECONDS, Pace
from pocketlens.protocol import Event, ReadRequest, SourceSpec, Stage, TextsRead
from pocketlens.settings import load_settings
from pocketlens.source import PhotoSource, PhotoVanished, SourceOpener
from pocketlens.sqlite_file import reported
from pocketlens.text_reader import VERSION
from pocketlens.texts import TextState, kept_form

#: More threads than this only wait for each other: a line of text is little work.
_MOST_THREADS: Final = 4
#: Seconds after which a paused job says again that it waits.
_PAUSE_TOLD_S: Final = 5.0


class LineReader(Protocol):
    """What finds the lines of text in a photo's bytes (`pocketlens.text_reader.TextReader`)."""

    def lines(self, data: bytes, name: str) -> Sequence[str]: ...


class ReadingJob:
    """One `ReadRequest` carried out. `run` it in one thread; `cancel` and `pause` may come from any other."""

    def __init__(
        self,
        home: Home,
        reader: Callable[[int], LineReader],
        request: ReadRequest,
        *,
        openers: Mapping[str, SourceOpener],
        emit: Callable[[Event], None],
    ) -> None:
        """``reader`` makes the reader, for a number of threads, when the first photo needs it."""
        self._home = home
        self._make_reader = reader
        self._reader: LineReader | None = None
        self._request = request
        self._openers = openers
        self._emit = emit
        self._control = JobControl()
        self._pace = Pace()
        self._pace.add(0)
        self._last_tick = 0.0
        self._done = self._total = self._read = self._with_words = self._failed = 0
        self._open: list[PhotoSource] = []

    def cancel(self) -> None:
        self._control.cancel()
        for source in list(self._open):
            source.close()  # wakes whoever waits for it

    def pause(self, paused: bool) -> None:
        self._control.pause(paused)

    def run(self) -> TextsRead:
        """Read what is left.

        Raises:
            ModelMissing: the extra that reads is not installed.
            AlbumMissing: a source is not there; of several the first. The others are read nevertheless.
            StorageFull, CatalogueDamaged, OSError: what was committed before is kept.
        """
        started = time.monotonic()
        missing: AlbumMissing | None = None
        with reported(self._home.catalogue), Catalogue.open(self._home.catalogue) as catalogue:
            work = {spec: self._list(catalogue, spec) for spec in dict.fromkeys(self._request.sources)}
            self._total = sum(map(len, work.values()))
            with suppress(Stopped):
                for spec, photos in work.items():
                    try:
                        self._read_source(catalogue, spec, photos)
                    except AlbumMissing as error:
                        missing = missing or error
        if missing is not None and not self._control.cancelled:
            raise missing
        return TextsRead(
            request=self._request.id,
            read=self._read,
            with_words=self._with_words,
            failed=self._failed,
            elapsed_s=round(time.monotonic() - started, 3),
            cancelled=self._control.cancelled,
        )

    def _list(self, catalogue: Catalogue, spec: SourceSpec) -> list[int]:
        """One photo of each content that is to be read, in their order."""
        return [
            ident
            for (ident,) in catalogue.connection.execute(
                "SELECT min(photos.id) FROM photos JOIN sources ON sources.id = photos.source"
                " LEFT JOIN texts ON texts.content_hash = photos.content_hash"
                " WHERE sources.kind = ? AND sources.identity = ? AND photos.state = ? AND missing = 0"
                " AND (texts.id IS NULL OR texts.reader < ? OR texts.state = ? AND ?)"
                " AND (photos.kind IN (?, ?) OR sources.kind = 'folder')"
                " GROUP BY photos.content_hash"
                " ORDER BY coalesce(photos.kind, '') NOT IN (?, ?),"
                " coalesce(taken_at, mtime_ns / 1000000000) DESC, photos.id",
                (
                    spec.kind, spec.identity, PhotoState.READY, VERSION, TextState.FAILED, self._request.retry_failed,
                    *(Kind.SCREENSHOT, Kind.DOCUMENT) * 2,
                ),
            )
        ]  # fmt: skip

    def _read_source(self, catalogue: Catalogue, spec: SourceSpec, photos: Sequence[int]) -> None:
        if not photos:
            return
        opener = self._openers.get(spec.kind)
        if opener is None:
            raise AlbumMissing(f"This engine cannot read a {spec.kind}.", thing=fit_to_show(spec.identity))
        with ExitStack() as stack:
            source = opener(spec)
            stack.callback(source.close)
            self._open.append(source)
            stack.callback(self._open.remove, source)
            try:
                for photo in self._in_turn(photos):
                    self._take(catalogue, source, photo)
            except Exception:
                self._control.check()  # a source that was closed under its reading raises what it likes
                raise

    def _in_turn(self, photos: Sequence[int]) -> Iterator[int]:
        self._tell(now=True)
        for photo in photos:
            while (reason := self._control.paused) is not None:
                self._tell(now=True, paused=reason)
                self._control.wait_while_paused(_PAUSE_TOLD_S)
                self._pace = Pace()
                self._pace.add(self._done)
            self._control.check()
            yield photo
            self._done += 1
            self._pace.add(self._done)
            self._tell()
        self._tell(now=True)

    def _take(self, catalogue: Catalogue, source: PhotoSource, photo: int) -> None:
        row = catalogue.connection.execute(
            "SELECT path, content_hash FROM photos WHERE id = ? AND state = ? AND missing = 0",
            (photo, PhotoState.READY),
        ).fetchone()
        if row is None:
            return  # gone or changed since
        path, content = row
        try:
            data = source.read(path)
            # Another content by now: indexing will tell.
            if content_hash(data) != content:
                return
            words = kept_form(self._lines(data, fit_to_show(path)))
            state = TextState.WORDS if words else TextState.NO_WORDS
        except PhotoVanished:
            return
        except UnreadablePhoto:
            words, state = "", TextState.FAILED
        self._keep(catalogue, content, state, words)

    def _lines(self, data: bytes, name: str) -> Sequence[str]:
        if self._reader is None:
            chosen = load_settings(self._home).threads or default_workers()
            self._reader = self._make_reader(min(_MOST_THREADS, chosen))
        return self._reader.lines(data, name)

    def _keep(self, catalogue: Catalogue, content: bytes, state: TextState, words: str) -> None:
        with catalogue.transaction() as connection:
            # A photo that was forgotten meanwhile leaves nothing.
            connection.execute("DELETE FROM texts WHERE content_hash = ?", (content,))
            connection.execute(
                "INSERT INTO texts (content_hash, state, reader, words) SELECT ?, ?, ?, ?"
                " WHERE EXISTS (SELECT 1 FROM photos WHERE content_hash = ?)",
                (content, state, VERSION, words, content),
            )
        self._read += 1
        self._with_words += state is TextState.WORDS
        self._failed += state is TextState.FAILED

    def _tell(self, *, now: bool = False, paused: str | None = None) -> None:
        moment = time.monotonic()
        if not now and moment - self._last_tick < TICK_SECONDS:
            return
        self._last_tick = moment
        self._emit(
            self._pace.progress(
                self._request.id, Stage.READING, self._done, self._total, failed=self._failed, paused=paused
            )
        )
