"""The settings in use: the window wears them at once, and they are saved off the main thread."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from pocketlens.paths import Home
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.language import Language
from pocketlens_desktop.gui.theme import Theme


class SettingsInUse(QObject):
    """Saves on ``writer``, the thread that also deletes and moves what is stored: neither undoes what the other wrote.

    Signals:
        changed: the `Settings`, when something else than their own page changed them.
        limit_changed: another room for the thumbnails was chosen.
        reading_changed: whether the words in photos are to be read.
        failed: a `PocketLensError`: they could not be saved.
    """

    changed = Signal(object)
    limit_changed = Signal()
    reading_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, home: Home, writer: Background, theme: Theme, language: Language) -> None:
        super().__init__(writer)
        self._home, self._writer, self._theme, self._language = home, writer, theme, language
        self._settings = load_settings(home)
        self._unsaved: Settings | None = None

    @property
    def now(self) -> Settings:
        return self._settings

    def choose(self, settings: Settings) -> None:
        """Wear and save what the person chose on the settings' page."""
        before = self._settings
        self._wear(settings)
        self._unsaved = settings
        self._writer.call(lambda: self._save(settings), failed=self.failed.emit)
        if settings.read_text != before.read_text:
            self.reading_changed.emit(settings.read_text)
        if settings.thumbnail_limit_mb != before.thumbnail_limit_mb:
            self.limit_changed.emit()

    def change(self, **choices: Any) -> None:
        """Wear and save what was chosen elsewhere."""
        self.choose(msgspec.structs.replace(self._settings, **choices))
        self.changed.emit(self._settings)

    def learn(self, **choices: Any) -> None:
        """Take over what somebody else has saved already."""
        self._settings = msgspec.structs.replace(self._settings, **choices)
        self.changed.emit(self._settings)

    def reset(self) -> None:
        """Wear the defaults, before the file is deleted. The cache stays where it is."""
        self._wear(Settings(cache_folder=self._settings.cache_folder))
        self.changed.emit(self._settings)

    def use_home(self, home: Home) -> None:
        """The cache is in another place, and so saved already."""
        self._home = home
        self.learn(cache_folder=str(home.cache) if home.usual_cache is not None else None)

    def save_last(self) -> None:
        """On the writer's thread, as its last: save what was chosen a moment ago and may still wait its turn."""
        if self._unsaved is not None:
            self._save(self._unsaved)

    def _wear(self, settings: Settings) -> None:
        self._settings = settings
        self._theme.choose(settings.theme)
        self._language.choose(settings.language)

    def _save(self, settings: Settings) -> None:
        """On the writer's thread. Where the cache is goes by what its move has written, whichever comes first."""
        cache_folder = load_settings(self._home).cache_folder
        save_settings(self._home, msgspec.structs.replace(settings, cache_folder=cache_folder))
        if self._unsaved is settings:
            self._unsaved = None
