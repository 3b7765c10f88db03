"""Encoding where the photos are: a job whose photos are read and encoded by another machine, and committed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from pocketlens.ledger import Ledger
from pocketlens.onboard.protocol import OrderedPhoto, SettledRow
from pocketlens.paths import Home
from pocketlens.pipeline import JobControl, commit
from pocketlens.progress import JobReport
from pocketlens.protocol import Stage
from pocketlens.source import PhotoSource
from pocketlens.thumbnails import ThumbnailStore
from pocketlens.work import EncodedContent, Outcome, ReadPhoto, UnreadPhoto


@dataclass(frozen=True, slots=True)
class Installing:
    """The other machine is being made ready. In bytes."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing new. ``reason``: why the other machine waits, None when it works."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Photos that the other machine has decided about."""

    rows: list[SettledRow]


RemoteNews = Installing | Waiting | Settled
#: Gives what is left to be read, anew with every call.
Order = Callable[[], Iterator[OrderedPhoto]]


class RemoteEncoder(Protocol):
    """Another machine that encodes its own photos."""

    def is_faster(self, count: int) -> bool:
        """Whether it is expected to be done with ``count`` photos before this machine would be."""
        ...

    def carry_out(self, order: Order, control: JobControl) -> Iterator[RemoteNews]:
        """Encode what is ordered, and say how it goes, at least every few seconds.

        Asking for the next news says that the rows of the last are committed. It ends when nothing is left, or when
        the other machine can do no more; and soon after ``control`` was cancelled, having brought what there was.

        Raises:
            PocketLensError: the other machine refuses.
        """
        ...


#: From the source, the folder of the model package and the home to the machine behind the source.
RemoteOpener = Callable[[PhotoSource, Path, Home], RemoteEncoder]
NO_REMOTES: Final[Mapping[str, RemoteOpener]] = MappingProxyType({})


class RemotePipeline:
    """One source's photos on their way from the other machine into the catalogue."""

    def __init__(
        self,
        remote: RemoteEncoder,
        source: PhotoSource,
        ledger: Ledger,
        thumbnails: ThumbnailStore,
        *,
        control: JobControl,
        report: JobReport,
    ) -> None:
        self._remote = remote
        self._source = source
        self._ledger = ledger
        self._thumbnails = thumbnails
        self._control = control
        self._report = report

    def run(self, count: int) -> None:
        """Carry out the ledger's work of ``count`` photos.

        Raises:
            Stopped: the job was cancelled; what the other machine had done by then is committed.
            PocketLensError: it refuses, or stopped answering.
        """
        begun = False
        reason: str | None = None
        for news in self._remote.carry_out(self._order, self._control):
            if isinstance(news, Installing):
                self._report.stage(Stage.INSTALLING, news.done, news.total)
                continue
            if not begun:
                self._report.begin_encoding(count)
                begun = True
            if isinstance(news, Settled):
                self._commit(news.rows)
            elif news.reason is None and reason is not None:
                self._report.resume_encoding()
            reason = news.reason if isinstance(news, Waiting) else reason
            self._report.encoding(now=isinstance(news, Waiting) and news.reason is not None, paused=reason)
        self._control.check()
        self._report.encoding(now=True)

    def _order(self) -> Iterator[OrderedPhoto]:
        return (OrderedPhoto(*row) for row in self._ledger.ordered())

    def _commit(self, rows: list[SettledRow]) -> None:
        outcomes = [outcome for row in rows if (outcome := self._outcome(row)) is not None]
        for outcome in outcomes:
            self._report.settled(self._source.spec, outcome)
        commit(outcomes, self._ledger, self._thumbnails, self._report)
        self._ledger.done(outcome.work for outcome in outcomes)
        self._report.on_phone += len(outcomes)

    def _outcome(self, row: SettledRow) -> Outcome | None:
        work = self._ledger.work_on(row.path, row.size, row.mtime_ns)
        # What an interrupted job had done and has become another photo meanwhile, or is committed already.
        if work is None:
            return None
        if row.metadata is None:
            return UnreadPhoto(work, row.code, row.reason)
        encoded = EncodedContent(row.metadata, row.vector, row.thumbnail, row.fingerprint)
        return ReadPhoto(work, row.content_hash, encoded)
