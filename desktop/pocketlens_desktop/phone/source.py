"""A phone as a source of photos for the engine: listed and read over the cable, never copied whole.

Photos are read into memory and go straight to the decoder. There is no cache on disk: each is needed once,
the pipeline holds no more than two a worker, and a copy would leave private pictures on the PC's disk.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Final

import msgspec

from pocketlens.errors import UnreadablePhoto
from pocketlens.paths import fit_to_show
from pocketlens.protocol import SourceSpec
from pocketlens.source import LARGEST_PHOTO, ListedPhoto, PhotoSource, PhotoVanished, UnlistedFolder
from pocketlens_desktop.phone import discovery, listing, mediastore
from pocketlens_desktop.phone.errors import PhoneLost, PhoneMisbehaved, PhoneRefused, PhoneUnavailable
from pocketlens_desktop.phone.information import model_name
from pocketlens_desktop.phone.link import PhoneLink, Tries
from pocketlens_desktop.phone.preview import HeadReader, preview
from pocketlens_desktop.phone.storage import absolute
from pocketlens_desktop.phone.sync import SyncSession
from pocketlens_desktop.phone.transport import Transport

#: `SourceSpec.kind` of a phone.
KIND: Final = "phone"

#: Pixels that the longer side of a preview must have. 160, what most cameras put there, cost no recall that 57
#: queries over the sample album could show (tests/bench/phone_previews.py).
LEAST_PREVIEW: Final = 160


class PhoneSource:
    """The photos of one phone. An unplugged phone is waited for, a `PhotoSource`'s `waiting` says so.

    Args:
        transport: the connection to begin with.
    """

    def __init__(self, transport: Transport) -> None:
        self.spec = SourceSpec(kind=KIND, identity=transport.serial)
        self.label = model_name(transport)
        self._link = PhoneLink(transport)
        self._guard = threading.Lock()
        self._idle: list[tuple[int, SyncSession]] = []
        self._head_readers: list[tuple[int, HeadReader]] = []

    @property
    def waiting(self) -> str | None:
        """Why the phone is waited for, None when it is there."""
        return self._link.waiting

    def transport(self) -> Transport:
        """The connection to the phone. Waits for it while it is unplugged.

        Raises:
            ReadingStopped: the source was closed.
        """
        return self._link.transport()

    def list(self) -> Iterator[ListedPhoto | UnlistedFolder]:
        """Every photo on the phone. After an unplugging the listing begins anew, and photos come again.

        Raises:
            PhoneUnavailable: its storage is still locked.
            PhoneLost: the phone stays connected, but does not come to an end.
            PhoneMisbehaved: it names what cannot be, or does not end.
        """
        tries = Tries()
        while True:
            transport = self._link.transport()
            try:
                yield from self._listed(transport)
            except PhoneLost:
                self._link.lost(transport)
                if tries.used_up(transport):
                    raise
            else:
                return

    def read(self, path: bytes) -> bytes:
        """A photo's whole content. Waits for the phone while it is unplugged.

        Raises:
            PhotoVanished: it is no longer there.
            UnreadablePhoto: the phone does not give it out, or stops answering each time it is asked for it.
            ReadingStopped: the source was closed.
        """
        place = absolute(path)
        tries = Tries()
        while True:
            transport = self._link.transport()
            try:
                return self._read(transport, place)
            except PhoneLost as error:
                self._link.lost(transport)
                if tries.used_up(transport):
                    raise UnreadablePhoto(
                        f"The phone stops answering at this photo: {error.what}", thing=_text(path)
                    ) from error

    def opened(self, path: bytes) -> AbstractContextManager[BinaryIO]:
        """Videos on a phone are not listed."""
        raise UnreadablePhoto("Videos on a phone are not read.", thing=fit_to_show(path))

    def preview(self, path: bytes) -> bytes | None:
        """The small picture in a JPEG's head, when it is large enough. Waits for the phone while it is unplugged.

        Raises:
            ReadingStopped: the source was closed.
        """
        if not path.lower().endswith((b".jpg", b".jpeg")):
            return None
        place = absolute(path)
        tries = Tries()
        while True:
            transport = self._link.transport()
            try:
                return preview(self._head(transport, place), least=LEAST_PREVIEW)
            except PhoneLost:
                self._link.lost(transport)
                if tries.used_up(transport):
                    return None  # reading it whole is tried as often, and knows how to say what is wrong
            except PhoneMisbehaved:
                return None

    def close(self) -> None:
        """Let go of the phone, and end what other threads wait for."""
        self._link.close()
        with self._guard:
            idle, self._idle = self._idle, []
            readers, self._head_readers = self._head_readers, []
        for _number, session in idle:
            session.close()
        for _number, reader in readers:
            reader.close()

    def _listed(self, transport: Transport) -> Iterator[ListedPhoto | UnlistedFolder]:
        known = mediastore.facts(transport)
        for row in listing.photos(transport):
            facts = known.get(row.path) if isinstance(row, ListedPhoto) else None
            if facts is not None and isinstance(row, ListedPhoto):
                yield msgspec.structs.replace(row, taken_at=facts.taken_at, favourite=facts.favourite)
            else:
                yield row

    def _read(self, transport: Transport, place: bytes) -> bytes:
        with self._session(transport) as session:
            try:
                return session.read(place, LARGEST_PHOTO)
            except PhoneRefused as refusal:
                with contextlib.suppress(PhoneRefused):  # the same reason may keep it from saying what is there
                    if session.status(place) is None:
                        raise PhotoVanished(_text(place)) from refusal
                raise UnreadablePhoto(refusal.what, thing=_text(place)) from refusal

    def _head(self, transport: Transport, place: bytes) -> bytes:
        with self._guard:
            number, reader = self._head_readers.pop() if self._head_readers else (transport.number, None)
        if reader is not None and number != transport.number:
            reader.close()
            reader = None
        reader = reader or HeadReader(transport)
        try:
            head = reader.read(place)
        except BaseException:
            reader.close()
            raise
        with self._guard:
            self._head_readers.append((transport.number, reader))
        return head

    @contextlib.contextmanager
    def _session(self, transport: Transport) -> Iterator[SyncSession]:
        """A session nobody else uses meanwhile: there are as many as there are threads that read at once."""
        with self._guard:
            number, session = self._idle.pop() if self._idle else (transport.number, transport.sync())
        if number != transport.number:
            session.close()
            session = transport.sync()
        try:
            yield session
        finally:
            with self._guard:
                self._idle.append((transport.number, session))


def open_phone(spec: SourceSpec) -> PhotoSource:
    """The opener of kind "phone": the phone with the serial number ``spec.identity``, which must be plugged in.

    Raises:
        PhoneUnavailable: it is not there, or not in a state to be read; the reason says what to do.
        AdbUnavailable: there is no adb.
    """
    found = discovery.sightings()
    phone = discovery.find(spec.identity, found)
    if phone is not None:
        return PhoneSource(phone)
    serial = spec.identity.decode(errors="backslashreplace")
    for one in found:
        if one.address == serial:
            raise PhoneUnavailable(one.advice.what, thing=serial, remedy=one.advice.remedy)
    if not found:
        advice = discovery.situation(found)
        raise PhoneUnavailable(advice.what, thing=serial, remedy=advice.remedy)
    raise PhoneUnavailable(
        "Another phone is plugged in, not this one.", thing=serial, remedy="Plug this one in, or choose the other."
    )


def _text(path: bytes) -> str:
    return path.decode(errors="backslashreplace")
