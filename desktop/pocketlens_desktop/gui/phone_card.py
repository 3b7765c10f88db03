# ruff: noqa: N802 - methods that Qt names and calls
"""Cards of the phone page: one phone with its albums, and one situation with a picture of what to do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QVBoxLayout

from pocketlens.catalogue import SourceSummary
from pocketlens.protocol import Place, Progress
from pocketlens_desktop.gui.icons import IconButton, IconPushButton
from pocketlens_desktop.gui.page import plain_label
from pocketlens_desktop.gui.phone_album_list import AlbumList, ListedAlbum
from pocketlens_desktop.gui.phone_picture import PhonePicture
from pocketlens_desktop.gui.phone_wording import Situation, note_words, paused_words
from pocketlens_desktop.gui.phones import ConnectedPhone
from pocketlens_desktop.gui.stage_line import StageLine
from pocketlens_desktop.gui.wording import moment_text, number, size_text
from pocketlens_desktop.phone.onboard.layout import Installed


@dataclass(frozen=True)
class PhoneFacts:
    """All that is known of one phone.

    Attributes:
        connected: None while it is not plugged in, or not ready.
        source, unreadable: what the catalogue has of it; no source before it was indexed.
        albums: of the phone and of the catalogue; ``counting`` while the phone's are being counted.
        place: where its photos are to be encoded.
        engine: what it has of ours; ``preparing`` while that is being put there or removed.
        indexing: whether it is being indexed just now; ``paused`` says why that waits.
    """

    name: str
    connected: ConnectedPhone | None
    source: SourceSummary | None
    albums: tuple[ListedAlbum, ...] = ()
    counting: bool = False
    place: Place = Place.PC
    engine: Installed | None = None
    preparing: bool = False
    unreadable: int = 0
    indexing: bool = False
    paused: str | None = None


class PhoneCard(QFrame):
    """One phone, plugged in or known from before.

    Signals:
        index_wanted, forget_wanted: what its buttons say.
        album_wanted: an `AlbumSummary` to look at.
        export_wanted: the paths of albums to copy, none for all.
        engine_wanted: whether the engine is to be on the phone, or to be removed.
    """

    index_wanted = Signal()
    forget_wanted = Signal()
    album_wanted = Signal(object)
    export_wanted = Signal(object)
    engine_wanted = Signal(bool)

    def __init__(self, facts: PhoneFacts) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._facts = facts
        self._busy = False
        self._name, self._about = plain_label("", "heading"), plain_label("", "small")
        self._counts, self._state = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._counts.setProperty("role", "muted")
        self._state.setProperty("role", "strong")
        self._notes, self._engine = plain_label("", "small"), plain_label("", "small")
        self.index_button = IconPushButton("refresh", role="primary")
        self.index_button.clicked.connect(self.index_wanted)
        self._more = IconButton("chevron-down")
        self._menu = QMenu(self._more)
        self._copy = self._menu.addAction("", lambda: self.export_wanted.emit(()))
        self.put_engine = self._menu.addAction("", lambda: self.engine_wanted.emit(True))
        self.remove_engine = self._menu.addAction("", lambda: self.engine_wanted.emit(False))
        self._forget = self._menu.addAction("", self.forget_wanted.emit)
        self._more.clicked.connect(lambda: self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft())))
        words = QVBoxLayout()
        words.setSpacing(3)
        for label in (self._name, self._about, self._counts, self._state, self._notes, self._engine):
            words.addWidget(label)
        head = QHBoxLayout()
        head.addLayout(words, 1)
        head.addWidget(self.index_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self.stage_line = StageLine()
        self.albums = AlbumList()
        self.albums.chosen.connect(self.album_wanted)
        self.albums.export_wanted.connect(lambda path: self.export_wanted.emit((path,)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 14, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.stage_line)
        layout.addWidget(self.albums)
        self._show()

    @property
    def words(self) -> str:
        """All that the card says."""
        labels = (self._name, self._about, self._counts, self._state, self._notes, self._engine)
        return "\n".join(label.text() for label in labels if label.text())

    def show_facts(self, facts: PhoneFacts, *, busy: bool) -> None:
        """``busy``: something is being indexed, this phone or another source."""
        if (facts, busy) != (self._facts, self._busy):
            self._facts, self._busy = facts, busy
            self._show()

    def show_progress(self, progress: Progress | None) -> None:
        """How far indexing this phone is."""
        self.stage_line.show_progress(progress)

    def show_transfer(self, done: int, total: int) -> None:
        """How far the engine is on its way to the phone."""
        text = self.tr("Putting the engine on the phone: {done} of {total}")
        self._engine.setText(text.format(done=size_text(done), total=size_text(total)))

    def _show(self) -> None:
        facts = self._facts
        connected, source = facts.connected, facts.source
        name = facts.name
        self._name.setText(name)
        self._about.setText(self._about_words())
        self._counts.setText(self._count_words())
        self._counts.setVisible(bool(self._counts.text()))
        self._state.setText(self._state_words())
        self._state.setVisible(bool(self._state.text()))
        notes = connected.information.notes if connected else ()
        self._notes.setText("\n".join(note_words(note) for note in notes))
        self._notes.setVisible(bool(notes))
        self.index_button.setText(self._button_words())
        self.index_button.setAccessibleDescription(name)
        self.index_button.setVisible(connected is not None)
        self.index_button.setEnabled(not self._busy)
        self._more.describe(self.tr("More about {name}").format(name=name))
        self._more.setVisible(source is not None or connected is not None)
        self._copy.setText(self.tr("Copy all its photos to this computer…"))
        self._copy.setEnabled(connected is not None)
        self._forget.setText(self.tr("Forget this phone (its photos stay on it)"))
        self._forget.setEnabled(source is not None and not self._busy)
        self._show_engine()
        self.stage_line.setVisible(facts.indexing)
        self.albums.show_albums(facts.albums, connected=connected is not None)

    def _show_engine(self) -> None:
        facts = self._facts
        free = facts.connected is not None and not self._busy and not facts.preparing
        # Offered where it is chosen to be used; what is there can be removed whatever is chosen.
        self.put_engine.setText(self.tr("Put the engine on this phone"))
        self.put_engine.setVisible(facts.engine is None and facts.place is not Place.PC)
        self.remove_engine.setText(self.tr("Remove the engine from this phone"))
        self.remove_engine.setVisible(facts.engine is not None)
        for action in (self.put_engine, self.remove_engine):
            action.setEnabled(free)
        self._engine.setText(self._engine_words())
        self._engine.setVisible(bool(self._engine.text()))

    def _engine_words(self) -> str:
        facts = self._facts
        if facts.preparing:
            return self.tr("The phone is being prepared…")
        if facts.engine is not None:
            text = self.tr("Has the engine with “{model}”: {ms} ms a photo on one of its {cores} cores.")
            engine = facts.engine
            return text.format(model=engine.model_key, ms=number(round(engine.photo_ms)), cores=number(engine.cores))
        if facts.place is Place.FASTEST and facts.connected is not None:
            return self.tr("How fast this phone is will be known once the engine is on it (see its menu).")
        return ""

    def _button_words(self) -> str:
        if self._facts.source is not None:
            return self.tr("Check for changes")
        return {
            Place.PC: self.tr("Index on this computer"),
            Place.PHONE: self.tr("Index on the phone"),
            Place.FASTEST: self.tr("Index this phone"),
        }[self._facts.place]

    def _about_words(self) -> str:
        connected = self._facts.connected
        if connected is None and self._facts.source is None:
            return self.tr("Not plugged in.")
        if connected is None:
            return self.tr("Not plugged in. Its photos can be searched all the same.")
        known = connected.information
        parts = [self.tr("Android {version}").format(version=known.android)] if known.android else []
        if known.free_bytes is not None and known.total_bytes is not None:
            free, total = size_text(known.free_bytes), size_text(known.total_bytes)
            parts.append(self.tr("{free} free of {total}").format(free=free, total=total))
        if known.battery_percent is not None:
            parts.append(self.tr("battery {percent} %").format(percent=number(known.battery_percent)))
        parts.append(known.serial)
        return "  ·  ".join(parts)

    def _count_words(self) -> str:
        source = self._facts.source
        if source is None:
            return self._words_before_indexing()
        parts = [self.tr("%n photo(s)", "", source.photos)]
        if self._facts.unreadable:
            parts.append(self.tr("%n could not be read", "", self._facts.unreadable))
        if source.listed_at is not None:
            parts.append(self.tr("checked {when}").format(when=moment_text(source.listed_at)))
        return "  ·  ".join(parts)

    def _words_before_indexing(self) -> str:
        albums = self._facts.albums
        if albums:
            found = self.tr("%n photo(s) on it, none of them indexed yet.", "", sum(one.on_phone for one in albums))
        else:
            found = self.tr("Counting its photos…") if self._facts.counting else self.tr("Not indexed yet.")
        return found

    def _state_words(self) -> str:
        if not self._facts.indexing:
            return ""
        if self._facts.paused is not None and self._facts.paused != "asked":
            return paused_words(self._facts.paused)
        return self.tr("Being indexed. You can search meanwhile.")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
            self.albums.retranslate()
        super().changeEvent(event)


class SituationCard(QFrame):
    """A picture of what to do, and the steps beside it.

    Signals:
        again_wanted: its button was pressed; there is one only with ``again``.
    """

    again_wanted = Signal()

    def __init__(self, situation: Situation, *, thing: str = "", again: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.situation = situation
        title = QLabel(situation.title, wordWrap=True)
        title.setProperty("role", "heading")
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addStretch(1)
        words.addWidget(title)
        if thing:
            words.addWidget(plain_label(thing, "small"))
        for count, step in enumerate(situation.steps, start=1):
            words.addLayout(self._step(number(count) if len(situation.steps) > 1 else "", step))
        if again:
            button = IconPushButton("refresh")
            button.setText(again)
            button.clicked.connect(self.again_wanted)
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 20, 20, 20)
        layout.setSpacing(24)
        layout.addWidget(PhonePicture(situation.scene))
        layout.addLayout(words, 1)

    def _step(self, count: str, step: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        if count:
            badge = QLabel(count, alignment=Qt.AlignmentFlag.AlignCenter)
            badge.setProperty("role", "badge")
            row.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
        text = QLabel(step, wordWrap=True)
        row.addWidget(text, 1)
        return row
