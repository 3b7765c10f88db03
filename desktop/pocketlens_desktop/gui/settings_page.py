# ruff: noqa: N802 - methods that Qt names and calls
"""Settings: how the window looks, how indexing works, what is stored where, and the keys to know."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from pocketlens import __version__
from pocketlens.paths import Home
from pocketlens.settings import Settings
from pocketlens.texts import REMEDY, reader_installed
from pocketlens_desktop.gui.cache_card import CacheCard
from pocketlens_desktop.gui.page import Card, ScrollingPage, plain_label
from pocketlens_desktop.gui.privacy_card import PrivacyCard
from pocketlens_desktop.gui.segments import Segments
from pocketlens_desktop.gui.translated import Translated


class SettingsPage(Translated, ScrollingPage):
    """Signals:
    changed: the new `Settings`, as soon as anything is chosen: there is no button to press.
    shown: the page came into view.
    cache_folder_wanted, usual_cache_wanted: the cache is to be moved, to a folder that is to be chosen or back.
    """

    changed = Signal(object)
    shown = Signal()
    cache_folder_wanted = Signal()
    usual_cache_wanted = Signal()

    def __init__(self, settings: Settings, home: Home) -> None:
        super().__init__(820)
        self._settings = settings
        self.themes = Segments(("system", "light", "dark"), settings.theme)
        self.themes.chosen.connect(lambda theme: self._change(theme=theme))
        self.languages = QComboBox()
        for choice, name in (("system", ""), ("en", "English"), ("zh_CN", "简体中文")):
            self.languages.addItem(name, choice)
        self.languages.setCurrentIndex(self.languages.findData(settings.language))
        self.languages.activated.connect(lambda _: self._change(language=self.languages.currentData()))
        self.threads = QComboBox()
        for threads in (None, *range(1, (os.cpu_count() or 1) + 1)):
            self.threads.addItem(str(threads or ""), threads)
        self.threads.setCurrentIndex(max(0, self.threads.findData(settings.threads)))
        self.threads.activated.connect(lambda _: self._change(threads=self.threads.currentData()))
        self.words = QComboBox()
        for wanted in (True, False):
            self.words.addItem("", wanted)
        self.words.setCurrentIndex(self.words.findData(settings.read_text))
        self.words.activated.connect(lambda _: self._change(read_text=self.words.currentData()))
        self._appearance, self._indexing, self._keys = Card(), Card(), Card()
        self.cache = CacheCard(home, settings.thumbnail_limit_mb)
        self.cache.limit_chosen.connect(lambda limit: self._change(thumbnail_limit_mb=limit))
        self.cache.folder_wanted.connect(self.cache_folder_wanted)
        self.cache.usual_wanted.connect(self.usual_cache_wanted)
        self.privacy = PrivacyCard(home)
        self._theme_label = self._appearance.add_row(self.themes)
        self._language_label = self._appearance.add_row(self.languages)
        self._threads_label = self._indexing.add_row(self.threads)
        self._words_label = self._indexing.add_row(self.words)
        self._words_hint = plain_label("", "muted")
        self._indexing.body.addWidget(self._words_hint)
        self._key_table = _KeyTable()
        self._keys.body.addWidget(self._key_table)
        self._about = QLabel()
        self._about.setProperty("role", "small")
        for card in (self._appearance, self._indexing, self.cache, self.privacy, self._keys):
            self.cards.addWidget(card)
        self.cards.addWidget(self._about)
        self._retranslate()

    def adopt(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere."""
        self._settings = settings
        self.themes.buttons[settings.theme].setChecked(True)
        self.languages.setCurrentIndex(self.languages.findData(settings.language))
        self.threads.setCurrentIndex(max(0, self.threads.findData(settings.threads)))
        self.words.setCurrentIndex(self.words.findData(settings.read_text))
        self.cache.show_limit(settings.thumbnail_limit_mb)
        self._retranslate()

    def use_home(self, home: Home) -> None:
        """Show that the cache is in another place from now on."""
        self.cache.show_home(home)
        self.privacy.show_home(home)

    def set_idle(self, idle: bool) -> None:
        """Whether what is stored may be deleted or moved: not while photos are indexed."""
        self.cache.set_idle(idle)
        self.privacy.set_idle(idle)

    def showEvent(self, event: QShowEvent) -> None:
        self.shown.emit()
        super().showEvent(event)

    def _change(self, **choices: Any) -> None:
        self._settings = msgspec.structs.replace(self._settings, **choices)
        self.changed.emit(self._settings)

    def _retranslate(self) -> None:
        self.describe(self.tr("Settings"))
        self._appearance.describe(self.tr("Appearance"))
        self._theme_label.setText(self.tr("Theme"))
        self.themes.setAccessibleName(self.tr("Theme"))
        self.themes.label((self.tr("System"), self.tr("Light"), self.tr("Dark")))
        self._language_label.setText(self.tr("Language"))
        self.languages.setAccessibleName(self.tr("Language"))
        self.languages.setItemText(0, self.tr("System language"))
        self._indexing.describe(self.tr("Indexing"))
        self._threads_label.setText(self.tr("Processor threads"))
        self.threads.setAccessibleName(self.tr("Processor threads"))
        self.threads.setItemText(0, self.tr("Automatic"))
        self._words_label.setText(self.tr("Read the words in photos after indexing"))
        self.words.setAccessibleName(self.tr("Read the words in photos after indexing"))
        self.words.setItemText(0, self.tr("Yes"))
        self.words.setItemText(1, self.tr("No"))
        self.words.setEnabled(reader_installed())
        missing = self.tr("What reads them is not installed: {command}").format(command=REMEDY)
        hint = self.tr("Screenshots and documents come first. It takes a second or more a photo, in the background.")
        self._words_hint.setText(hint if reader_installed() else missing)
        self._keys.describe(self.tr("Keyboard"))
        self._key_table.fill(
            (
                ("/", self.tr("Search from anywhere")),
                ("Enter", self.tr("To the photos; open the photo")),
                ("← ↑ → ↓", self.tr("Move among the photos")),
                ("Esc", self.tr("One step back")),
                ("Ctrl + / Ctrl −", self.tr("Larger or smaller pictures")),
                ("Ctrl C", self.tr("Copy the chosen photos")),
                ("0 / 1", self.tr("Fit to the window, actual size")),
                ("S", self.tr("Find similar photos, when looking at one")),
                ("Ctrl O", self.tr("Add a folder")),
                ("Ctrl 1 … 5", self.tr("Photos, folders, phone, models, settings")),
            )
        )
        model = self._settings.model
        self._about.setText(self.tr("PocketLens {version}, model “{model}”").format(version=__version__, model=model))


class _KeyTable(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._texts: list[QLabel] = []

    def fill(self, rows: Sequence[tuple[str, str]]) -> None:
        if not self._texts:
            for place, (keys, _) in enumerate(rows):
                key, text = QLabel(keys), QLabel()
                key.setProperty("role", "key")
                text.setProperty("role", "muted")
                self._grid.addWidget(key, place, 0, Qt.AlignmentFlag.AlignLeft)
                self._grid.addWidget(text, place, 1)
                self._texts.append(text)
        for label, (_, meaning) in zip(self._texts, rows, strict=True):
            label.setText(meaning)
