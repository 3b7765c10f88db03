# ruff: noqa: N802 - methods that Qt names and calls
"""The search field: words as they are typed, the history, and a way out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLabel, QLineEdit, QListView, QWidget

from pocketlens.searches import SavedSearch
from pocketlens_desktop.gui.icons import IconButton, themed
from pocketlens_desktop.gui.translated import Translated

#: Typing pauses longer than this between words, not between letters; a search takes some 30 ms by itself.
DEBOUNCE_MS = 200
_LONGEST_HISTORY = 30
#: Of an entry of the list below the field: its `SavedSearch`, or None for one that was typed before.
_SAVED = Qt.ItemDataRole.UserRole


class SearchField(Translated, QFrame):
    """Signals:
    searched: the text to search for, after a pause in typing or at once on Enter; "" means show everything.
    accepted: Enter was pressed.
    left_downwards: the Down key, towards the photos.
    recalled: a `SavedSearch` was chosen from the list below the field.
    removal_wanted: of a saved search, by its name.
    saving_wanted: what is searched for is to be given a name, or has one to be changed.
    """

    searched = Signal(str)
    accepted = Signal()
    left_downwards = Signal()
    recalled = Signal(object)
    removal_wanted = Signal(str)
    saving_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchField")
        self.setFixedHeight(44)
        self._given = ""
        self._kept = False
        self._history: list[str] = []
        self._saved: list[SavedSearch] = []
        self._entries = QStandardItemModel(self)
        self._line = QLineEdit(self)
        self._line.setFrame(False)
        self._line.setMaxLength(500)
        self._line.installEventFilter(self)
        self._completer = QCompleter(self._entries, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self._line)
        self._completer.setMaxVisibleItems(12)
        self._completer.activated[QModelIndex].connect(self._recall)  # type: ignore[index]
        self._list = QListView()
        self._list.setObjectName("searchEntries")
        self._completer.setPopup(self._list)
        self._list.installEventFilter(self)
        self._icon = IconButton("search")
        self._icon.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear = IconButton("close")
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self.bookmark = IconButton("bookmark")
        self.bookmark.clicked.connect(self.saving_wanted)
        self.bookmark.hide()
        self._key = QLabel("/")
        self._key.setProperty("role", "key")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 10, 0)
        layout.setSpacing(6)
        for widget in (self._icon, self._line, self.bookmark, self._clear, self._key):
            layout.addWidget(widget, 0 if widget is not self._line else 1, Qt.AlignmentFlag.AlignVCenter)
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self._give)
        self._icon.clicked.connect(self._accept)
        self._line.textChanged.connect(self._changed)
        self._line.returnPressed.connect(self._accept)
        self.setFocusProxy(self._line)
        self._retranslate()

    @property
    def text(self) -> str:
        return self._line.text()

    @property
    def line(self) -> QLineEdit:
        return self._line

    def history(self) -> list[str]:
        return list(self._history)

    def set_history(self, queries: list[str]) -> None:
        self._history = queries[:_LONGEST_HISTORY]
        self._list_entries()

    def set_saved(self, searches: Sequence[SavedSearch]) -> None:
        """The searches that have a name; they come before what was typed before."""
        self._saved = list(searches)
        self._list_entries()

    def show_bookmark(self, shown: bool, *, kept: bool) -> None:
        """Whether there is something to save; ``kept``: it has a name already."""
        self._kept = kept
        self.bookmark.setVisible(shown)
        self.bookmark.show_icon("bookmark-kept" if kept else "bookmark")
        self.bookmark.describe(self.tr("Saved; change or remove") if kept else self.tr("Save this search"), "Ctrl+D")

    def remember(self, query: str) -> None:
        """Put a query that found something to the front of the history."""
        self.set_history([query, *(past for past in self.history() if past != query)])

    def search_for(self, text: str) -> None:
        """Search for ``text`` as if it had been typed and Enter pressed."""
        self._line.setText(text)
        self._pause.stop()
        self._give(again=True)

    def show_text(self, text: str) -> None:
        """Show ``text`` without searching."""
        self._line.blockSignals(True)
        self._line.setText(text)
        self._line.blockSignals(False)
        self._given = text.strip()
        self._pause.stop()
        self._show_ends()

    def type_text(self, text: str) -> None:
        """Text that was typed elsewhere in the window."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.end(False)
        self._line.insert(text)

    def select_all(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def _list_entries(self) -> None:
        self._entries.clear()
        for saved in self._saved:
            item = QStandardItem(themed("bookmark-kept"), saved.name)
            item.setToolTip(saved.query)
            item.setData(saved, _SAVED)
            self._entries.appendRow(item)
        for query in self._history:
            self._entries.appendRow(QStandardItem(themed("recent"), query))

    def _recall(self, index: QModelIndex) -> None:
        saved = index.data(_SAVED)
        if saved is None:
            self.search_for(index.data())
        else:
            self.recalled.emit(saved)

    def entries(self) -> list[str]:
        """The list below the field: names of saved searches, then what was typed before, latest first."""
        return [self._entries.item(row).text() for row in range(self._entries.rowCount())]

    def take_off(self, row: int) -> None:
        """Take an entry off that list."""
        index = self._entries.index(row, 0)
        saved = index.data(_SAVED)
        if saved is None:
            self.set_history([past for past in self._history if past != index.data()])
        else:
            self.removal_wanted.emit(saved.name)
            self.set_saved([one for one in self._saved if one != saved])
        if not self._entries.rowCount():
            self._list.hide()

    def show_entries(self) -> None:
        """Open the list of saved and of recent searches, if there are any."""
        if self._entries.rowCount():
            self._completer.complete()

    def clear(self) -> None:
        self.search_for("")
        self.setFocus()

    def _changed(self) -> None:
        self._show_ends()
        self._pause.start()

    def _give(self, *, again: bool = False) -> None:
        text = self._line.text().strip()
        if again or text != self._given:
            self._given = text
            self.searched.emit(text)

    def _accept(self) -> None:
        self._pause.stop()
        self._give()
        self.accepted.emit()

    def _show_ends(self) -> None:
        written = bool(self._line.text())
        self._clear.setVisible(written)
        self._key.setVisible(not written and not self._line.hasFocus())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._list:
            if (
                event.type() == QEvent.Type.KeyPress
                and isinstance(event, QKeyEvent)
                and event.key() == Qt.Key.Key_Delete
            ):
                # What is marked: the first row is the current one, unmarked, as soon as the list opens.
                for index in self._list.selectedIndexes():
                    self.take_off(index.row())
                return True
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.MouseButtonPress and self._line.hasFocus() and not self._line.text():
            self.show_entries()
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", "true" if event.type() == QEvent.Type.FocusIn else "false")
            self.style().polish(self)
            self._key.setVisible(not self._line.text() and event.type() == QEvent.Type.FocusOut)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event.key())
        return super().eventFilter(watched, event)

    def _key_pressed(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._line.text():
            self.clear()
            return True
        if key == Qt.Key.Key_Down:
            if not self._line.text() and self._entries.rowCount():
                self.show_entries()
            else:
                self.left_downwards.emit()
            return True
        return False

    def _retranslate(self) -> None:
        # Hidden, and not visible: the language is chosen on another page, and there nothing of this one is visible.
        self.show_bookmark(not self.bookmark.isHidden(), kept=self._kept)
        self._line.setPlaceholderText(self.tr("Search your photos in a few words"))
        self._line.setAccessibleName(self.tr("Search"))
        self._clear.describe(self.tr("Clear the search"), "Esc")
        self._icon.describe(self.tr("Search"), "Enter")
