"""Everything by month: the headers of the grid while browsing, in the order of the photos themselves."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, QObject, Signal

from pocketlens.catalogue import Month
from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.library import Browsed, Library
from pocketlens_desktop.gui.wording import number, translate


class Timeline(QObject):
    """The months of the photos that are browsed.

    Signals:
        changed: the months are here, or are other ones than before.
    """

    changed = Signal()

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._browsed = Browsed()
        self._months: list[Month] = []
        library.months_came.connect(self._months_came)

    def follow(self, browsed: Browsed, photos: int) -> None:
        """Show the months of what is browsed, so many ``photos``; `changed` follows when they are not here yet."""
        if browsed != self._browsed:
            self._browsed, self._months = browsed, []
        if photos != self.photos:
            self._library.fetch_months(browsed)

    @property
    def photos(self) -> int:
        """How many photos the months have."""
        return sum(month.count for month in self._months)

    def sections(self, total: int) -> list[Section]:
        """``total`` photos by month. What is not known yet keeps a header's room, so that little moves when it is."""
        sections: list[Section] = []
        first = 0
        for month in self._months:
            count = min(month.count, total - first)
            if count <= 0:
                break
            sections.append(Section(first, count, month_text(month), note=number(count), choosable=True))
            first += count
        if first < total:
            sections.append(Section(first, total - first, "" if sections else " "))
        return sections

    def _months_came(self, browsed: Browsed, months: list[Month]) -> None:
        if browsed == self._browsed and months != self._months:
            self._months = months
            self.changed.emit()


def month_text(month: Month) -> str:
    """The month as a header says it, in the window's language."""
    if not 1 <= month.year <= 9999:
        return translate("Timeline", "No date")
    form = translate("Timeline", "MMMM yyyy", "QLocale's form of a date: month and year")
    text = QLocale().toString(QDate(month.year, month.month, 1), form)
    return text if month.dated else translate("Timeline", "{month}, by the date of the file").format(month=text)
