"""``pocketlens searches``: queries that were given a name."""

from __future__ import annotations

from cyclopts import App

from pocketlens.catalogue import Catalogue
from pocketlens.errors import QueryInvalid, SearchMissing
from pocketlens.paths import default_home
from pocketlens.searches import remove_search, save_search, saved_searches
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.records import SavedSearchesRecord, SavedSearchRecord
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record

app = App(name="searches", help="List and keep searches under a name.", help_format="plaintext")


@app.default
def show(*, json: Flag = False) -> int:
    """List the saved searches. `pocketlens search --saved NAME` carries one out.

    Parameters
    ----------
    json
        Write one JSON object in place of text.
    """
    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        saved = saved_searches(catalogue)
    if json:
        write_record(
            SavedSearchesRecord(searches=[SavedSearchRecord(name=shown(s.name), query=shown(s.query)) for s in saved])
        )
    elif saved:
        width = max(len(search.name) for search in saved)
        for search in saved:
            results().print(f"{shown(search.name):<{width}}  {shown(search.query)}", markup=False)
    else:
        messages().print("No search is saved yet: pocketlens searches save NAME WORDS…")
    return ExitCode.OK


@app.command
def save(name: str, /, *words: str, json: Flag = False) -> int:
    """Keep a search under a name, in the place of what had that name before.

    Parameters
    ----------
    name
        What to call it.
    words
        Anything that `pocketlens search` understands among its words.
    json
        Write one JSON object in place of text.
    """
    if not words:
        raise QueryInvalid("Give words to search for.", remedy="For example: pocketlens searches save cats a cat")
    home = default_home()
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        saved = save_search(catalogue, name, " ".join(words))
    if json:
        write_record(SavedSearchRecord(name=shown(saved.name), query=shown(saved.query)))
    else:
        results().print(f"Saved as {shown(saved.name)}: {shown(saved.query)}", markup=False)
    return ExitCode.OK


@app.command
def remove(name: str, /) -> int:
    """Forget a saved search.

    Parameters
    ----------
    name
        What it is called.
    """
    home = default_home()
    if not home.catalogue.exists():
        raise SearchMissing("No search is saved under this name.", thing=shown(name))
    with Catalogue.open(home.catalogue) as catalogue:
        remove_search(catalogue, name)
    results().print(f"Removed {shown(name)}.", markup=False)
    return ExitCode.OK
