"""Choosing a time: what people mean by a word, or a range of months."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pocketlens.catalogue import Month
from pocketlens.query import DateFilter
from pocketlens_desktop.gui.month_histogram import MonthHistogram
from pocketlens_desktop.gui.translated import Translated


class DateChooser(Translated, QWidget):
    """Signals:
    chosen: a `DateFilter`, or None for any time.
    """

    chosen = Signal(object)

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        super().__init__()
        self._today = today
        self.histogram = MonthHistogram()
        self.histogram.chosen.connect(lambda first, last: self.chosen.emit(DateFilter(first, last)))
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.histogram)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setFixedHeight(self.histogram.minimumSizeHint().height() + 14)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._any = QPushButton()
        self._any.setProperty("role", "chip")
        self._any.clicked.connect(lambda: self.chosen.emit(None))
        self.presets = [QPushButton() for _ in range(6)]
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, button in enumerate((*self.presets, self._any)):
            button.setProperty("role", "chip")
            grid.addWidget(button, place // 4, place % 4)
        for place, button in enumerate(self.presets):
            button.clicked.connect(lambda _=False, at=place: self.chosen.emit(self.preset(at)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(grid)
        layout.addWidget(self._scroll)
        layout.addWidget(self._hint)
        self.setFixedWidth(460)
        self._retranslate()

    def show_months(self, months: tuple[Month, ...], chosen: DateFilter | None) -> None:
        """What there is to choose from, and what is chosen."""
        self.histogram.show_months(months)
        self.histogram.show_range(chosen.first if chosen else None, chosen.last if chosen else None)
        self._any.setEnabled(chosen is not None)
        bar = self._scroll.horizontalScrollBar()
        bar.setValue(bar.maximum())

    def preset(self, place: int) -> DateFilter:
        """What one of the words stands for, today."""
        today = self._today()
        month = today.replace(day=1)
        return (
            lambda: DateFilter(today, today),
            lambda: DateFilter(today - timedelta(days=6), today),
            lambda: DateFilter(month, today.replace(day=monthrange(today.year, today.month)[1])),
            lambda: DateFilter((month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
            lambda: DateFilter(date(today.year, 1, 1), date(today.year, 12, 31)),
            lambda: DateFilter(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        )[place]()

    def _retranslate(self) -> None:
        words = (
            self.tr("Today"),
            self.tr("Last 7 days"),
            self.tr("This month"),
            self.tr("Last month"),
            self.tr("This year"),
            self.tr("Last year"),
        )
        for button, text in zip(self.presets, words, strict=True):
            button.setText(text)
        self._any.setText(self.tr("Any time"))
        self._hint.setText(self.tr("Click a month, or drag over several."))
        self.histogram.setAccessibleName(self.tr("Photos by month"))


def dates_text(one: DateFilter) -> str:
    """A span of days in the window's language, as short as it can be said."""
    first, last = one.first, one.last
    if first is not None and last is not None:
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            return str(first.year) if first.year == last.year else f"{first.year} – {last.year}"
        if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
            months = (_said(first, "MMM yyyy"), _said(last, "MMM yyyy"))
            return months[0] if months[0] == months[1] else " – ".join(months)
    days = [_said(day, "") if day else "" for day in (first, last)]
    return days[0] if days[0] == days[1] else " – ".join(days).strip()


def _said(day: date, form: str) -> str:
    when = QDate(day.year, day.month, day.day)
    return QLocale().toString(when, form) if form else QLocale().toString(when, QLocale.FormatType.ShortFormat)
