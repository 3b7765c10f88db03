"""``pocketlens demo``: the whole way from a folder to answers, on the sample album that comes along.

It uses the same engine processes as the window: one that indexes, then one that searches.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pocketlens.client import EngineClient, raise_failed
from pocketlens.errors import AlbumMissing, EngineDied
from pocketlens.paths import Home, default_home, home_at
from pocketlens.protocol import Failed, Hit, Indexed, Results, Role
from pocketlens_desktop.cli.display import display_named
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.index import summary_of
from pocketlens_desktop.cli.indexing import IndexingJob, run_indexing
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.places import folder_source
from pocketlens_desktop.cli.terminal import messages, results, shown
from pocketlens_desktop.cli.window import open_window
from pocketlens_desktop.sample import ALBUM, SOURCES

if TYPE_CHECKING:
    from rich.table import Table

QUERIES: Final = (
    "a dog in the autumn woods",
    "boats on a lake at sunset",
    "a café receipt",
    "雪山前的一匹马",
    "身份证",
    "聊天截图",
)

#: Photos shown for each query: what a person takes in at a glance.
_SHOWN: Final = 3


def demo(*, window: bool = True) -> int:
    """Index the sample album, run three searches in English and three in Chinese, and open the window.

    Parameters
    ----------
    window
        Open the window at the end, where there is a display.
    """
    if not ALBUM.is_dir():
        raise AlbumMissing(
            "The sample album did not come with this installation.",
            thing=shown(str(ALBUM)),
            remedy="Index a folder of your own: pocketlens index FOLDER",
        )
    home = home_at(default_home().cache / "demo")
    # The person's own choice of model, but a catalogue of the demo's own.
    model = chosen_model(default_home())
    say = messages().print
    say(f"Sample album: {shown(str(ALBUM))}")
    say(f"Kept apart from your own photos, in {shown(str(home.data.parent))}\n")
    done, unreadable = run_indexing(IndexingJob(sources=(folder_source(ALBUM),)), home=home, model=model)
    if done.cancelled:
        return ExitCode.INTERRUPTED
    say(f"Indexed: {_speed(done)}")
    if unreadable:
        say(f"{len(unreadable)} could not be read: the album holds damaged files on purpose.")
    say()
    results().print(answer_table(ask(QUERIES, home=home, model=model)))
    if window and display_named() and not os.environ.get("CI"):
        say("Opening the window; close it to end the demo.")
        return open_window(home, model)
    return ExitCode.OK


def _speed(done: Indexed) -> str:
    encoded = done.added + done.changed
    rate = f" {encoded / done.elapsed_s:.1f} photos a second." if encoded and done.elapsed_s else ""
    return f"{summary_of(done)}{rate}"


def ask(queries: Sequence[str], *, home: Home, model: Path) -> dict[str, Results]:
    """Put queries to one search engine, one after the other.

    Raises:
        PocketLensError: the engine's own typed errors, or `EngineDied`.
    """
    client = EngineClient(Role.SEARCH, home=home, model=model)
    try:
        return {query: _answer(client, query) for query in queries}
    finally:
        client.close()


def _answer(client: EngineClient, query: str) -> Results:
    for event in client.events(client.search(query, top=_SHOWN)):
        match event:
            case Failed():
                raise_failed(event)
            case Results():
                return event
    raise EngineDied("The engine ended before it answered.", thing=query, remedy="Run the demo again.")


def answer_table(answers: dict[str, Results]) -> Table:
    """Each query with its best photos (what they show, file name, strength, cosine), and the time it took."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    subjects = sample_subjects()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=True, caption_justify="left")
    table.add_column("query", style="bold")
    for place in ("first", "second", "third")[:_SHOWN]:
        table.add_column(place, overflow="fold")
    table.add_column("encode", justify="right", no_wrap=True)
    table.add_column("search", justify="right", no_wrap=True)
    for query, found in answers.items():
        cells = [_cell(hit, subjects) for hit in found.hits]
        cells += [""] * (_SHOWN - len(cells))
        table.add_row(query, *cells, f"{found.encode_ms:.1f} ms", f"{found.search_ms:.1f} ms")
    table.caption = (
        "Numbers: strength (how far a photo stands out among all for this query, 0 to 1) and cosine.\n"
        "The first query of a process loads the text model."
    )
    return table


def _cell(hit: Hit, subjects: dict[str, str]) -> str:
    name = os.path.basename(hit.path)  # noqa: PTH119 - bytes
    subject = subjects.get(os.fsdecode(hit.path).replace(os.sep, "/"), "")
    return "\n".join(filter(None, (subject, shown(name), f"{hit.strength:.2f} · {hit.score:.3f}")))


def sample_subjects() -> dict[str, str]:
    """What each sample photo shows, in English, by its path in the album."""
    sources = tomllib.loads(SOURCES.read_text(encoding="utf-8"))
    return {entry["path"]: entry["en"] for entry in sources["file"]}
