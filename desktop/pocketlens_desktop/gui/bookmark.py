"""The bookmark in the search field: which searches are saved, and saving, renaming and removing the present one."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pocketlens.searches import SavedSearch
from pocketlens_desktop.gui.asked import Asked
from pocketlens_desktop.gui.library import Library
from pocketlens_desktop.gui.search_field import SearchField
from pocketlens_desktop.gui.search_saving import SearchSaving


class Bookmark(QObject):
    """Told what is asked by `show_asked`."""

    def __init__(self, field: SearchField, library: Library, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self._asked = Asked()
        self._saved: list[SavedSearch] = []
        self.saving = SearchSaving(parent)
        self.saving.save_wanted.connect(library.save_search)
        self.saving.remove_wanted.connect(library.remove_search)
        field.removal_wanted.connect(library.remove_search)
        field.saving_wanted.connect(self.name_search)
        library.searches_came.connect(self._searches_came)

    @property
    def saved_searches(self) -> list[SavedSearch]:
        """Those that can be recalled."""
        return list(self._saved)

    def show_asked(self, asked: Asked) -> None:
        """This is searched for now."""
        self._asked = asked
        self._field.show_bookmark(self._savable(), kept=self._kept() is not None)

    def name_search(self) -> None:
        """Let the person give what is searched for a name, or change or remove the one it has."""
        if self._savable():
            self.saving.open_for(self._asked.sent, self._kept(), self._field)

    def _savable(self) -> bool:
        # A picture is somewhere on a disk, or not any more.
        return self._asked != Asked() and self._asked.like is None and self._asked.query is not None

    def _kept(self) -> SavedSearch | None:
        return next((one for one in self._saved if one.query == self._asked.sent), None)

    def _searches_came(self, searches: list[SavedSearch]) -> None:
        self._saved = searches
        self._field.set_saved(searches)
        self.show_asked(self._asked)
