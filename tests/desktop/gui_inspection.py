"""Looking at every widget of a window: what it is called, where the keyboard goes, whether its text fits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollBar,
    QTextEdit,
    QWidget,
)

INTERACTIVE = (QAbstractButton, QLineEdit, QTextEdit, QComboBox, QAbstractSlider, QAbstractItemView)
#: Roles that say nothing: a screen reader reads the widget as if it were a piece of the background.
_NO_ROLES = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane)


def visible_widgets(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.window() is root.window():
            yield widget


def _part_of_another(widget: QWidget) -> bool:
    """Scroll bars, headers and the insides of combo boxes are read with what they belong to."""
    parent = widget.parentWidget()
    inside = isinstance(parent, QAbstractScrollArea | QComboBox) or (
        parent is not None and isinstance(parent.parentWidget(), QAbstractScrollArea) and isinstance(widget, QScrollBar)
    )
    return isinstance(widget, QScrollBar | QHeaderView) or (inside and isinstance(widget, QAbstractButton))


def nameless(root: QWidget) -> list[str]:
    """Widgets to press, type into, follow or move the focus to that a screen reader has no name or no role for."""
    found = []
    for widget in visible_widgets(root):
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if not (isinstance(widget, (*INTERACTIVE, QProgressBar)) or takes_focus) or _part_of_another(widget):
            continue
        if isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QAbstractItemView):
            continue  # what scrolls a page is no thing of its own
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface is not None, widget
        # Qt has no role for what an application paints by itself, such as a photo: a name must do.
        painted = not isinstance(widget, (*INTERACTIVE, QProgressBar))
        if not interface.text(QAccessible.Text.Name).strip() or (not painted and interface.role() in _NO_ROLES):
            found.append(f"{type(widget).__name__} {interface.role().name} in {type(widget.parentWidget()).__name__}")
    return found


def taken_for_markup(root: QWidget) -> list[str]:
    """Texts of labels that Qt would show as HTML."""
    return [
        label.text()
        for label in root.findChildren(QLabel)
        if label.textFormat() != Qt.TextFormat.PlainText and GuiQt.mightBeRichText(label.text())
    ]


def tab_order(window: QWidget, root: QWidget) -> list[QWidget]:
    """Where the Tab key leads within ``root``, from its first widget on until it leaves ``root`` or comes back."""
    stops = [widget for widget in visible_widgets(root) if _is_stop(widget)]
    assert stops
    first = min(stops, key=lambda widget: _place_in_chain(root, widget))
    first.setFocus(Qt.FocusReason.TabFocusReason)
    order = [first]
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        at = QApplication.focusWidget()
        if at is None or at is first or not root.isAncestorOf(at):
            break
        order.append(at)
    return order


def tab_stops(root: QWidget) -> set[QWidget]:
    """What the Tab key should reach. Of radio-like groups of buttons the one that is chosen stands for all."""
    return {widget for widget in visible_widgets(root) if _is_stop(widget) and not _left_to_its_group(widget)}


def _is_stop(widget: QWidget) -> bool:
    return (
        widget.isEnabled()
        and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.focusProxy() is None
        and not _part_of_another(widget)
    )


def _left_to_its_group(widget: QWidget) -> bool:
    if not isinstance(widget, QAbstractButton) or widget.group() is None:
        return False
    return widget.group().exclusive() and not widget.isChecked()


def _place_in_chain(root: QWidget, wanted: QWidget) -> int:
    widget: QWidget | None = root
    place = 0
    while widget is not None and widget is not wanted and place < 10_000:
        widget, place = widget.nextInFocusChain(), place + 1
    return place


def goes_up(root: QWidget, order: list[QWidget]) -> list[str]:
    """Steps of the focus to something that lies wholly above where it was."""
    boxes = [(widget.mapTo(root, QPoint(0, 0)), widget) for widget in order]
    found = []
    for (before, one), (after, other) in pairwise(boxes):
        if after.y() + other.height() <= before.y():
            found.append(f"{_name(one)} -> {_name(other)}")
    return found


def clipped(root: QWidget) -> list[str]:
    """Labels and buttons whose text has less room than it takes."""
    found = []
    for widget in visible_widgets(root):
        if isinstance(widget, QLabel) and widget.text():
            if widget.wordWrap():
                room = widget.height() >= widget.heightForWidth(widget.width()) - 1
            else:
                room = widget.width() >= widget.sizeHint().width() - 1
            if not room:
                found.append(f"label {widget.text()!r}: {widget.size().toTuple()}")
        elif isinstance(widget, QAbstractButton) and widget.text() and not _part_of_another(widget):
            wanted = QSize(widget.minimumSizeHint().width(), widget.sizeHint().height())
            if widget.width() < wanted.width() - 1 or widget.height() < wanted.height() - 1:
                found.append(f"button {widget.text()!r}: {widget.size().toTuple()}, {wanted.toTuple()}")
    return found


def outside(root: QWidget) -> list[str]:
    """Buttons and labels that are wholly or partly beyond the sides of what they are in, where nobody scrolls."""
    found = []
    for widget in visible_widgets(root):
        parent = widget.parentWidget()
        if isinstance(widget, QAbstractButton | QLabel) and parent is not None and not _part_of_another(widget):
            left, right = widget.x(), widget.x() + widget.width()
            if left < -1 or right > parent.width() + 1:
                found.append(f"{_name(widget)}: {left}..{right} of {parent.width()}")
    return found


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else widget.accessibleName()
    return f"{type(widget).__name__} {text!r}"
