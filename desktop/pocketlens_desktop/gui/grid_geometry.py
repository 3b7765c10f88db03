"""Where every tile of the photo grid lies. Plain arithmetic: no widgets, no work per photo.

The photos are rows 0..n-1 in sections that follow one another; a section may have a header and may be folded.
Laying out costs time in the number of sections only, so 100,000 photos cost what 10 do.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

GAP = 8
MARGIN = 20
HEADER_HEIGHT = 44


@dataclass(frozen=True)
class Section:
    """``count`` rows from ``first``. An empty ``title`` means no header; ``folded`` hides the rows below it.

    ``note`` is said in the header beside the title. A click on the header of a ``choosable`` one chooses all of it.
    """

    first: int
    count: int
    title: str = ""
    folded: bool = False
    foldable: bool = False
    note: str = ""
    choosable: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle in the grid's own coordinates: pixels from the top left of the whole content."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class _Band:
    """A section as laid out: its header's top, the top of its tiles, and the bottom of all."""

    section: Section
    top: int
    tiles_top: int
    bottom: int


class GridGeometry:
    """The layout of ``sections`` in ``width`` pixels with tiles at least ``tile`` wide; all tiles are square."""

    def __init__(self, sections: list[Section], width: int, tile: int) -> None:
        room = max(width - 2 * MARGIN, tile)
        self.columns = max(1, (room + GAP) // (tile + GAP))
        #: The tile's side: what is left over at the right is shared out, so that rows always fill the width.
        self.side = (room - GAP * (self.columns - 1)) // self.columns
        self._bands: list[_Band] = []
        y = MARGIN // 2
        for section in sections:
            tiles_top = y + (HEADER_HEIGHT if section.title else 0)
            lines = 0 if section.folded else -(-section.count // self.columns)
            bottom = tiles_top + lines * self.pitch
            self._bands.append(_Band(section, y, tiles_top, bottom))
            y = bottom
        self.height = y + MARGIN
        self._tops = [band.top for band in self._bands]
        self._firsts = [band.section.first for band in self._bands]

    @property
    def pitch(self) -> int:
        """From one line of tiles to the next."""
        return self.side + GAP

    @property
    def count(self) -> int:
        last = self._bands[-1].section if self._bands else Section(0, 0)
        return last.first + last.count

    def box(self, row: int) -> Box | None:
        """Where ``row`` is drawn; None when it does not exist or its section is folded."""
        band = self._band_of_row(row)
        if band is None or band.section.folded:
            return None
        line, column = divmod(row - band.section.first, self.columns)
        return Box(MARGIN + column * self.pitch, band.tiles_top + line * self.pitch, self.side, self.side)

    def row_at(self, x: int, y: int) -> int | None:
        """The row whose tile covers a point; None in gaps, margins and headers."""
        band = self._band_at(y)
        if band is None or y < band.tiles_top or x < MARGIN:
            return None
        line, down = divmod(y - band.tiles_top, self.pitch)
        column, along = divmod(x - MARGIN, self.pitch)
        row = band.section.first + line * self.columns + column
        inside = down < self.side and along < self.side and column < self.columns
        return row if inside and row < band.section.first + band.section.count else None

    def rows_between(self, top: int, bottom: int, left: int = 0, right: int = 1 << 30) -> list[int]:
        """The rows whose tiles meet ``top <= y < bottom`` (and ``left <= x < right``), in order."""
        found: list[int] = []
        for band in self._bands_between(top, bottom):
            if band.section.folded:
                continue
            first_line = max(0, (top - band.tiles_top) // self.pitch)
            lines = -(-band.section.count // self.columns)
            last_line = min(lines - 1, (bottom - 1 - band.tiles_top) // self.pitch)
            for line in range(first_line, last_line + 1):
                y = band.tiles_top + line * self.pitch
                if y + self.side <= top:
                    continue
                start = band.section.first + line * self.columns
                stop = min(start + self.columns, band.section.first + band.section.count)
                for row in range(start, stop):
                    x = MARGIN + (row - start) * self.pitch
                    if x < right and x + self.side > left:
                        found.append(row)
        return found

    def headers_between(self, top: int, bottom: int) -> list[tuple[Section, int]]:
        """The sections whose header meets ``top <= y < bottom``, with the header's top."""
        return [
            (band.section, band.top)
            for band in self._bands_between(top, bottom)
            if band.section.title and band.top < bottom and band.top + HEADER_HEIGHT > top
        ]

    def header_at(self, y: int) -> Section | None:
        band = self._band_at(y)
        return band.section if band is not None and band.section.title and y < band.tiles_top else None

    def section_at(self, y: int) -> Section | None:
        """The section that ``y`` is in, header and all."""
        band = self._band_at(y)
        return band.section if band is not None else None

    def sticky_header(self, y: int) -> tuple[Section, int] | None:
        """The header to keep in view while its own lies above ``y``, with the top it has: the next one pushes it up.

        None where there is nothing to keep.
        """
        position = bisect_right(self._tops, y) - 1
        band = self._band_at(y)
        if band is None or not band.section.title or band.top >= y:
            return None
        following = self._bands[position + 1].top if position + 1 < len(self._bands) else self.height
        return band.section, min(y, following - HEADER_HEIGHT)

    def section_beside(self, row: int, direction: int) -> int:
        """The first row of the shown section after that of ``row``, or before it; ``row`` where there is none."""
        position = bisect_right(self._firsts, row) - 1 + direction
        while 0 <= position < len(self._bands):
            section = self._bands[position].section
            if section.count and not section.folded:
                return section.first
            position += direction
        return row

    def step(self, row: int, lines: int) -> int:
        """The row ``lines`` lines below ``row`` (above when negative) in the same column, or as near as there is."""
        box = self.box(row)
        if box is None:
            return self.nearest(row)
        column = (box.x - MARGIN) // self.pitch
        for _ in range(abs(lines)):
            following = self._line_beside(row, 1 if lines > 0 else -1)
            if following is None:
                break
            row = following[0] + min(column, following[1] - 1)
        return row

    def nearest(self, row: int) -> int:
        """``row`` itself when it is shown, else the last shown row before it, else 0."""
        for band in reversed(self._bands):
            if band.section.first <= row and not band.section.folded and band.section.count:
                return min(row, band.section.first + band.section.count - 1)
        return 0

    def shown_after(self, row: int, by: int) -> int:
        """The shown row ``by`` places on; ``row`` where there is none."""
        target = row + by
        return target if self.box(target) is not None else row

    def last_shown(self) -> int:
        return self.nearest(self.count - 1) if self.count else 0

    def _line_beside(self, row: int, direction: int) -> tuple[int, int] | None:
        """First row and length of the line below or above that of ``row``."""
        position = bisect_right(self._firsts, row) - 1
        section = self._bands[position].section
        line = (row - section.first) // self.columns + direction
        while line < 0 or line * self.columns >= section.count:
            position += direction
            if not 0 <= position < len(self._bands):
                return None
            section = self._bands[position].section
            if section.folded or not section.count:
                line = -1
                continue
            line = 0 if direction > 0 else (section.count - 1) // self.columns
        start = section.first + line * self.columns
        return start, min(self.columns, section.first + section.count - start)

    def _band_of_row(self, row: int) -> _Band | None:
        position = bisect_right(self._firsts, row) - 1
        # Empty sections share their first row with the one that follows.
        if row < 0 or position < 0:
            return None
        band = self._bands[position]
        return band if row < band.section.first + band.section.count else None

    def _band_at(self, y: int) -> _Band | None:
        position = bisect_right(self._tops, y) - 1
        if position < 0:
            return None
        band = self._bands[position]
        return band if y < band.bottom else None

    def _bands_between(self, top: int, bottom: int) -> list[_Band]:
        start = max(0, bisect_right(self._tops, top) - 1)
        stop = bisect_right(self._tops, bottom)
        return self._bands[start:stop]
