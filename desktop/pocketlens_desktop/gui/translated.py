# ruff: noqa: N802 - methods that Qt names and calls
"""Widgets that say their words anew when the window's language changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent


class Translated:
    """What such a widget is beside its Qt class, which it names after this one."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)  # type: ignore[misc]

    def _retranslate(self) -> None:
        """Give every label, button and accessible name its words. Called by the widget itself when it is built."""
        raise NotImplementedError
