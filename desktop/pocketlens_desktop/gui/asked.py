"""What the photos page is asked for: what was typed, what chips narrow it to, and what it is to be like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from pocketlens.errors import QueryInvalid
from pocketlens.protocol import PictureVector
from pocketlens.query import Filter, Query, both, parse_query
from pocketlens_desktop.gui.photo_list import Tile


@dataclass(frozen=True)
class Picture:
    """A picture file to search by; its ``vector`` and ``thumbnail`` (JPEG) come when it has been encoded."""

    file: Path
    vector: PictureVector | None = None
    thumbnail: bytes = b""


@dataclass(frozen=True)
class Asked:
    """Everything in force at once.

    Attributes:
        text: as it stands in the search field; it may hold filters of its own.
        filters: chosen by chips.
        like: a photo of the album, or a picture from anywhere, that others are to be like.
    """

    text: str = ""
    filters: tuple[Filter, ...] = ()
    like: Tile | Picture | None = None

    @property
    def query(self) -> Query | None:
        """The text and the chips as one query, without ``like``; None when the text cannot be understood."""
        try:
            return both(parse_query(self.text), Query(filters=self.filters))
        except QueryInvalid:
            return None

    @property
    def sent(self) -> str:
        """What the search is given. Text that it will not understand goes as it is: it knows best why."""
        query = self.query
        return self.text if query is None else str(query)

    @property
    def ranked(self) -> bool:
        """Whether photos are to be ranked. Filters alone are browsed, all of them and by date."""
        query = self.query
        if self.like is not None or query is None:
            return True
        return bool(query.words or query.more or query.less or query.like is not None)

    @property
    def all_filters(self) -> tuple[Filter, ...]:
        """Those of the text and those of the chips."""
        query = self.query
        return query.filters if query is not None else self.filters

    def with_filters(self, filters: tuple[Filter, ...]) -> Asked:
        """With these and no others: the text loses its own."""
        query = self.query
        if query is None:
            return replace(self, filters=filters)
        text = self.text
        if parse_query(self.text).filters:
            text = str(msgspec.structs.replace(query, filters=()))
        return replace(self, text=text, filters=filters)
