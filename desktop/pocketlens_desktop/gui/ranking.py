"""What a search found: the photos best first, with a fold for the weaker matches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from pocketlens.protocol import Results
from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.photo_list import PhotoList, Tile
from pocketlens_desktop.gui.wording import number


class Ranking(QObject):
    """The answer to a search, as it is shown in ``photos``."""

    def __init__(self, photos: PhotoList) -> None:
        super().__init__(photos)
        self._photos = photos
        self._results: Results | None = None
        self._tiles: list[Tile] = []
        self._fold = True

    @property
    def results(self) -> Results | None:
        """The answer in view; None while photos are browsed."""
        return self._results

    def answer(self, results: Results) -> None:
        """This is in view from now on, with its weaker matches folded away. `show` gives its photos."""
        self._results, self._fold = results, True

    def forget(self) -> None:
        """No answer is in view any more."""
        self._results = None

    def show(self, tiles: Sequence[Tile]) -> None:
        """Show these, best first."""
        self._tiles = list(tiles)
        self.show_again()

    def show_again(self) -> None:
        """After something else was shown in their place."""
        self._photos.show_all(list(self._tiles))

    def mark(self, photos: Collection[int], *, favourite: bool) -> None:
        """Know these as favourites, or not, the next time they are shown."""
        self._tiles = [replace(one, favourite=favourite) if one.photo in photos else one for one in self._tiles]

    def fold(self, folded: bool) -> None:
        """Fold the weaker matches away, or show them."""
        self._fold = folded

    def sections(self) -> list[Section]:
        """The strong matches, and a fold with the weaker ones."""
        total = self._photos.rowCount()
        strong = self._strong_matches()
        if not strong:
            title = self.tr("Nothing matches well. These come closest:") if total else ""
            return [Section(0, total, title)]
        sections = [Section(0, strong)]
        if weak := total - strong:
            title = self.tr("Weaker matches: {count}").format(count=number(weak))
            sections.append(Section(strong, weak, title, folded=self._fold, foldable=True))
        return sections

    def _strong_matches(self) -> int:
        """How many photos, from the best on, are not weak."""
        for row in range(self._photos.rowCount()):
            tile = self._photos.tile(row)
            if tile is None or tile.weak:
                return row
        return self._photos.rowCount()
