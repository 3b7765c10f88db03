"""Searching an indexed album with the real text model."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from core.small_album import Indexer, SmallAlbum, known_photos, mark_favourite, photo
from pocketlens.catalogue import Catalogue
from pocketlens.errors import AlbumMissing, NothingIndexed, QueryInvalid
from pocketlens.graph import graph_file
from pocketlens.model import ModelPackage
from pocketlens.protocol import Hit, Results, SearchRequest, SourceSpec
from pocketlens.search import LONGEST_QUERY, MOST_HITS, Searcher
from pocketlens.vectors import VectorModel, VectorSet

Search = Callable[..., Results]


@pytest.fixture
def search(indexer: Indexer, starter_package: ModelPackage) -> Search:
    """Searches in a searcher of its own each time."""

    def search(text: str = "", **options: object) -> Results:
        exact_limit = indexer.exact_limit
        with closing(Searcher(indexer.home, starter_package, exact_limit=exact_limit)) as searcher:
            return searcher.search(SearchRequest(id=1, text=text, **options))  # type: ignore[arg-type]

    return search


def paths(hits: list[Hit]) -> list[str]:
    return [os.fsdecode(hit.path) for hit in hits]


def test_every_photo_is_ranked_best_first(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(12)
    indexer(album.spec)
    found = search("dog", top=12)
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert set(paths(found.hits)) == set(album.files())
    assert (found.request, found.considered) == (1, 12)
    assert found.encode_ms > 0
    assert found.search_ms > 0


def test_a_hit_says_where_the_photo_is_and_which_thumbnail_is_its(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    path = album.write("旅行/a.jpg", 1)
    indexer(album.spec)
    (hit,) = search("dog").hits
    known = known_photos(indexer.home)["旅行/a.jpg"]
    assert (hit.photo, hit.location, hit.album, hit.source) == (known.id, str(path), "旅行", album.spec)
    assert (hit.thumbnail, hit.width, hit.height, hit.copies) == (known.content_hash, 48, 48, 1)


def test_the_same_search_gives_the_same_ranking(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(30)
    indexer(album.spec)
    assert search("dog").hits == search("dog").hits


def test_no_more_than_the_wanted_number_is_given(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(12)
    indexer(album.spec)
    everything = search("dog", top=12).hits
    for top in (1, 5):
        assert paths(search("dog", top=top).hits) == paths(everything)[:top]


def test_strength_is_between_nought_and_one_and_falls_with_the_score(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    album.fill(30)
    indexer(album.spec)
    strengths = [hit.strength for hit in search("dog", top=30).hits]
    assert strengths == sorted(strengths, reverse=True)
    assert 0.0 <= strengths[-1] < strengths[0] <= 1.0


def test_an_only_photo_is_at_full_strength(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    assert search("dog").hits[0].strength == 1.0


# -- which photos --------------------------------------------------------------------------------------------------


def test_copies_are_one_hit_that_says_how_many(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(5)
    for number in range(40):
        album.write(f"copies/{number}.jpg", 99)
    indexer(album.spec)
    for top in (1, 3, 6):
        hits = search("dog", top=top).hits
        assert len(hits) == top
        assert {hit.copies for hit in hits if hit.path.startswith(b"copies/")} <= {40}
    assert sorted(hit.copies for hit in search("dog", top=50).hits) == [1, 1, 1, 1, 1, 40]


def test_a_picture_saved_again_is_one_hit_and_the_others_are_named_the_best_first(
    indexer: Indexer, album: SmallAlbum, search: Search, sample_album: Path
) -> None:
    album.fill(3)
    for side in (400, 300, 200):
        stream = io.BytesIO()
        with Image.open(sample_album / "DCIM" / "Camera" / "IMG_20211114_143355.jpg") as picture:
            picture.thumbnail((side, side))
            picture.save(stream, "JPEG")
        album.write(f"saved/{side}.jpg", stream.getvalue())
    album.write("saved/400 again.jpg", (album.root / "saved" / "400.jpg").read_bytes())
    indexer(album.spec)
    known = known_photos(indexer.home)
    (hit,) = [hit for hit in search("dog", top=20).hits if hit.copies > 1]
    family = {known[f"saved/{name}.jpg"].id: name for name in ("400 again", "400", "300", "200")}
    assert hit.copies == 4
    assert {hit.photo, *hit.members} == set(family)
    assert [family[member] for member in hit.members] == [name for key, name in family.items() if key != hit.photo]


def test_a_burst_is_one_hit_but_the_same_scene_on_another_day_another(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    for number, moment in enumerate(["01 10:00:00", "01 10:00:04", "02 10:00:00"]):
        exif = Image.Exif()
        exif[ExifTags.Base.Model] = "Camera"
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"2024:05:{moment}"
        stream = io.BytesIO()
        with Image.open(io.BytesIO(photo(7, side=200))) as picture:
            picture.save(stream, "JPEG", exif=exif, quality=90 - number)
        album.write(f"{number}.jpg", stream.getvalue())
    indexer(album.spec)
    assert sorted(hit.copies for hit in search("dog").hits) == [1, 2]
    assert sorted(hit.copies for hit in search("date:2024").hits) == [1, 2]


@pytest.mark.parametrize("name", ["lake", "LAKE", "trips/lake", "湖边"])
def test_a_search_can_be_kept_to_albums(indexer: Indexer, album: SmallAlbum, search: Search, name: str) -> None:
    album.write("trips/lake/1.jpg", 1)
    album.write("trips/sea/2.jpg", 2)
    album.write("湖边/3.jpg", 3)
    indexer(album.spec)
    found = search("dog", albums=[name])
    assert paths(found.hits) == ["湖边/3.jpg" if name == "湖边" else "trips/lake/1.jpg"]
    assert found.considered == 1
    assert len(search("dog", albums=[name, "sea"]).hits) == 2
    assert len(search("dog", albums=["photos"]).hits) == 3, "the source's own name stands for all its albums"


def test_an_album_that_does_not_exist_is_named(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(1)
    indexer(album.spec)
    with pytest.raises(AlbumMissing, match="moon"):
        search("dog", albums=["camera", "moon"])


def test_a_photo_finds_itself_and_those_like_it(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(8)
    indexer(album.spec)
    ident = known_photos(indexer.home)["camera/0003.jpg"].id
    best = search(like=ident, top=3).hits[0]
    assert best.photo == ident
    assert best.score == pytest.approx(1.0, abs=2e-3)


def test_photos_that_are_gone_are_not_found_and_leave_their_places_to_others(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage
) -> None:
    album.fill(60)
    indexer(album.spec)
    with closing(Searcher(indexer.home, starter_package)) as searcher:
        request = SearchRequest(id=1, text="dog", top=4)
        before = searcher.search(SearchRequest(id=1, text="dog", top=60)).hits
        for hit in before[:50]:
            album.remove(os.fsdecode(hit.path))
        indexer(album.spec)
        assert paths(searcher.search(request).hits) == paths(before)[50:54]
    with closing(Searcher(indexer.home, starter_package)) as searcher:
        assert paths(searcher.search(request).hits) == paths(before)[50:54]


def test_a_photo_that_became_unreadable_is_not_found(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(3)
    indexer(album.spec)
    album.write("camera/0001.jpg", b"no photo")
    indexer(album.spec)
    assert set(paths(search("dog").hits)) == {"camera/0000.jpg", "camera/0002.jpg"}


def test_an_edited_photo_is_found_by_what_it_shows_now(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(6)
    indexer(album.spec)
    album.write("camera/0001.jpg", 77)
    indexer(album.spec)
    fresh = SmallAlbum(album.root.with_name("fresh"))
    fresh.write("same.jpg", 77)
    indexer(fresh.spec)
    (hit,) = [hit for hit in search("dog", top=20).hits if hit.copies == 2]
    assert hit.path == b"camera/0001.jpg"


def test_photos_indexed_while_a_searcher_is_open_are_found(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage
) -> None:
    with closing(Searcher(indexer.home, starter_package)) as searcher:
        request = SearchRequest(id=1, text="dog")
        with pytest.raises(NothingIndexed):
            searcher.search(request)
        for count in (1, 2, 5):
            album.fill(count)
            indexer(album.spec)
            assert len(searcher.search(request).hits) == count


# -- beyond plain words ---------------------------------------------------------------------------------------------


def test_filters_in_the_query_limit_what_is_compared(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.write("camera/1.jpg", 1)
    album.write("camera/2.jpg", 2)
    album.write("Screenshots/3.jpg", 3)
    album.write("截屏/4.jpg", 4)
    indexer(album.spec)
    mark_favourite(indexer.home, "camera/2.jpg")
    for text, expected in (
        ("dog kind:screenshot", {"Screenshots/3.jpg", "截屏/4.jpg"}),
        ("dog -kind:screenshot", {"camera/1.jpg", "camera/2.jpg"}),
        ("dog fav:", {"camera/2.jpg"}),
        ("dog -fav: album:camera", {"camera/1.jpg"}),
        ("dog album:camera album:截屏", {"camera/1.jpg", "camera/2.jpg", "截屏/4.jpg"}),
        ("dog date:2023", {"camera/1.jpg", "camera/2.jpg", "Screenshots/3.jpg", "截屏/4.jpg"}),
        ("dog date:2023-11-15..", set()),
        ("dog -date:..2023-11-13 kind:photo", {"camera/1.jpg", "camera/2.jpg"}),
    ):
        found = search(text)
        assert (set(paths(found.hits)), found.considered) == (expected, len(expected)), text


def test_an_album_chosen_beside_the_query_limits_it_further(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    album.write("lake/1.jpg", 1)
    album.write("sea/2.jpg", 2)
    indexer(album.spec)
    assert search("dog album:lake", albums=["sea"]).hits == []
    assert paths(search("dog date:2023", albums=["sea"]).hits) == ["sea/2.jpg"]


def test_filters_alone_give_the_newest_first_without_a_model(
    indexer: Indexer, album: SmallAlbum, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(4)
    album.write("camera/copy.jpg", 0)
    indexer(album.spec)
    monkeypatch.setattr("pocketlens.search.TextEncoder", None)
    found = search("date:2023", top=3)
    assert paths(found.hits) == ["camera/copy.jpg", "camera/0003.jpg", "camera/0002.jpg"]
    assert found.considered == 5
    assert not any(hit.weak for hit in found.hits)


def test_leaning_away_from_what_a_photo_shows_moves_it_down(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    album.fill(20)
    indexer(album.spec)
    for text in ("dog", "sunset at the sea"):
        best = paths(search(text, top=20).hits)[0]
        assert paths(search(f'"snow" -{text}', top=20).hits).index(best) > paths(
            search(f"snow +{text}", top=20).hits
        ).index(best)
        turned = search(f"-{text}", top=20).hits
        assert paths(turned)[-1] == best
        assert [hit.score for hit in turned] == sorted((hit.score for hit in turned), reverse=True)


def test_a_thing_taken_from_itself_leaves_every_photo_as_good_as_the_next(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    album.fill(3)
    indexer(album.spec)
    assert len(search('"dog" +dog -dog -dog').hits) == 3


def test_a_file_stands_for_the_photo_with_its_content(
    indexer: Indexer, album: SmallAlbum, search: Search, tmp_path: Path
) -> None:
    album.fill(5)
    indexer(album.spec)
    elsewhere = tmp_path / "a copy.jpg"
    elsewhere.write_bytes(photo(3))
    assert paths(search(f'like:"{elsewhere}"').hits)[0] == "camera/0003.jpg"
    assert search(f'like:"{elsewhere}"').hits == search(like=known_photos(indexer.home)["camera/0003.jpg"].id).hits
    elsewhere.write_bytes(photo(99))
    for name in (str(elsewhere), str(tmp_path), str(tmp_path / "nothing.jpg"), "a\0b"):
        with pytest.raises(QueryInvalid):
            search(f'like:"{name}"')


def test_like_and_words_steer_together(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    album.fill(20)
    indexer(album.spec)
    ident = known_photos(indexer.home)["camera/0003.jpg"].id
    alone, steered = search(f"like:{ident}", top=20).hits, search(f"like:{ident} -dog", top=20).hits
    assert paths(alone) != paths(steered)
    assert set(paths(alone)) == set(paths(steered))


def test_weak_matches_come_last_and_a_photos_own_match_does_not_make_the_others_weak(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    album.fill(30)
    indexer(album.spec)
    ident = known_photos(indexer.home)["camera/0003.jpg"].id
    by_file = search(f'like:"{album.root / "camera/0003.jpg"}"', top=30)
    for found in (search("dog", top=30), search(like=ident, top=30), by_file):
        others = [hit for hit in found.hits if found.hits[0].photo != ident or hit.photo != ident]
        limit = max(0.3, 0.5 * others[0].strength)
        assert [hit.weak for hit in found.hits] == [hit.strength < limit for hit in found.hits]
        assert found.hits[-1].weak


# -- what cannot be searched ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_", [{"text": " \n"}, {"text": "x" * (LONGEST_QUERY + 1)}, {"text": "kind:dog"}, {"like": 12345},
                 {"text": "x", "top": 0}, {"text": "x", "top": MOST_HITS + 1}],
)  # fmt: skip
def test_a_search_that_means_nothing_is_refused(
    indexer: Indexer, album: SmallAlbum, search: Search, request_: dict[str, object]
) -> None:
    album.fill(1)
    indexer(album.spec)
    with pytest.raises(QueryInvalid):
        search(**request_)


def test_before_anything_is_indexed_the_search_says_so_and_makes_no_file(indexer: Indexer, search: Search) -> None:
    with pytest.raises(NothingIndexed, match="Index a folder first"):
        search("dog")
    assert not indexer.home.data.exists()


# -- large albums --------------------------------------------------------------------------------------------------


def test_through_the_graph_the_ranking_is_the_exact_ones(
    indexer: Indexer, album: SmallAlbum, search: Search, starter_package: ModelPackage
) -> None:
    album.fill(120)
    indexer(album.spec)
    exact = {text: search(text, top=10) for text in ("dog", "cat", "sun")}
    indexer.exact_limit = 50
    indexer(album.spec)
    manifest = starter_package.manifest
    model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
    assert graph_file(indexer.home.vectors, model).exists()
    album.write("camera/new.jpg", 1000)
    indexer(album.spec)
    wanted = found = 0
    for text, expected in exact.items():
        got = search(text, top=10)
        assert got.considered == 121
        new = [path for path in paths(got.hits) if path == "camera/new.jpg"]
        best = paths(expected.hits)[: 10 - len(new)]
        wanted += len(best)
        found += len(set(best) & set(paths(got.hits)))
        np.testing.assert_allclose(got.hits[0].score, max(got.hits[0].score, expected.hits[0].score), atol=1e-3)
    assert found >= 0.9 * wanted, f"recall@10 is {found / wanted:.2f}"


def test_a_large_album_searched_for_more_than_the_graph_proposes_gives_them_all(
    indexer: Indexer, album: SmallAlbum, search: Search
) -> None:
    indexer.exact_limit = 20
    album.fill(60)
    indexer(album.spec)
    assert len(search("dog", top=60).hits) == 60


@pytest.mark.parametrize("among", ["", "album:camera "])
def test_of_many_only_the_likely_are_compared_and_the_ranking_is_the_exact_ones(
    among: str, indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(150)
    for number in range(30):
        album.write(f"elsewhere/{number}.jpg", 1000 + number)
    indexer(album.spec)
    texts = [among + text for text in ("dog", "cat", "sun", "red", "雪")]
    compared = watched_comparisons(monkeypatch)
    monkeypatch.setattr("pocketlens.search._LIKELY", 60)
    found = wanted = 0
    with (
        closing(Searcher(indexer.home, starter_package)) as exact,
        closing(Searcher(indexer.home, starter_package, exact_rows=100)) as quick,
    ):
        for text in texts:
            expected = exact.search(SearchRequest(id=1, text=text, top=10))
            compared.clear()
            got = quick.search(SearchRequest(id=1, text=text, top=10))
            assert 60 <= min(compared) < got.considered == expected.considered
            scores = dict(zip(paths(expected.hits), (hit.score for hit in expected.hits), strict=True))
            assert all(
                hit.score == pytest.approx(scores.get(path, hit.score))
                for path, hit in zip(paths(got.hits), got.hits, strict=True)
            )
            found += len(scores.keys() & set(paths(got.hits)))
            wanted += 10
    assert found >= 0.9 * wanted, f"recall@10 is {found / wanted:.2f}"


def test_copies_are_counted_to_the_last_in_a_large_album(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(30)
    for number in range(25):
        album.write(f"copies/{number}.jpg", 3)
    indexer(album.spec)
    monkeypatch.setattr("pocketlens.search._LIKELY", 50)
    with closing(Searcher(indexer.home, starter_package, exact_rows=10)) as searcher:
        hit, *_ = searcher.search(SearchRequest(id=1, text="", like=_photo(indexer, "copies/0.jpg"), top=2)).hits
    assert hit.copies == 26


def _photo(indexer: Indexer, path: str) -> int:
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        return next(photo.id for photo in catalogue.photos() if os.fsdecode(photo.path) == path)


def test_few_that_pass_the_filters_of_a_large_album_are_all_compared(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(40)
    for number in range(12):
        album.write(f"elsewhere/{number}.jpg", 1000 + number)
    indexer(album.spec)
    monkeypatch.setattr("pocketlens.search._LIKELY", 1)
    with closing(Searcher(indexer.home, starter_package, exact_rows=20)) as searcher:
        results = searcher.search(SearchRequest(id=1, text="album:elsewhere dog", top=30))
    assert len(results.hits) == results.considered == 12


def test_a_filter_asked_again_sees_what_changed_meanwhile(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage
) -> None:
    album.fill(6)
    indexer(album.spec)
    with closing(Searcher(indexer.home, starter_package)) as searcher:
        before, again = (searcher.search(SearchRequest(id=1, text="fav: dog")) for _ in range(2))
        assert before.considered == again.considered == 0
        with Catalogue.open(indexer.home.catalogue) as catalogue:
            catalogue.connection.execute("UPDATE photos SET favourite = 1 WHERE id < 3")
        assert searcher.search(SearchRequest(id=1, text="fav: dog")).considered == 2


def watched_comparisons(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos are scored, each time."""
    counts: list[int] = []
    scores_of = VectorSet.scores_of

    def watched(self: VectorSet, rows: np.ndarray, query: np.ndarray) -> np.ndarray:
        counts.append(len(rows))
        return scores_of(self, rows, query)

    monkeypatch.setattr(VectorSet, "scores_of", watched)
    return counts


@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_a_photo_whose_name_is_not_utf8_is_found(indexer: Indexer, album: SmallAlbum, search: Search) -> None:
    (album.root / os.fsdecode(b"caf\xe9.jpg")).write_bytes(photo(1))
    indexer(album.spec)
    (hit,) = search("dog").hits
    assert hit.source == SourceSpec(kind="folder", identity=os.fsencode(album.root))
    assert hit.path == b"caf\xe9.jpg"
    hit.location.encode()
