"""The query language: what is understood, what stays plain words, and what is refused where."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pocketlens.errors import QueryInvalid
from pocketlens.kinds import Kind
from pocketlens.query import (
    AlbumFilter,
    DateFilter,
    FavouriteFilter,
    KindFilter,
    NearFilter,
    Query,
    TextFilter,
    parse_query,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: " ".join(text.split()))
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
DATES = st.lists(st.dates(), min_size=2, max_size=2).map(sorted)
FILTERS = st.one_of(
    st.builds(AlbumFilter, VALUES, st.booleans()),
    st.builds(KindFilter, st.sampled_from(Kind), st.booleans()),
    st.builds(FavouriteFilter, st.booleans()),
    st.builds(TextFilter, VALUES, st.booleans()),
    # A place of this name with a radius would be written the same.
    st.builds(NearFilter, VALUES.filter(lambda text: "~" not in text and "～" not in text), st.none(), st.booleans()),
    st.builds(NearFilter, st.just("杭州"), st.integers(1, 20_000).map(float), st.booleans()),
    st.builds(lambda days, wanted: DateFilter(days[0], days[1], wanted), DATES, st.booleans()),
    st.builds(lambda day, wanted: DateFilter(day, None, wanted), st.dates(), st.booleans()),
    st.builds(lambda day, wanted: DateFilter(None, day, wanted), st.dates(), st.booleans()),
)
TERMS = st.lists(WORDS.filter(bool), max_size=3).map(tuple)
LIKES = st.one_of(st.none(), st.integers(0, 10**18 - 1), VALUES.filter(lambda text: not text.isdigit()))
QUERIES = st.builds(Query, WORDS, TERMS, TERMS, LIKES, st.lists(FILTERS, max_size=4).map(tuple))
# Text that is likely to come near the language.
TYPED = st.lists(
    st.one_of(
        st.sampled_from(
            [*'+-＋－:："“”「」.  　', "album", "date", "kind:", "fav:", "like:", "2023", "日期：", "截图"]
        ),
        st.text(max_size=3),
    )
).map("".join)


@pytest.mark.parametrize(
    "words",
    [
        "a dog on the beach", "毕业证", "at 12:30", "C++ code", "wi-fi password", "-18°C", "a - b", "-- x", "->",
        "5\" screen", "re:zero", "http://example.org", "C:\\photos", "rock & roll", "x+y", "1-2", "12：30",
        "albums: mine", '"', "+1", "…",
    ],
)  # fmt: skip
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert parse_query(words) == Query(words)
    assert str(parse_query(words)) == words


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("beach -people", Query("beach", less=("people",))),
        ("beach -people in hats +sunset sky", Query("beach", more=("sunset sky",), less=("people in hats",))),
        ('beach -"people" at noon', Query("beach at noon", less=("people",))),
        ("海滩　－人　＋日落", Query("海滩", more=("日落",), less=("人",))),
        ("-people", Query(less=("people",))),
        ("-people fav: dog", Query("dog", less=("people",), filters=(FavouriteFilter(),))),
        ("a -sign of album:x b", Query("a b", less=("sign of",), filters=(AlbumFilter("x"),))),
        ('"-not" a term', Query("-not a term")),
        ('"album:x"', Query("album:x")),
        ('album:"my trip" lake', Query("lake", filters=(AlbumFilter("my trip"),))),
        ("相册：“我的 旅行” 湖", Query("湖", filters=(AlbumFilter("我的 旅行"),))),
        ("ALBUM:Camera", Query(filters=(AlbumFilter("Camera"),))),
        ('album:"the ""best"""', Query(filters=(AlbumFilter('the "best"'),))),
        ("album:12:30", Query(filters=(AlbumFilter("12:30"),))),
        ("kind:screenshot", Query(filters=(KindFilter(Kind.SCREENSHOT),))),
        ("类型：截图", Query(filters=(KindFilter(Kind.SCREENSHOT),))),
        ("dog -kind:Document", Query("dog", filters=(KindFilter(Kind.DOCUMENT, wanted=False),))),
        ("fav: -fav: +fav:", Query(filters=(FavouriteFilter(), FavouriteFilter(wanted=False), FavouriteFilter()))),
        ("text:invoice", Query(filters=(TextFilter("invoice"),))),
        ('-text:"毕业 证" 照片', Query("照片", filters=(TextFilter("毕业 证", wanted=False),))),
        ("文字：发票", Query(filters=(TextFilter("发票"),))),
        ("near:Hangzhou lake", Query("lake", filters=(NearFilter("Hangzhou"),))),
        ("地点：杭州～50公里", Query(filters=(NearFilter("杭州", 50.0),))),
        ('near:"New York ~ 7.5 km"', Query(filters=(NearFilter("New York", 7.5),))),
        ("-near:30.25,120.16~5", Query(filters=(NearFilter("30.25,120.16", 5.0, wanted=False),))),
        ("like:123", Query(like=123)),
        ('like:"a b.jpg" -night', Query(like="a b.jpg", less=("night",))),
    ],
)
def test_what_goes_beyond_plain_words_is_understood(text: str, query: Query) -> None:
    assert parse_query(text) == query


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-05-17", date(2023, 5, 17), date(2023, 5, 17)),
        ("2023/5/7", date(2023, 5, 7), date(2023, 5, 7)),
        ("2023-05..2023-08", date(2023, 5, 1), date(2023, 8, 31)),
        ("2023-12-24..2024", date(2023, 12, 24), date(2024, 12, 31)),
        ("2023..", date(2023, 1, 1), None),
        ("..2022-06", None, date(2022, 6, 30)),
        ("2023年", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023年5月..2023年8月9日", date(2023, 5, 1), date(2023, 8, 9)),
        ("２０２３", date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_a_date_is_a_year_a_month_a_day_or_a_range_of_them(text: str, first: date | None, last: date | None) -> None:
    assert parse_query(f"date:{text}") == Query(filters=(DateFilter(first, last),))


def test_a_range_of_dates_includes_its_last_day() -> None:
    assert DateFilter(date(1970, 1, 1), date(1970, 1, 2)).seconds == (0, 2 * 86_400)
    assert DateFilter(None, None).seconds == (None, None)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('-"people', 1), ('a -"  "', 3), ("album:", 6), ('album:"x', 6), ("album: x", 6), ("kind:dog", 5),
        ("fav:yes", 4),
        ("date:tomorrow", 5), ("date:2023-13", 5), ("date:2023-02-30", 5), ("date:..", 5), ("date:2024..2023", 5),
        ("date:0000", 5), ("date:2023..x", 5), ("date:2023年5", 5), ("a like:1 like:2", 9), ("-like:1", 0),
        ("date:...", 5),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_and_says_where(text: str, position: int) -> None:
    with pytest.raises(QueryInvalid) as refused:
        parse_query(text)
    assert refused.value.position == position
    assert f"character {position + 1}" in str(refused.value)


@given(TYPED)
@example("date:²")
@example('like:"')
def test_whatever_is_typed_is_understood_or_refused_at_a_character_of_it(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryInvalid as refused:
        assert refused.position is not None
        assert 0 <= refused.position <= len(text)
    else:
        assert parse_query(str(query)) == query


@given(QUERIES)
@example(Query('"', less=("0",)))
def test_a_query_written_out_is_understood_as_the_same(query: Query) -> None:
    assert parse_query(str(query)) == query
