"""What is stored on this computer, where, how much of it, and buttons to delete it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pocketlens.catalogue import SourceSummary
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens_desktop.gui.confirmation import Confirmation
from pocketlens_desktop.gui.page import Card, plain_label, replace_cards, wrapping_path
from pocketlens_desktop.gui.stored_data import DERIVED, Store, places
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import size_text


class PrivacyCard(Translated, Card):
    """Signals:
    delete_wanted: a tuple of `Store` to delete, confirmed.
    forget_wanted: a `SourceSpec` to forget, confirmed.
    """

    delete_wanted = Signal(object)
    forget_wanted = Signal(object)

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._sources: list[SourceSummary] = []
        self._source_rows: list[QWidget] = []
        self._idle = True
        self._stores = {store: _Row(places(store, home)[0]) for store in Store}
        self.confirmation = Confirmation()
        self._albums = QLabel()
        self._albums.setProperty("role", "strong")
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.cache_button, self.everything_button = QPushButton(), QPushButton()
        self.everything_button.setProperty("role", "danger")
        self.cache_button.clicked.connect(self._ask_about_cache)
        self.everything_button.clicked.connect(self._ask_about_everything)
        buttons = QHBoxLayout()
        buttons.addWidget(self.cache_button)
        buttons.addWidget(self.everything_button)
        buttons.addStretch(1)
        for row in self._stores.values():
            self.body.addWidget(row)
        rule = QFrame()
        rule.setProperty("role", "rule")
        self.body.addWidget(rule)
        self.body.addWidget(self._albums)
        self.body.addLayout(self._list)
        self.body.addWidget(self.confirmation)
        self.body.addLayout(buttons)
        self._retranslate()

    def show_sizes(self, sizes: Mapping[Store, int]) -> None:
        for store, row in self._stores.items():
            row.show_size(sizes[store])

    def show_home(self, home: Home) -> None:
        """Some of it is in another place."""
        for store, row in self._stores.items():
            row.show_place(places(store, home)[0])

    def show_sources(self, sources: list[SourceSummary]) -> None:
        if sources != self._sources:
            self._sources = sources
            self._fill()

    def set_idle(self, idle: bool) -> None:
        """Whether anything may be deleted: not while photos are indexed."""
        self._idle = idle
        for widget in (self.cache_button, self.everything_button, *self._source_rows):
            widget.setEnabled(idle)
        if not idle:
            self.confirmation.dismiss()

    @property
    def waiting(self) -> bool:
        """Whether the sizes are not known yet."""
        return not all(row.amount.text() for row in self._stores.values())

    def size_words(self, store: Store) -> str:
        """The size that is shown for a kind."""
        return self._stores[store].amount.text()

    def forget_button(self, spec: SourceSpec) -> QPushButton:
        """The button beside an indexed folder or phone."""
        place = [source.spec for source in self._sources].index(spec)
        return self._source_rows[place].findChildren(QPushButton)[0]

    def _fill(self) -> None:
        rows: list[QWidget] = [self._source_row(source) for source in self._sources]
        replace_cards(self._list, self._source_rows, rows)
        self._source_rows = rows
        self._albums.setVisible(bool(rows))
        self.set_idle(self._idle)

    def _source_row(self, source: SourceSummary) -> QWidget:
        row = QWidget()
        button = QPushButton(self.tr("Forget…"))
        button.setAccessibleDescription(source.label)
        button.clicked.connect(lambda: self._ask_about(source))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(plain_label(source.label), 1)
        count = QLabel(self.tr("%n photo(s)", "", source.photos))
        count.setProperty("role", "small")
        layout.addWidget(count)
        layout.addWidget(button)
        return row

    def _ask_about(self, source: SourceSummary) -> None:
        question = self.tr(
            "Forget “{name}”? What PocketLens knows of its photos is deleted; the photos themselves stay where they "
            "are."
        ).format(name=source.label)
        self._ask(question, self.tr("Forget"), lambda: self.forget_wanted.emit(source.spec))

    def _ask_about_cache(self) -> None:
        question = self.tr(
            "Delete all thumbnails and the copy of the index? They are made again when a folder or phone is checked "
            "for changes, which reads every photo once more."
        )
        self._ask(question, self.tr("Delete"), lambda: self.delete_wanted.emit(DERIVED))

    def _ask_about_everything(self) -> None:
        question = self.tr(
            "Delete everything that PocketLens has stored: catalogue, thumbnails, installed models, settings and "
            "searches? It starts as on its first day. Your photos are not touched."
        )
        self._ask(question, self.tr("Delete everything"), lambda: self.delete_wanted.emit(tuple(Store)))

    def _ask(self, question: str, yes: str, act: Callable[[], object]) -> None:
        self.confirmation.ask(question, yes, act)

    def _retranslate(self) -> None:
        self.describe(
            self.tr("Privacy"),
            self.tr(
                "Everything happens on this computer. PocketLens connects to nothing but a phone on its cable, and to "
                "a model's own address after you pressed Download. This is all it stores:"
            ),
        )
        texts = {
            Store.CATALOGUE: (
                self.tr("Catalogue"),
                self.tr("Where your photos are, their dates and places, and what the model saw in them."),
            ),
            Store.SETTINGS: (self.tr("Settings"), self.tr("What you chose here, and your last searches.")),
            Store.MODELS: (self.tr("Models"), self.tr("Those that you installed.")),
            Store.THUMBNAILS: (self.tr("Thumbnails"), self.tr("A small picture of every photo.")),
            Store.VECTORS: (self.tr("Copy of the index"), self.tr("Makes searching faster.")),
        }
        for store, (name, text) in texts.items():
            self._stores[store].describe(name, text, self.tr("Open"))
        self._albums.setText(self.tr("Indexed folders and phones"))
        self.cache_button.setText(self.tr("Delete thumbnails and cache…"))
        self.everything_button.setText(self.tr("Delete everything…"))
        self._fill()


class _Row(QWidget):
    """One kind of stored things."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._name, self._text, self.amount = QLabel(), QLabel(wordWrap=True), QLabel()
        self._where = plain_label("", "small")
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_place(place)
        self._name.setProperty("role", "strong")
        self._text.setProperty("role", "small")
        self.amount.setProperty("role", "muted")
        self._open = QPushButton()
        self._open.clicked.connect(self._open_folder)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._name, self._text, self._where):
            words.addWidget(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(words, 1)
        layout.addWidget(self.amount)
        layout.addWidget(self._open)

    def describe(self, name: str, text: str, open_text: str) -> None:
        self._name.setText(name)
        self._text.setText(text)
        self._open.setText(open_text)
        self._open.setAccessibleName(f"{open_text}: {name}")

    def show_place(self, place: Path) -> None:
        self._place = place
        self._where.setText(wrapping_path(place))

    def show_size(self, size: int) -> None:
        self.amount.setText(size_text(size))

    def _open_folder(self) -> None:
        folder = self._place if self._place.is_dir() else self._place.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
