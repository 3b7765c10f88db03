"""The rail at the window's left edge: a button for each page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from pocketlens_desktop.gui.icons import IconButton
from pocketlens_desktop.gui.translated import Translated

#: The pages from top to bottom, by their icons.
_PAGES = ("photos", "folder", "phone", "model", "settings")


class Rail(Translated, QWidget):
    """Signals:
    page_wanted: the place of the page whose button was pressed.
    """

    page_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(84)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 14, 8, 14)
        column.setSpacing(6)
        group = QButtonGroup(self)
        self.buttons = [IconButton(name, role="nav") for name in _PAGES]
        for place, button in enumerate(self.buttons):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(22, 22))
            button.setCheckable(True)
            button.setFixedWidth(68)
            button.clicked.connect(lambda _=False, page=place: self.page_wanted.emit(page))
            group.addButton(button)
            if place == len(_PAGES) - 1:
                column.addStretch(1)
            column.addWidget(button)
        self.show_page(0)
        self._retranslate()

    def show_page(self, place: int) -> None:
        """Mark the button of the page in view."""
        self.buttons[place].setChecked(True)

    def _retranslate(self) -> None:
        names = (self.tr("Photos"), self.tr("Folders"), self.tr("Phone"), self.tr("Models"), self.tr("Settings"))
        for place, (button, name) in enumerate(zip(self.buttons, names, strict=True), start=1):
            button.setText(name)
            button.describe(name, f"Ctrl+{place}")
