# ruff: noqa: N802 - methods that Qt names and calls
"""Phones: what is plugged in, what to do about it, and indexing their photos."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QTreeWidget, QVBoxLayout, QWidget

from pocketlens.catalogue import SourceSummary
from pocketlens.protocol import Place, Progress, SourceSpec
from pocketlens_desktop.gui import phone_wording
from pocketlens_desktop.gui.engines import Indexing, Job, JobState
from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.page import ScrollingPage, replace_cards
from pocketlens_desktop.gui.phone_album_list import merged
from pocketlens_desktop.gui.phone_albums import PhoneAlbums
from pocketlens_desktop.gui.phone_card import PhoneCard, PhoneFacts, SituationCard
from pocketlens_desktop.gui.phone_engine import PhoneEngines
from pocketlens_desktop.gui.phone_picture import Scene
from pocketlens_desktop.gui.phone_wording import Situation
from pocketlens_desktop.gui.phones import Phones
from pocketlens_desktop.gui.place_card import PlaceCard
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.unreadable_log import UnreadableLog
from pocketlens_desktop.gui.wording import error_title
from pocketlens_desktop.phone.discovery import Sighting
from pocketlens_desktop.phone.source import KIND
from pocketlens_desktop.phone.states import PhoneState


class PhonesPage(Translated, ScrollingPage):
    """Signals:
    index_wanted: the `Job` to carry out.
    album_wanted: an `AlbumSummary` to look at.
    place_chosen: the `Place` where photos of phones are to be encoded.
    engine_wanted: a phone's serial number, and whether the engine is to be on it or to be removed.
    export_wanted: a phone's serial number and the paths of albums to copy from it, none for all.
    """

    index_wanted = Signal(object)
    album_wanted = Signal(object)
    place_chosen = Signal(object)
    engine_wanted = Signal(bytes, bool)
    export_wanted = Signal(bytes, object)

    def __init__(self, phones: Phones, library: Library, indexing: Indexing, place: Place) -> None:
        super().__init__()
        self._phones, self._library, self._indexing = phones, library, indexing
        self._paused: str | None = None
        self._progress: Progress | None = None
        self.albums = PhoneAlbums(self)
        self.engines = PhoneEngines(self)
        # What phones that were plugged in called themselves.
        self._names: dict[bytes, str] = {}
        self._situations: list[tuple[Situation, str, Sighting | None]] = []
        self._situation_cards: list[QWidget] = []
        self._phone_cards: dict[bytes, PhoneCard] = {}
        self._log = UnreadableLog()
        self._log.again_wanted.connect(self._retry)
        self.place = PlaceCard(place)
        self.place.chosen.connect(self._choose_place)
        self._above, self._list = QVBoxLayout(), QVBoxLayout()
        for layout in (self._above, self._list):
            layout.setSpacing(10)
            self.cards.addLayout(layout)
        self.cards.insertWidget(1, self.place)
        self.cards.addWidget(self._log)
        phones.changed.connect(self._show)
        phones.introduced.connect(self.albums.count)
        phones.introduced.connect(self.engines.look)
        self.albums.changed.connect(self._show)
        self.engines.changed.connect(self._show)
        self.engines.progressed.connect(self._show_transfer)
        library.overview_changed.connect(lambda _: self._show())
        indexing.state_changed.connect(self._state_changed)
        indexing.progressed.connect(self._progressed)
        indexing.finished.connect(lambda _, job: self._count_again(job))
        self._retranslate()

    @property
    def log(self) -> QTreeWidget:
        return self._log.tree

    @property
    def paused(self) -> str | None:
        """Why a job waits; see `Progress`."""
        return self._paused

    @property
    def again_button(self) -> QPushButton:
        """Tries the photos of `log` again."""
        return self._log.again_button

    @property
    def situations(self) -> list[Situation]:
        """What the cards with pictures show."""
        return [situation for situation, _, _ in self._situations]

    def card_of(self, serial: bytes) -> PhoneCard | None:
        """The card of one phone."""
        return self._phone_cards.get(serial)

    def showEvent(self, event: QShowEvent) -> None:
        # Not before anybody looks: it starts the adb server.
        self._phones.watch()
        super().showEvent(event)

    def _sources(self) -> dict[bytes, SourceSummary]:
        sources = self._library.overview.sources
        return {source.spec.identity: source for source in sources if source.spec.kind == KIND}

    def _choose_place(self, place: Place) -> None:
        self.place_chosen.emit(place)
        self._show()

    def _state_changed(self, state: JobState) -> None:
        if state in (JobState.IDLE, JobState.STARTING):
            self._paused = self._progress = None
        self._show()

    def _progressed(self, progress: Progress) -> None:
        self._progress = progress
        if progress.paused != self._paused:
            self._paused = progress.paused
            self._show()
        for serial in self._phones_being_indexed() & set(self._phone_cards):
            self._phone_cards[serial].show_progress(progress)

    def _count_again(self, job: Job) -> None:
        """A phone may have photos by now that it did not have when it was plugged in."""
        there = {phone.serial for phone in self._phones.connected}
        for spec in job.sources:
            if spec.kind == KIND and spec.identity in there:
                self.albums.count(spec.identity)
                self.engines.look(spec.identity)

    def _show_transfer(self, serial: bytes, done: int, total: int) -> None:
        card = self._phone_cards.get(serial)
        if card is not None and self.engines.busy(serial):
            card.show_transfer(done, total)

    def _show(self) -> None:
        self._show_situations()
        self._show_phones()
        overview, sources = self._library.overview, self._sources()
        failed = _unreadable_of_phones(overview)
        self._log.show_rows([row for row in overview.unreadable if row.source.kind == KIND], sum(failed.values()))
        # A phone that is away cannot be tried again.
        there = {phone.serial for phone in self._phones.connected}
        self._log.set_idle(self._indexing.state is JobState.IDLE and bool(there & set(sources)))

    def _show_situations(self) -> None:
        wanted = self._present_situations()
        if wanted == self._situations and self._situation_cards:
            return
        self._situations = wanted
        new: list[QWidget] = []
        for situation, thing, sighting in wanted:
            again = sighting is not None or situation == phone_wording.no_adb()
            card = SituationCard(situation, thing=thing, again=self.tr("Try again") if again else "")
            card.again_wanted.connect(lambda one=sighting: self._try_again(one))
            new.append(card)
        replace_cards(self._above, self._situation_cards, new)
        self._situation_cards = new

    def _present_situations(self) -> list[tuple[Situation, str, Sighting | None]]:
        """Each with what it is about, and the phone to ask again where that may help."""
        phones = self._phones
        if phones.error is not None:
            return [(phone_wording.no_adb(), error_title(phones.error), None)]
        if phones.sightings is None:
            return [(Situation(Scene.WAIT, self.tr("Looking for phones…")), "", None)]
        if not phones.sightings:
            waits = self._paused == "unplugged" and bool(self._phones_being_indexed())
            situation = phone_wording.unplugged() if waits else phone_wording.no_phone()
            return [(phone_wording.charging_only() if phones.charging_only else situation, "", None)]
        return self._situations_of(phones.sightings)

    def _situations_of(self, sightings: tuple[Sighting, ...]) -> list[tuple[Situation, str, Sighting | None]]:
        found: list[tuple[Situation, str, Sighting | None]] = []
        ready = [one for one in sightings if one.state is PhoneState.READY]
        if len(ready) > 1:
            found.append((phone_wording.several_phones(len(ready)), "", None))
        known = {phone.sighting for phone in self._phones.connected}
        for one in sightings:
            thing = one.model or one.address if len(sightings) > 1 else ""
            error = self._phones.error_of(one)
            if one.state is not PhoneState.READY:
                found.append((phone_wording.situation_of(one.state), thing, None))
            elif error is not None:
                found.append((Situation(Scene.PLUG, error_title(error)), one.model or one.address, one))
            elif one not in known:
                found.append((Situation(Scene.WAIT, self.tr("Getting to know the phone…")), thing, None))
        return found

    def _try_again(self, one: Sighting | None) -> None:
        if one is None:
            self._phones.watch()
        else:
            self._phones.ask_again(one)
        self._show()

    def _phones_being_indexed(self) -> set[bytes]:
        job = self._indexing.job
        return {spec.identity for spec in job.sources if spec.kind == KIND} if job else set()

    def _show_phones(self) -> None:
        facts = self._facts()
        if list(facts) != list(self._phone_cards):
            old: list[QWidget] = [card for serial, card in self._phone_cards.items() if serial not in facts]
            kept = {serial: self._phone_cards.get(serial) or self._card(serial, facts[serial]) for serial in facts}
            replace_cards(self._list, old, list(kept.values()))
            self._phone_cards = kept
        self.place.setVisible(bool(facts))
        busy = self._indexing.state is not JobState.IDLE or any(one.preparing for one in facts.values())
        self.place.places.setEnabled(not busy)
        for serial, card in self._phone_cards.items():
            card.show_facts(facts[serial], busy=busy)
            card.show_progress(self._progress if facts[serial].indexing else None)

    def _facts(self) -> dict[bytes, PhoneFacts]:
        """The phones that are plugged in, then those the catalogue knows, by serial number.

        One that is pulled out while it is indexed for the first time is in no catalogue yet, and must not vanish.
        """
        overview, sources = self._library.overview, self._sources()
        connected = {phone.serial: phone for phone in self._phones.connected}
        self._names.update((serial, phone.information.name) for serial, phone in connected.items())
        failed, indexed = _unreadable_of_phones(overview), self._phones_being_indexed()
        return {
            serial: PhoneFacts(
                name=self._names.get(serial) or sources[serial].label,
                connected=connected.get(serial),
                source=sources.get(serial),
                albums=merged(
                    self.albums.of(serial) if serial in connected else None,
                    [album for album in overview.albums if album.source == SourceSpec(KIND, serial)],
                ),
                place=self.place.place,
                engine=self.engines.of(serial),
                preparing=self.engines.busy(serial),
                counting=self.albums.counting(serial),
                unreadable=failed.get(serial, 0),
                indexing=serial in indexed,
                paused=self._paused if serial in indexed else None,
            )
            for serial in dict.fromkeys((*connected, *sources, *(indexed & set(self._names))))
        }

    def _card(self, serial: bytes, facts: PhoneFacts) -> PhoneCard:
        spec = SourceSpec(KIND, serial)
        card = PhoneCard(facts)
        card.index_wanted.connect(lambda: self.index_wanted.emit(Job((spec,))))
        card.forget_wanted.connect(lambda: self._library.forget(spec))
        card.album_wanted.connect(self.album_wanted)
        card.engine_wanted.connect(lambda wanted: self.engine_wanted.emit(serial, wanted))
        card.export_wanted.connect(lambda albums: self.export_wanted.emit(serial, albums))
        return card

    def _retry(self) -> None:
        sources = self._sources()
        there = [phone.serial for phone in self._phones.connected if phone.serial in sources]
        self.index_wanted.emit(Job(tuple(SourceSpec(KIND, serial) for serial in there), retry_unreadable=True))

    def _retranslate(self) -> None:
        self.describe(
            self.tr("Phone"),
            self.tr("Find the photos on your phone too. They stay there: only small pictures of them come here."),
        )
        self._situations = []
        self._show()


def _unreadable_of_phones(overview: Overview) -> dict[bytes, int]:
    by_source = overview.unreadable_by_source()
    return {spec.identity: count for spec, count in by_source.items() if spec.kind == KIND and count}
