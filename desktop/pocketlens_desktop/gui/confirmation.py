# ruff: noqa: N802 - methods that Qt names and calls
"""A question in the page itself, where it was caused: nothing modal, and the careful answer has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from pocketlens_desktop.gui.page import plain_label


class Confirmation(QFrame):
    """Hidden until `ask`; hides itself again with either answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confirmation")
        self._act: Callable[[], object] | None = None
        self._text = plain_label("")
        self.yes = QPushButton()
        self.yes.hide()
        self.yes.setProperty("role", "danger")
        self.no = QPushButton()
        self.yes.clicked.connect(self._confirm)
        self.no.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.no)
        layout.addWidget(self.yes)
        self.hide()
        self._retranslate()

    def ask(self, question: str, yes: str, act: Callable[[], object], *, danger: bool = True) -> None:
        """Show ``question``; ``act`` is done when it is answered with ``yes``."""
        self._act = act
        self._text.setText(question)
        self.yes.setText(yes)
        self.yes.setProperty("role", "danger" if danger else "primary")
        self.setProperty("danger", danger)
        for widget in (self, self.yes):
            widget.style().polish(widget)
        self.yes.show()
        self.show()
        self.no.setFocus()

    def dismiss(self) -> None:
        self._act = None
        self.hide()

    def _confirm(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.dismiss()
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.no.setText(self.tr("Cancel"))
