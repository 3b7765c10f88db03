"""Keys that do something wherever the focus is within a widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def add_shortcuts(widget: QWidget, *actions: tuple[str | QKeySequence.StandardKey, Callable[[], object]]) -> None:
    """Let each of these keys do its action while ``widget``, or something in it, has the focus."""
    for keys, action in actions:
        shortcut = QShortcut(QKeySequence(keys), widget)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)
