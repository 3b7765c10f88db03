# ruff: noqa: N802 - methods that Qt names and calls
"""Chips that narrow what is shown: by time, kind and mark, and one for each other filter that was typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget, QWidgetAction

from pocketlens.facets import Facets
from pocketlens.kinds import Kind
from pocketlens.query import AlbumFilter, DateFilter, FavouriteFilter, Filter, KindFilter, NearFilter, Query
from pocketlens_desktop.gui.date_chooser import DateChooser, dates_text
from pocketlens_desktop.gui.flow_layout import FlowLayout
from pocketlens_desktop.gui.focus_order import order_focus
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import kind_name, number, place_text

F = TypeVar("F", AlbumFilter, DateFilter, FavouriteFilter, KindFilter, NearFilter)
#: More than a screen is high are no menu any more; any place can be typed: near:Hangzhou.
_MOST_PLACES = 25


class FilterBar(Translated, QWidget):
    """Shows the filters in force and changes them. What they are is told to it, never kept by it.

    Signals:
        chosen: a tuple of all `Filter` that are to be in force now.
        facets_wanted: a chip is about to be opened, or to say how many photos it stands for.
    """

    chosen = Signal(tuple)
    facets_wanted = Signal()

    def __init__(self, before: Sequence[QWidget], after: Sequence[QWidget]) -> None:
        """``before`` and ``after``: what else is in this row."""
        super().__init__()
        self._filters: tuple[Filter, ...] = ()
        self._facets = Facets()
        self._has_places = False
        self.date_chip = _menu_chip()
        self.dates = DateChooser()
        self.dates.chosen.connect(self._choose_date)
        self._date_menu = QMenu(self.date_chip)
        holder = QWidgetAction(self._date_menu)
        holder.setDefaultWidget(self.dates)
        self._date_menu.addAction(holder)
        self.date_chip.setMenu(self._date_menu)
        self.kind_chip = _menu_chip()
        self.kind_menu = QMenu(self.kind_chip)
        self.kind_chip.setMenu(self.kind_menu)
        self.place_chip = _menu_chip()
        self.place_menu = QMenu(self.place_chip)
        self.place_chip.setMenu(self.place_menu)
        self.place_chip.hide()
        for menu in (self._date_menu, self.kind_menu, self.place_menu):
            # The chip's, which puts its icon behind its text, is handed down otherwise.
            menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            menu.aboutToShow.connect(self.facets_wanted)
        self._date_menu.aboutToShow.connect(self.dates.histogram.setFocus)
        self.favourite_chip = IconPushButton("heart", role="chip")
        self.favourite_chip.setCheckable(True)
        self.favourite_chip.clicked.connect(self._choose_favourites)
        self.favourite_chip.installEventFilter(self)
        self._others: list[QPushButton] = []
        self._after = tuple(after)
        self._layout = FlowLayout(self, spacing=8)
        for widget in (*before, self.date_chip, self.kind_chip, self.place_chip, self.favourite_chip, *after):
            self._layout.addWidget(widget)
        self._retranslate()

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """These are in force."""
        self._filters = filters
        self._show_chips()
        self._show_choices()

    def show_facets(self, facets: Facets) -> None:
        """What there is to choose from."""
        self._facets = facets
        self._show_choices()

    def show_place_chip(self, there: bool) -> None:
        """Whether there are places to choose from. Few albums have any: no chip is there where it could do nothing."""
        self._has_places = there
        self._show_place_chip()

    # -- choosing --------------------------------------------------------------------------------------------

    def _choose_date(self, one: DateFilter | None) -> None:
        self._date_menu.close()
        self._replace(DateFilter, () if one is None else (one,))

    def _choose_kind(self, kind: Kind | None, wanted: bool) -> None:
        kinds = [] if kind is None else [one.kind for one in self._wanted(KindFilter)]
        if kind is not None:
            kinds = [*kinds, kind] if wanted else [one for one in kinds if one is not kind]
        self._replace(KindFilter, tuple(KindFilter(one) for one in kinds))

    def _choose_place(self, place: str) -> None:
        self._replace(NearFilter, (NearFilter(place),) if place else ())

    def _choose_favourites(self, wanted: bool) -> None:
        self._replace(FavouriteFilter, (FavouriteFilter(),) if wanted else ())

    def _replace(self, kind: type[Filter], by: tuple[Filter, ...]) -> None:
        """The wanted filters of one sort give way to others; those that were turned around stay."""
        kept = tuple(one for one in self._filters if not (isinstance(one, kind) and one.wanted))
        self.chosen.emit((*kept, *by))

    def _without(self, one: Filter) -> None:
        self.chosen.emit(tuple(other for other in self._filters if other != one))

    def _wanted(self, kind: type[F]) -> list[F]:
        return [one for one in self._filters if isinstance(one, kind) and one.wanted]

    # -- showing ---------------------------------------------------------------------------------------------

    def _show_chips(self) -> None:
        dates = self._wanted(DateFilter)
        self._show_chip(self.date_chip, ", ".join(map(dates_text, dates)), self.tr("Date"))
        kinds = self._wanted(KindFilter)
        self._show_chip(self.kind_chip, ", ".join(kind_name(one.kind) for one in kinds), self.tr("Kind"))
        places = self._wanted(NearFilter)
        self._show_chip(self.place_chip, ", ".join(one.place for one in places), self.tr("Place"))
        self._show_place_chip()
        self.favourite_chip.setChecked(bool(self._wanted(FavouriteFilter)))
        for chip in self._others:
            self._layout.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._others = [self._other_chip(one) for one in dict.fromkeys(self._filters) if self._is_other(one)]
        # Taken out and put back, so that those before them stay before them.
        for widget in self._after:
            self._layout.removeWidget(widget)
        for widget in (*self._others, *self._after):
            self._layout.addWidget(widget)
        for chip in self._others:
            chip.show()
        order_focus(self._layout)

    def _show_chip(self, chip: QPushButton, chosen: str, name: str) -> None:
        chip.setText(chip.fontMetrics().elidedText(chosen or name, Qt.TextElideMode.ElideRight, 200))
        # What a chip is for is said along with what is chosen, since the look of it alone tells that something is.
        chip.setAccessibleName(f"{name}: {chosen}" if chosen else name)
        chip.setProperty("chosen", "true" if chosen else "false")
        chip.style().polish(chip)

    def _is_other(self, one: Filter) -> bool:
        return not (one.wanted and isinstance(one, DateFilter | KindFilter | NearFilter | FavouriteFilter))

    def _other_chip(self, one: Filter) -> QPushButton:
        chip = IconPushButton("close", role="chip")
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        text = one.name if isinstance(one, AlbumFilter) and one.wanted else str(Query(filters=(one,)))
        chip.setText(chip.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 160))
        chip.setAccessibleName(self.tr("Remove the filter {text}").format(text=text))
        chip.setProperty("chosen", "true")
        chip.clicked.connect(partial(self._without, one))
        return chip

    def _show_choices(self) -> None:
        dates = self._wanted(DateFilter)
        self.dates.show_months(self._facets.months, dates[0] if dates else None)
        self.kind_menu.clear()
        chosen = {one.kind for one in self._wanted(KindFilter)}
        self._add_kind(self.tr("All kinds"), None, None, not chosen)
        self.kind_menu.addSeparator()
        for kind in Kind:
            count = self._facets.kinds.get(kind, 0)
            if count or kind in chosen:
                self._add_kind(kind_name(kind), kind, count, kind in chosen)
        self._show_places()
        favourites = number(self._facets.favourites)
        self.favourite_chip.setToolTip(self.tr("Only favourites: {count}").format(count=favourites))

    def _show_places(self) -> None:
        self.place_menu.clear()
        chosen = {one.place for one in self._wanted(NearFilter)}
        self._add_place(self.tr("Anywhere"), "", not chosen)
        self.place_menu.addSeparator()
        for summary in self._facets.places[:_MOST_PLACES]:
            name = place_text(summary.place)
            self._add_place(f"{name}\t{number(summary.photos)}", name, name in chosen)

    def _show_place_chip(self) -> None:
        self.place_chip.setVisible(self._has_places or bool(self._wanted(NearFilter)))

    def _add_place(self, text: str, place: str, checked: bool) -> None:
        action = QAction(text, self.place_menu)
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(lambda _: self._choose_place(place))
        self.place_menu.addAction(action)

    def _add_kind(self, text: str, kind: Kind | None, count: int | None, checked: bool) -> None:
        action = QAction(text if count is None else f"{text}\t{number(count)}", self.kind_menu)
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(lambda wanted: self._choose_kind(kind, wanted))
        self.kind_menu.addAction(action)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.favourite_chip and event.type() == QEvent.Type.Enter:
            # Its tool tip counts them, a moment later.
            self.facets_wanted.emit()
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        self.favourite_chip.setText(self.tr("Favourites"))
        self.favourite_chip.setAccessibleName(self.tr("Only favourites"))
        self._show_chips()
        self._show_choices()


def _menu_chip() -> IconPushButton:
    chip = IconPushButton("chevron-down", role="chip")
    chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return chip
