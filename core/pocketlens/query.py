"""The query language: plain words, and what can be said beyond them.

    a dog on the beach          what the photo shows; never anything else
    beach -people +sunset       less like one thing, more like another; each goes on to the next such term
    beach -"people in hats"     quotes end a term early, and make anything plain words
    album:Camera  album:"My trip"
    date:2023  date:2023-05  date:2023-05-17  date:2023-05..2023-08  date:2023-05..  date:..2022
    kind:screenshot             photo, screenshot, document, selfie, panorama, video, video-frame
    fav:                        favourites
    text:invoice  text:"毕业证"   photos with these words in them, as a text reader found them
    near:Hangzhou  near:"杭州~50km"  near:Japan  near:30.25,120.16   photos taken around a place, or in a country
    like:1234  like:photo.jpg   like a photo of the catalogue, by its number, or like any picture file
    -kind:screenshot            any of album, date, kind, fav, text and near may be turned around

Two of the same filter mean either of them, different ones all of them. The names are also understood in Chinese
(相册 日期 类型 收藏 文字 地点 相似), and so are the signs, colons, quotes and spaces of a Chinese keyboard. Only these
names make a colon special and only a sign at the start of a word is one, so "12:30", "C++", "wi-fi" and "-18°C" are
plain words.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final, NamedTuple

import msgspec

from pocketlens.errors import QueryInvalid
from pocketlens.kinds import KIND_NAMES, Kind

_QUOTES: Final = {'"': '"', "“": "”", "「": "」", "＂": "＂"}
_MORE, _LESS = "+＋", "-－"
_NAMES: Final = {
    "album": "album", "相册": "album", "相簿": "album",
    "date": "date", "日期": "date", "时间": "date",
    "kind": "kind", "类型": "kind",
    "fav": "fav", "收藏": "fav",
    "like": "like", "相似": "like",
    "text": "text", "文字": "text",
    "near": "near", "地点": "near", "附近": "near",
}  # fmt: skip
_NAME: Final = re.compile(rf"({'|'.join(_NAMES)})[:：]", re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{4})年?(?:(?<=年)(\d{1,2})月|[-/](\d{1,2}))?(?:(?<=月)(\d{1,2})日|[-/](\d{1,2}))?")
# "杭州~50km": the radius is optional, and so is its unit.
_PLACE: Final = re.compile(
    r"(.*\S)\s*[~～]\s*(\d{1,5}(?:\.\d{1,3})?)\s*(?:km|公里|千米)?\s*", re.IGNORECASE | re.DOTALL
)
# More digits than any number of a photo has: a file of that name.
_MOST_DIGITS: Final = 18


class AlbumFilter(msgspec.Struct, frozen=True):
    """Photos of the albums of that name. ``wanted`` False turns a filter around: here and below, all but those."""

    name: str
    wanted: bool = True


class DateFilter(msgspec.Struct, frozen=True):
    """Photos from the start of ``first`` to the end of ``last``; None is open."""

    first: date | None
    last: date | None
    wanted: bool = True

    @property
    def seconds(self) -> tuple[int | None, int | None]:
        """From and, not included, to: seconds since 1970, local time as if it were UTC, as ``taken_at`` is."""
        start = None if self.first is None else calendar.timegm(self.first.timetuple())
        return start, None if self.last is None else calendar.timegm(self.last.timetuple()) + 86_400


class KindFilter(msgspec.Struct, frozen=True):
    """Photos of one kind; with ``wanted`` false, all others."""

    kind: Kind
    wanted: bool = True


class FavouriteFilter(msgspec.Struct, frozen=True):
    """Favourites; with ``wanted`` false, all others."""

    wanted: bool = True


class TextFilter(msgspec.Struct, frozen=True):
    """Photos with these words in them, be it as a part of longer ones."""

    words: str
    wanted: bool = True


class NearFilter(msgspec.Struct, frozen=True):
    """Photos taken around a place: a city, a country, or "latitude,longitude" in degrees.

    ``radius_km`` None is as far as suits the place.
    """

    place: str
    radius_km: float | None = None
    wanted: bool = True


Filter = AlbumFilter | DateFilter | KindFilter | FavouriteFilter | TextFilter | NearFilter


class Query(msgspec.Struct, frozen=True):
    """What is asked for.

    Attributes:
        words: what the photo shows; empty when only filters, terms or ``like`` are given.
        more, less: what to lean towards and away from.
        like: a photo to compare with: its number, or a file with its content.
    """

    words: str = ""
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    like: int | str | None = None
    filters: tuple[Filter, ...] = ()

    def __str__(self) -> str:
        """The query as text that `parse_query` understands as the same."""
        parts = [f"+{quoted(text)}" for text in self.more]
        parts += [f"-{quoted(text)}" for text in self.less]
        parts += [] if self.like is None else [f"like:{self.like if isinstance(self.like, int) else quoted(self.like)}"]
        parts += [_filter_text(one) for one in self.filters]
        words = self.words if _is_plain(self.words, last=not parts) else quoted(self.words)
        return " ".join(filter(None, (words, *parts)))


def both(one: Query, other: Query) -> Query:
    """What either of two queries asks for, as one.

    Raises:
        QueryInvalid: both are to be like a photo.
    """
    if one.like is not None and other.like is not None:
        raise QueryInvalid("Photos can be compared with one photo only.", thing=f"like:{other.like}")
    return Query(
        words=" ".join(filter(None, (one.words, other.words))),
        more=one.more + other.more,
        less=one.less + other.less,
        like=other.like if one.like is None else one.like,
        filters=one.filters + other.filters,
    )


def parse_query(text: str) -> Query:
    """Understand what was typed.

    Raises:
        QueryInvalid: with ``position``, the character that is not understood, counted from 0.
    """
    return _Parser(text).query()


class _Value(NamedTuple):
    text: str
    position: int


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._words: list[str] = []
        self._more: list[str] = []
        self._less: list[str] = []
        self._like: int | str | None = None
        self._filters: list[Filter] = []

    def query(self) -> Query:
        while self._skip_spaces():
            start = self._at
            sign = self._sign()
            name = _NAME.match(self._text, self._at)
            if name:
                self._at = name.end()
                self._filter(_NAMES[name[1].lower()], start, wanted=sign not in _LESS if sign else True)
            elif sign:
                self._term(sign)
            else:
                self._words.append(self._quotation() or self._word())
        words = " ".join(" ".join(self._words).split())
        return Query(words, tuple(self._more), tuple(self._less), self._like, tuple(self._filters))

    def _skip_spaces(self) -> bool:
        """Go to what comes next, if anything does."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._at < len(self._text)

    def _sign(self) -> str:
        """The sign that starts a term, passed; empty, and nothing passed, when it starts a word."""
        sign, after = self._text[self._at], self._text[self._at + 1 : self._at + 2]
        # A number with its sign is a number; "--", "-" and "->" are what they are.
        if sign not in _MORE + _LESS or not (after.isalpha() or after in _QUOTES):
            return ""
        self._at += 1
        return sign

    def _word(self) -> str:
        start = self._at
        while self._at < len(self._text) and not self._text[self._at].isspace():
            self._at += 1
        return self._text[start : self._at]

    def _quotation(self) -> str | None:
        """What is between the quotes that start here, passed; None, and nothing passed, where none do or none end."""
        close = _QUOTES.get(self._text[self._at]) if self._at < len(self._text) else None
        if close is None:
            return None
        found: list[str] = []
        at = self._at + 1
        while at < len(self._text):
            if self._text[at] != close:
                found.append(self._text[at])
                at += 1
            elif self._text[at + 1 : at + 2] == close:  # twice stands for the quote itself
                found.append(close)
                at += 2
            else:
                self._at = at + 1
                return "".join(found)
        return None

    def _starts_term(self) -> bool:
        start = self._at
        signed = bool(self._sign())
        self._at = start
        return signed or _NAME.match(self._text, start) is not None

    def _term(self, sign: str) -> None:
        start = self._at
        quoted = self._quotation()
        if quoted is None:
            if self._text[start] in _QUOTES:
                raise _invalid("This quote is never closed.", start)
            words = [self._word()]
            while self._skip_spaces() and not self._starts_term():
                words.append(self._word())
            quoted = " ".join(words)
        text = " ".join(quoted.split())
        if not text:
            raise _invalid("There is nothing between these quotes.", start)
        (self._more if sign in _MORE else self._less).append(text)

    def _filter(self, name: str, start: int, *, wanted: bool) -> None:
        value = self._value()
        if name == "fav":
            if value.text:
                raise _invalid("Nothing may follow fav: but a space.", value.position)
            self._filters.append(FavouriteFilter(wanted))
        elif not value.text:
            raise _invalid(f"After {self._text[start : self._at].strip()} something is missing.", self._at)
        elif name == "like":
            if not wanted or self._like is not None:
                raise _invalid("like: can be given once, and not be turned around.", start)
            number = value.text.isascii() and value.text.isdigit() and len(value.text) <= _MOST_DIGITS
            self._like = int(value.text) if number else value.text
        elif name == "album":
            self._filters.append(AlbumFilter(value.text, wanted))
        elif name == "kind":
            self._filters.append(KindFilter(_kind(value), wanted))
        elif name == "text":
            self._filters.append(TextFilter(value.text, wanted))
        elif name == "near":
            self._filters.append(NearFilter(*_place(value.text), wanted))
        else:
            self._filters.append(DateFilter(*_dates(value), wanted))

    def _value(self) -> _Value:
        start = self._at
        quoted = self._quotation()
        if quoted is None and self._text[start : start + 1] in _QUOTES:
            raise _invalid("This quote is never closed.", start)
        return _Value(self._word() if quoted is None else quoted, start)


def _kind(value: _Value) -> Kind:
    kind = KIND_NAMES.get(value.text.lower())
    if kind is None:
        raise _invalid(f"There is no such kind: {value.text}.", value.position, f"Kinds are {', '.join(Kind)}.")
    return kind


def _place(text: str) -> tuple[str, float | None]:
    match = _PLACE.fullmatch(text)
    return (text, None) if match is None else (match[1], float(match[2]))


def _dates(value: _Value) -> tuple[date | None, date | None]:
    start, between, end = value.text.partition("..")
    first = _days(start, value)[0] if start else None
    last = _days(end if between else start, value)[1] if end or not between else None
    if first is None and last is None:
        raise _invalid("This is no date.", value.position, _DATE_EXAMPLE)
    if first is not None and last is not None and last < first:
        raise _invalid("This range ends before it starts.", value.position, _DATE_EXAMPLE)
    return first, last


_DATE_EXAMPLE = "Dates are written 2023, 2023-05, 2023-05-17 or 2023-05..2023-08."


def _days(text: str, value: _Value) -> tuple[date, date]:
    """The first and the last day of a year, a month or a day."""
    match = _DAY.fullmatch(text)
    if match is not None:
        year, *rest = match.groups()
        months, days = [part for part in rest[:2] if part], [part for part in rest[2:] if part]
        try:
            if days:
                day = date(int(year), int(months[0]), int(days[0]))
                return day, day
            if months:
                month = int(months[0])
                return date(int(year), month, 1), date(int(year), month, calendar.monthrange(int(year), month)[1])
            return date(int(year), 1, 1), date(int(year), 12, 31)
        except (ValueError, IndexError):  # the 31st of June, a year 0
            pass
    raise _invalid(f"This is no date: {text}.", value.position, _DATE_EXAMPLE)


def _invalid(
    what: str, position: int, remedy: str = 'Put "quotes" around what is meant as plain words.'
) -> QueryInvalid:
    return QueryInvalid(what, thing=f"character {position + 1}", remedy=remedy, position=position)


def _is_plain(words: str, *, last: bool) -> bool:
    """Whether they are understood as they are. A quote that is open may be closed by what follows."""
    if not last and any(word[0] in _QUOTES for word in words.split()):
        return False
    try:
        return parse_query(words) == Query(words)
    except QueryInvalid:
        return False


def quoted(text: str) -> str:
    """``text`` as a term or a value that is taken as it is, whatever it holds."""
    return '"' + text.replace('"', '""') + '"'


def _filter_text(one: Filter) -> str:
    sign = "" if one.wanted else "-"
    if isinstance(one, AlbumFilter):
        return f"{sign}album:{quoted(one.name)}"
    if isinstance(one, DateFilter):
        return f"{sign}date:{one.first or ''}..{one.last or ''}"
    if isinstance(one, TextFilter):
        return f"{sign}text:{quoted(one.words)}"
    if isinstance(one, NearFilter):
        radius = "" if one.radius_km is None else f"~{one.radius_km:g}km"
        return f"{sign}near:{quoted(one.place + radius)}"
    return f"{sign}kind:{one.kind}" if isinstance(one, KindFilter) else f"{sign}fav:"
