# ruff: noqa: N802 - methods that Qt names and calls
"""Giving the search in hand a name, right below the search field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pocketlens.searches import LONGEST_NAME, SavedSearch
from pocketlens_desktop.gui.translated import Translated


class SearchSaving(Translated, QFrame):
    """Signals:
    save_wanted: the name, and the query that it is for.
    remove_wanted: the name of a saved search.
    """

    save_wanted = Signal(str, str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._below = parent
        parent.installEventFilter(self)
        self.setObjectName("searchSaving")
        self.hide()
        self._query = ""
        self._saved: SavedSearch | None = None
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.returnPressed.connect(self._save)
        self.save = QPushButton()
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(self._save)
        self.name.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.remove = QPushButton()
        self.remove.clicked.connect(self._remove)
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(self.name)
        layout.addLayout(buttons)
        self.setFixedWidth(320)
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]
        self._retranslate()

    def open_for(self, query: str, saved: SavedSearch | None, below: QWidget) -> None:
        """Ask for a name, at the right end below a widget. ``saved``: the query has one already."""
        self._query, self._saved = query, saved
        self.name.setText(saved.name if saved else query[:LONGEST_NAME])
        self.name.selectAll()
        self.remove.setVisible(saved is not None)
        self._retranslate()
        self._below = below
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self.name.setFocus()

    def _place(self) -> None:
        corner = QPoint(self._below.width() - self.width(), self._below.height() + 6)
        self.move(self._below.mapTo(self._page, corner))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest or event.type() == QEvent.Type.Resize:
            # After the field has its new place.
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        # It asks for nothing: whoever goes on with something else is done with it.
        if now is not None and now is not self and not self.isAncestorOf(now):
            self.hide()

    def _save(self) -> None:
        name = self.name.text().strip()
        if not name:
            return
        if self._saved is not None and self._saved.name != name:
            self.remove_wanted.emit(self._saved.name)
        self.save_wanted.emit(name, self._query)
        self.hide()

    def _remove(self) -> None:
        if self._saved is not None:
            self.remove_wanted.emit(self._saved.name)
        self.hide()

    def _retranslate(self) -> None:
        self.name.setPlaceholderText(self.tr("Name of this search"))
        self.name.setAccessibleName(self.tr("Name of this search"))
        self.save.setText(self.tr("Rename") if self._saved else self.tr("Save search"))
        self.remove.setText(self.tr("Remove"))
