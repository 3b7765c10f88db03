# ruff: noqa: N802 - methods that Qt names and calls
"""The window's own line icons, in the colours of the theme in use."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

#: Device pixels an icon is drawn at: 20 logical pixels at 100, 150, 200 and 300 %.
_SIZES = (20, 30, 40, 60)


@cache
def _source(name: str) -> str:
    return resources.files(__package__).joinpath(f"resources/icons/{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, colour: str, pixels: int) -> QPixmap:
    """The icon ``name`` as a square of device pixels. Drawn once: a change of theme asks for some thousand."""
    key = f"pocketlens/{name}/{colour}/{pixels}"
    result = QPixmap()
    if QPixmapCache.find(key, result):
        return result
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing = _source(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    QPixmapCache.insert(key, result)
    return result


def icon(name: str, *, normal: str, checked: str | None = None, disabled: str | None = None) -> QIcon:
    """The icon ``name`` in colours such as ``#17201f`` for its states."""
    result = QIcon()
    for pixels in _SIZES:
        result.addPixmap(pixmap(name, normal, pixels))
        result.addPixmap(pixmap(name, disabled or normal, pixels), QIcon.Mode.Disabled)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
            result.addPixmap(pixmap(name, checked or normal, pixels), mode, QIcon.State.On)
    return result


def window_icon() -> QIcon:
    """The program's mark."""
    drawing = resources.files(__package__).joinpath("resources/logo.svg").read_bytes()
    result = QIcon()
    for pixels in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_mark(drawing, pixels))
    return result


def _mark(drawing: bytes, pixels: int) -> QPixmap:
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return result


def themed(name: str) -> QIcon:
    """The icon ``name`` in the application's present colours."""
    colours = QGuiApplication.palette()
    return icon(
        name,
        normal=colours.color(QPalette.ColorRole.PlaceholderText).name(),
        checked=colours.color(QPalette.ColorRole.Link).name(),
        disabled=colours.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name(),
    )


class IconButton(QToolButton):
    """A tool button that shows an icon of ours and paints it anew when the theme changes.

    The caller gives its accessible name and tool tip with `describe`, since an icon says nothing by itself.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, role: str = "icon", colour: str = "") -> None:
        super().__init__(parent)
        self._name = name
        self._colour = colour
        self.setProperty("role", role)
        self.setIconSize(QSize(20, 20))
        self.setAutoRaise(True)
        self._paint_icon()

    def show_icon(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self._paint_icon()

    def describe(self, text: str, shortcut: str = "") -> None:
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({shortcut})" if shortcut else text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_name"):
            self._paint_icon()
        super().changeEvent(event)

    def _paint_icon(self) -> None:
        self.setIcon(icon(self._name, normal=self._colour) if self._colour else themed(self._name))


class IconPushButton(QPushButton):
    """A labelled button with an icon in the colour of its label."""

    def __init__(self, name: str, parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(parent)
        self._name = name
        self.setProperty("role", role)
        self.setIconSize(QSize(18, 18))
        self._paint_icon()

    def show_icon(self, name: str) -> None:
        self._name = name
        self._paint_icon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_name"):
            self._paint_icon()
        super().changeEvent(event)

    def _paint_icon(self) -> None:
        roles = {"primary": QPalette.ColorRole.HighlightedText, "link": QPalette.ColorRole.Link}
        role = roles.get(str(self.property("role")), QPalette.ColorRole.Text)
        colours = QGuiApplication.palette()
        faint = colours.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name()
        self.setIcon(icon(self._name, normal=colours.color(role).name(), disabled=faint))
