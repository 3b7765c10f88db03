"""The phone as a `RemoteEncoder`: orders, starts, follows and collects, through every unplugging."""

from __future__ import annotations

import itertools
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final

from pocketlens.client import typed_error
from pocketlens.errors import CatalogueDamaged
from pocketlens.model import read_manifest
from pocketlens.onboard.protocol import (
    MOST_ROWS,
    ORDER_CHUNK,
    AddToOrder,
    Done,
    News,
    Poll,
    Release,
    StartJob,
    Steer,
    is_sound,
    phone_workers,
)
from pocketlens.paths import Home, fit_to_show
from pocketlens.pipeline import ASKED, JobControl, default_workers
from pocketlens.protocol import Failed, Indexed, Progress
from pocketlens.remote import Installing, Order, RemoteEncoder, RemoteNews, Settled, Waiting
from pocketlens.source import ListedPhoto, PhotoSource
from pocketlens_desktop.phone import shell
from pocketlens_desktop.phone.errors import EngineRefused, PhoneLost, PhoneMisbehaved, ReadingStopped
from pocketlens_desktop.phone.link import UNPLUGGED, PhoneLink, Tries
from pocketlens_desktop.phone.onboard import layout
from pocketlens_desktop.phone.onboard.connection import RelayConnection
from pocketlens_desktop.phone.onboard.install import check_here, install, installed, is_current, parts_of
from pocketlens_desktop.phone.onboard.layout import Installed
from pocketlens_desktop.phone.quoting import command
from pocketlens_desktop.phone.source import PhoneSource
from pocketlens_desktop.phone.sync import REPLY_S
from pocketlens_desktop.phone.transport import Transport

#: Seconds between two questions for news: twice a second looks live, and costs the phone a millisecond.
_POLL_S: Final = 0.5
#: A job that gives no sign of life for so long hangs: it looks after itself twice a second.
_SILENT_S: Final = 120.0
#: Rounds in which no photo was decided about, after which the phone is not asked again.
_MOST_IDLE_ROUNDS: Final = 3
#: Photos read over the cable to learn how fast it is.
_TRIED_PHOTOS: Final = 3

_Rounds = Generator[RemoteNews, None, None]


class PhoneEncoder:
    """One phone's own engine.

    Args:
        source: the phone.
        model: folder of the model package.
    """

    def __init__(self, source: PhoneSource, model: Path) -> None:
        self._source = source
        self._model = model
        self._dimension = read_manifest(model).dimension
        self._settled = 0

    def is_faster(self, count: int) -> bool:
        """Whether the phone is expected to be done first, if its engine is installed.

        The phone's time a photo is what its check measured, over its workers. This PC's is the same check's, over its
        own, or that of the cable when it is the slower of the two.
        """
        phone = self._source.transport()
        known = installed(phone)
        if known is None or not is_current(known, phone, self._model):
            return False
        there_s = known.photo_ms / 1000 / phone_workers(known.cores)
        here_s = check_here(self._model).photo_ms / 1000 / default_workers()
        return there_s < max(here_s, self._cable_s(min(count, _TRIED_PHOTOS)))

    def carry_out(self, order: Order, control: JobControl) -> Iterator[RemoteNews]:
        """See `RemoteEncoder`. An unplugged phone is waited for.

        Raises:
            EngineMissing: there is no engine for this phone.
            EngineRefused: the phone refuses it, or its jobs end without doing anything.
            PhoneLost: it stays connected, but breaks off every time.
        """
        # A link of its own: cancelling closes the source's, while the phone's job is still to be stopped.
        link = PhoneLink(self._source.transport())
        try:
            yield from self._rounds(link, order, control)
        except ReadingStopped:
            return
        finally:
            link.close()

    def _cable_s(self, count: int) -> float:
        """Seconds a photo of reading ``count`` photos over the cable, as the workers of a job do at once."""
        listed = (entry.path for entry in self._source.list() if isinstance(entry, ListedPhoto))
        tried = list(itertools.islice(listed, count))
        began = time.monotonic()
        with ThreadPoolExecutor(default_workers()) as pool:
            for reading in [pool.submit(self._source.read, path) for path in tried]:
                # One that cannot be read tells nothing about the cable; the job will say what is wrong with it.
                reading.exception()
        return (time.monotonic() - began) / max(1, len(tried))

    def _rounds(self, link: PhoneLink, order: Order, control: JobControl) -> _Rounds:
        tries, idle = Tries(), 0
        while True:
            phone = yield from self._reached(link, control)
            if phone is None:
                return
            before = self._settled
            try:
                if (yield from self._round(link, phone, order, control)):
                    return
            except PhoneLost:
                link.lost(phone)
                if tries.used_up(phone):
                    raise
                continue
            except CatalogueDamaged:
                # The job's own: nothing in it that the photos on the phone do not give again.
                shell.run(phone, command(b"rm", b"-rf", layout.HOME), seconds=REPLY_S)
            idle = 0 if self._settled > before else idle + 1
            if idle >= _MOST_IDLE_ROUNDS:
                raise EngineRefused(
                    "The job on the phone ends again and again without doing anything.",
                    thing=phone.address,
                    remedy="Close other programs on the phone, or index on the PC: pocketlens phone index --on pc.",
                )

    def _reached(self, link: PhoneLink, control: JobControl) -> Generator[RemoteNews, None, Transport | None]:
        """The phone, waited for; None when the job was cancelled meanwhile."""
        while (phone := link.look()) is None:
            if control.cancelled:
                return None
            yield Waiting(link.waiting or UNPLUGGED)
        return phone

    def _round(
        self, link: PhoneLink, phone: Transport, order: Order, control: JobControl
    ) -> Generator[RemoteNews, None, bool]:
        """Collect what is there, see a job to its end. Returns whether there is nothing left to do."""
        known = yield from self._ready(link, phone, control)
        with RelayConnection(phone, parts_of(known), self._source.label) as relay:
            yield from self._collect(relay)
            status = _asked(relay, Poll(rows=0)).job
            running = status is not None and status.running
            if not running and (control.cancelled or not self._start(relay, order)):
                return True
            yield from self._follow(relay, control)
        return control.cancelled or next(order(), None) is None

    def _ready(self, link: PhoneLink, phone: Transport, control: JobControl) -> Generator[RemoteNews, None, Installed]:
        known = installed(phone)
        if known is not None and is_current(known, phone, self._model):
            return known
        done, total = 0, 0

        def told(so_far: int, of: int) -> None:
            nonlocal done, total
            done, total = so_far, of

        with ThreadPoolExecutor(1, thread_name_prefix="install") as pool:
            installing = pool.submit(install, phone, self._model, told)
            while not wait([installing], timeout=_POLL_S).done:
                if control.cancelled:
                    link.close()  # ends what it waits for
                yield Installing(done, total)
            return installing.result()

    def _start(self, relay: RelayConnection, order: Order) -> bool:
        """Order what is left and start a job; False when nothing is."""
        photos = order()
        anything = False
        while chunk := list(itertools.islice(photos, ORDER_CHUNK)):
            anything = True
            relay.ask(AddToOrder(photos=chunk), Done)
        if anything:
            relay.ask(StartJob(), Done)
        return anything

    def _collect(self, relay: RelayConnection) -> Generator[RemoteNews, None, None]:
        """Bring every row that waits."""
        while (yield from self._bring(relay, _asked(relay, Poll()))):
            pass

    def _bring(self, relay: RelayConnection, news: News) -> Generator[RemoteNews, None, bool]:
        """Hand on the rows of some news, and release them. Returns whether there were any."""
        try:
            rows = news.parcel.rows()
        except ValueError as error:
            raise PhoneMisbehaved("What the phone hands over is garbled.") from error
        for row in rows:
            if not is_sound(row, self._dimension):
                raise PhoneMisbehaved(
                    "The phone hands over what no engine makes of a photo.",
                    thing=fit_to_show(row.path),
                    remedy="Remove its engine: pocketlens phone engine remove. Or index on the PC instead.",
                )
        if rows:
            yield Settled(rows)
            # Asked to go on: they are committed.
            self._settled += len(rows)
            relay.ask(Release(rows=[row.row for row in rows]), Done)
        return bool(rows)

    def _follow(self, relay: RelayConnection, control: JobControl) -> Generator[RemoteNews, None, None]:
        job, since = "", -1
        reason: str | None = None
        paused = cancelled = False
        failed: Failed | None = None
        ended = False
        while True:
            news = _asked(relay, Poll(job=job, since=since, rows=MOST_ROWS))
            for event in news.events:
                since = event.seq
                ended = ended or isinstance(event, Indexed | Failed)
                if isinstance(event, Progress):
                    reason = event.paused
                elif isinstance(event, Failed):
                    failed = event
            brought = yield from self._bring(relay, news)
            if news.job is None or (not brought and (ended or not news.job.running)):
                break
            job = news.job.job
            if control.cancelled and not cancelled:
                cancelled = True
                relay.ask(Steer(to="cancel"), Done)
            elif (control.paused == ASKED) != paused:
                paused = not paused
                relay.ask(Steer(to="pause" if paused else "resume"), Done)
            elif news.job.running and news.job.silent_s > _SILENT_S:
                relay.ask(Steer(to="kill"), Done)
            if not brought:
                yield Waiting(reason)
                time.sleep(_POLL_S)
        if failed is not None and not control.cancelled:
            raise typed_error(failed)


def _asked(relay: RelayConnection, poll: Poll) -> News:
    return relay.ask(poll, News)


def open_phone_encoder(source: PhotoSource, model: Path, _home: Home) -> RemoteEncoder:
    """The `RemoteOpener` of kind "phone"."""
    if not isinstance(source, PhoneSource):
        raise TypeError(f"{type(source).__name__} is no phone")
    return PhoneEncoder(source, model)
