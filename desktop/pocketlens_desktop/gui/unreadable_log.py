"""Photos that could not be read, with their reasons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from pocketlens.catalogue import UnreadableRow
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import number, unreadable_reason


class UnreadableLog(Translated, QFrame):
    """Photos that could not be read, each with its reason, and a button to try them again."""

    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._total = 0
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self.again_button = IconPushButton("refresh")
        self.again_button.clicked.connect(self.again_wanted)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.header().setStretchLastSection(True)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.again_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 14, 14)
        layout.addLayout(head)
        layout.addWidget(self.tree)
        self._retranslate()

    def show_rows(self, rows: list[UnreadableRow], total: int) -> None:
        self._total = total
        self.setVisible(total > 0)
        self.tree.clear()
        for row in rows:
            path = row.path.decode(errors="backslashreplace")
            item = QTreeWidgetItem([path, unreadable_reason(row.code, row.reason)])
            for column in (0, 1):
                item.setToolTip(column, item.text(column))
            self.tree.addTopLevelItem(item)
        self.tree.setColumnWidth(0, 300)
        # As high as its rows up to ten; beyond that it scrolls.
        height = self.tree.sizeHintForRow(0) if rows else 0
        self.tree.setFixedHeight(self.tree.header().sizeHint().height() + height * min(10, len(rows)) + 6)
        self._retranslate()

    def set_idle(self, idle: bool) -> None:
        self.again_button.setEnabled(idle)

    def _retranslate(self) -> None:
        self._title.setText(self.tr("Photos that could not be read: {count}").format(count=number(self._total)))
        self.again_button.setText(self.tr("Try them again"))
        self.tree.setHeaderLabels([self.tr("File"), self.tr("Reason")])
        self.tree.setAccessibleName(self.tr("Photos that could not be read"))
