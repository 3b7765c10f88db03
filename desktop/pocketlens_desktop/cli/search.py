"""``pocketlens search``.

The search runs in this process, not in an engine of its own. The process ends right after, so the text
model's memory goes with it, as the design asks; a child would only add one more interpreter start and one
more import of numpy to what the person waits for (tests/bench/cold_search.py: 95 ms more on an idle machine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from pocketlens.catalogue import Catalogue
from pocketlens.errors import AlbumMissing, PictureNotIndexed, QueryInvalid
from pocketlens.paths import Home, default_home
from pocketlens.protocol import Embedded, Hit, PictureVector, Results, Role, SearchRequest
from pocketlens.query import Query, both, parse_query, quoted
from pocketlens.video import duration_text
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.places import Place, local_time
from pocketlens_desktop.cli.records import HitRecord, SearchRecord
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record

if TYPE_CHECKING:
    from cyclopts import Parameter, validators
    from rich.bar import Bar
    from rich.table import Table
    from rich.text import Text

    from pocketlens_desktop.cli.options import Flag

#: Cells of a full strength bar: wide enough to tell 0.1 steps apart (a cell has eight parts).
_BAR_WIDTH = 8


def __getattr__(name: str) -> object:
    """``command``: `search` for cyclopts, which alone reads the annotations. A `plain_search` needs no cyclopts."""
    if name != "command":
        raise AttributeError(name)
    import cyclopts

    from pocketlens_desktop.cli.options import Flag

    globals().update(Parameter=cyclopts.Parameter, validators=cyclopts.validators, Flag=Flag)
    return search


def search(
    *words: str,
    top: Annotated[int, Parameter(name=["--top", "-n"], validator=validators.Number(gte=1, lte=10_000))] = 12,
    album: Annotated[list[str], Parameter(name=["--album", "-a"], negative="")] | None = None,
    date: Annotated[list[str], Parameter(negative="")] | None = None,
    kind: Annotated[list[str], Parameter(negative="")] | None = None,
    fav: Flag = False,
    text: Annotated[list[str], Parameter(negative="")] | None = None,
    near: Annotated[list[str], Parameter(negative="")] | None = None,
    more: Annotated[list[str], Parameter(name="--and", negative="")] | None = None,
    less: Annotated[list[str], Parameter(name="--not", negative="")] | None = None,
    like: str | None = None,
    saved: str | None = None,
    phone: Flag = False,
    json: Flag = False,
) -> int:
    """Find photos from a few words, Chinese or English.

    Everything that the options say can be written among the words, in quotes for the shell:
    "beach -people +sunset date:2023-05..2023-08 kind:photo album:Camera fav:". Filters alone list the newest.

    Parameters
    ----------
    words
        What the photo shows: "a dog on the beach", 身份证. Quotes are not needed.
    top
        How many photos to show.
    album
        Only photos of this album; may be given more than once.
    date
        Only photos of this time: 2023, 2023-05, 2023-05-17, 2023-05..2023-08; may be given more than once.
    kind
        Only photos of this kind: photo, screenshot, document, selfie, panorama, video, video-frame.
    fav
        Only favourites.
    text
        Only photos that show these words, where the extra "ocr" has read them; may be given more than once.
    near
        Only photos taken around this city, country or position: Hangzhou, 杭州~50km, Japan, 30.25,120.16.
    more
        Lean towards this as well: --and sunset.
    less
        Lean away from this: --not people.
    like
        Find photos similar to this one: the number that --json calls "photo", or any picture file.
    saved
        The search of this name (`pocketlens searches`); what else is given narrows it.
    phone
        Only photos of phones. One of several phones is chosen by its name, as an album.
    json
        Write one JSON object in place of a table.
    """
    typed = " ".join(words).strip()
    filters = {"date": date or (), "kind": kind or (), "text": text or (), "near": near or ()}
    query = _asked(typed, filters, fav=fav, more=more or (), less=less or (), like=like)
    query = query if saved is None else both(_saved(saved), query)
    if query == Query():
        raise QueryInvalid("Give words or --like.", remedy="For example: pocketlens search a dog on the beach")
    if phone and album:
        raise QueryInvalid(
            "Give --phone or --album, one of the two.", remedy="An album's photos are on one phone anyway."
        )
    albums = _phones() if phone else list(album or ())
    request = SearchRequest(id=1, text=str(query), top=top, albums=albums)
    found = _search(request, query)
    if json:
        write_record(search_record(request, found, typed=typed))
    elif found.hits:
        ranked = query != Query(filters=query.filters)
        results().print(hit_table(found.hits, compared=found.considered, ranked=ranked))
        _say_how_long(found)
    else:
        messages().print("No photo to show. `pocketlens albums` lists what is indexed.")
    return ExitCode.OK if found.hits else ExitCode.NOTHING_THERE


def _asked(
    text: str,
    filters: Mapping[str, Sequence[str]],
    *,
    fav: bool,
    more: Sequence[str],
    less: Sequence[str],
    like: str | None,
) -> Query:
    """What was typed and what the options say, as one query."""
    typed = parse_query(text)
    if typed.like is not None and like is not None:
        raise QueryInvalid("Give like: or --like, one of the two.")
    options = [f"{name}:{quoted(value)}" for name, values in filters.items() for value in values]
    options += ["fav:"] if fav else []
    options += [] if like is None else [f"like:{quoted(like)}"]
    options += [f"{sign}{quoted(value)}" for sign, values in (("+", more), ("-", less)) for value in values]
    return both(typed, parse_query(" ".join(options)))


def _saved(name: str) -> Query:
    from pocketlens.searches import saved_search

    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        return parse_query(saved_search(catalogue, name).query)


def _phones() -> list[str]:
    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        phones = [source.label for source in catalogue.sources() if source.spec.kind == "phone"]
    if not phones:
        raise AlbumMissing("No phone is indexed yet.", remedy="Plug one in: pocketlens phone index")
    return phones


def _search(request: SearchRequest, query: Query) -> Results:
    from pocketlens.model import loading_package

    home = default_home()
    # Of the package's files only the text model's are read and hashed: nothing else is loaded.
    package = loading_package(chosen_model(home), parts=["text"])
    # Imported here: --help and a mistyped option need neither numpy nor onnxruntime.
    from pocketlens.search import Searcher

    with closing(Searcher(home, package())) as searcher:
        try:
            return searcher.search(request)
        except PictureNotIndexed:
            picture = _encoded(home, Path(str(query.like)).expanduser())
            return searcher.search(msgspec.structs.replace(request, picture=picture))


def _encoded(home: Home, picture: Path) -> PictureVector:
    """A picture that is not indexed, encoded by a process of its own: the image model is never beside the text model.

    Raises:
        UnreadablePhoto
    """
    from pocketlens.client import EngineClient, raise_failed

    with EngineClient(Role.INDEX, home=home, model=chosen_model(home)) as engine:
        (*_, last) = engine.events(engine.embed(picture))
    raise_failed(last)
    assert isinstance(last, Embedded)
    return last.picture


def search_record(request: SearchRequest, found: Results, *, typed: str) -> SearchRecord:
    """What ``--json`` writes for these results."""
    like = parse_query(request.text).like
    return SearchRecord(
        query=shown(typed),
        like=like if isinstance(like, int) else None,
        albums=[shown(name) for name in request.albums],
        considered=found.considered,
        encode_ms=round(found.encode_ms, 3),
        search_ms=round(found.search_ms, 3),
        hits=[_hit_record(rank, hit) for rank, hit in enumerate(found.hits, start=1)],
        asked=shown(request.text),
    )


def _hit_record(rank: int, hit: Hit) -> HitRecord:
    place = Place.of(hit.source, hit.path)
    taken = local_time(hit.taken_at)
    return HitRecord(
        rank=rank,
        photo=hit.photo,
        score=round(hit.score, 5),
        strength=round(hit.strength, 4),
        album=shown(hit.album),
        file=place.file,
        file_base64=place.raw,
        taken_at=taken.isoformat() if taken else None,
        width=hit.width,
        height=hit.height,
        copies=hit.copies,
        weak=hit.weak,
        favourite=hit.favourite,
        members=hit.members,
        place=hit.place,
        place_zh=hit.place_zh,
        duration_ms=hit.duration_ms,
        at_ms=hit.at_ms,
        motion=hit.motion,
        found_text=shown(hit.found_text),
    )


def hit_table(hits: Sequence[Hit], *, compared: int, ranked: bool) -> Table:
    """Photos as a table; a terminal that knows links opens the file on a click.

    ``ranked`` False: by date, since there were filters alone.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    table.add_column("#", justify="right", style="dim")
    if drawn := ranked and results().is_terminal:
        table.add_column("match", no_wrap=True)
    if ranked:
        table.add_column("strength", justify="right", no_wrap=True)
    table.add_column("album", overflow="fold", max_width=28)
    if dated := any(hit.taken_at is not None for hit in hits):
        table.add_column("taken", no_wrap=True)
    table.add_column("file", overflow="fold")
    for rank, hit in enumerate(hits, start=1):
        if hit.weak and rank > 1 and not hits[rank - 2].weak:
            table.add_section()
            table.add_row(*[""] * (len(table.columns) - 1), Text("weaker matches", style="dim"))
        table.add_row(
            str(rank),
            *([strength_bar(hit.strength)] if drawn else []),
            *([f"{hit.strength:.2f}"] if ranked else []),
            Text(shown(hit.album)),
            *([_date(hit)] if dated else []),
            _file_cell(hit),
        )
    if compared > len(hits):
        table.caption = f"{len(hits)} {'best' if ranked else 'newest'} of {compared:,} photos"
    return table


def _date(hit: Hit) -> str:
    taken = local_time(hit.taken_at)
    return f"{taken:%Y-%m-%d}" if taken else ""


def strength_bar(strength: float) -> Bar:
    """How far a hit stands out from the query's ordinary photos, drawn."""
    from rich.bar import Bar

    return Bar(size=1.0, begin=0.0, end=min(max(strength, 0.0), 1.0), width=_BAR_WIDTH, color="green")


def _file_cell(hit: Hit) -> Text:
    from rich.text import Text

    place = Place.of(hit.source, hit.path)
    cell = Text(place.file, style=f"link {place.uri}" if place.uri else "")
    if hit.duration_ms is not None:
        cell.append(f"  {duration_text(hit.at_ms or 0)} of {duration_text(hit.duration_ms)}", style="dim")
    if hit.found_text:
        cell.append(f"  “{shown(hit.found_text)}”", style="italic")
    if hit.copies > 1:
        cell.append(f"  and {hit.copies - 1} more like it", style="dim")
    return cell


def _say_how_long(found: Results) -> None:
    encoded = f"Query encoded in {found.encode_ms:.0f} ms"
    compared = f"{found.considered:,} photos compared in {found.search_ms:.0f} ms"
    messages().print(f"{encoded}, {compared}.", style="dim")
