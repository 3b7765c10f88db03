# ruff: noqa: N802 - methods that Qt names and calls
"""The search field: words as they are typed, the history, and a way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from pocketlens_desktop.gui.icons import IconButton

#: Typing pauses longer than this between words, not between letters; a search takes some 30 ms by itself.
DEBOUNCE_MS = 200
_LONGEST_HISTORY = 30


class SearchField(QFrame):
    """Signals:
    searched: the text to search for, after a pause in typing or at once on Enter; "" means show everything.
    accepted: Enter was pressed.
    left_downwards: the Down key, towards the photos.
    """

    searched = Signal(str)
    accepted = Signal()
    left_downwards = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchField")
        self.setFixedHeight(44)
        self._given = ""
        self._history = QStringListModel(self)
        self._line = QLineEdit(self)
        self._line.setFrame(False)
        self._line.setMaxLength(500)
        self._line.installEventFilter(self)
        self._completer = QCompleter(self._history, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self._line)
        self._completer.activated.connect(self.search_for)
        self._icon = IconButton("search")
        self._icon.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear = IconButton("close")
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self._key = QLabel("/")
        self._key.setProperty("role", "key")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 10, 0)
        layout.setSpacing(6)
        for widget in (self._icon, self._line, self._clear, self._key):
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
        return self._history.stringList()

    def set_history(self, queries: list[str]) -> None:
        self._history.setStringList(queries[:_LONGEST_HISTORY])

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
            if not self._line.text() and self.history():
                self._completer.complete()
            else:
                self.left_downwards.emit()
            return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._line.setPlaceholderText(self.tr("Search your photos in a few words"))
        self._line.setAccessibleName(self.tr("Search"))
        self._clear.describe(self.tr("Clear the search"), "Esc")
        self._icon.describe(self.tr("Search"), "Enter")
