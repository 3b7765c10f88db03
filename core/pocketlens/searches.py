"""Saved searches: a query under a name, kept in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pocketlens.catalogue import Catalogue
from pocketlens.errors import QueryInvalid, SearchMissing
from pocketlens.query import Query, parse_query
from pocketlens.sqlite_file import reported

#: What fits a menu and a line of a terminal.
LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """``query`` is text of the query language."""

    name: str
    query: str


def saved_searches(catalogue: Catalogue) -> list[SavedSearch]:
    """All of them, by name."""
    with reported(catalogue.path):
        rows = catalogue.connection.execute("SELECT name, query FROM saved_searches ORDER BY name COLLATE NOCASE, name")
        return [SavedSearch(name, query) for name, query in rows]


def saved_search(catalogue: Catalogue, name: str) -> SavedSearch:
    """The one of that name.

    Raises:
        SearchMissing: there is none.
    """
    with reported(catalogue.path):
        row = catalogue.connection.execute(
            "SELECT name, query FROM saved_searches WHERE name = ?", (name.strip(),)
        ).fetchone()
    if row is None:
        raise SearchMissing("No search is saved under this name.", thing=name)
    return SavedSearch(*row)


def save_search(catalogue: Catalogue, name: str, query: str) -> SavedSearch:
    """Keep a query under a name, in the place of what had that name before.

    Raises:
        QueryInvalid: the query cannot be understood or asks for nothing, or the name is empty or too long.
        CatalogueBusy, CatalogueDamaged, StorageFull
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise QueryInvalid(f"A name has between 1 and {LONGEST_NAME} characters.", thing=name[:LONGEST_NAME])
    asked = parse_query(query)
    if asked == Query():
        raise QueryInvalid("There is nothing to search for.", remedy="Type a few words, in Chinese or English.")
    saved = SavedSearch(name, str(asked))
    with catalogue.transaction() as connection:
        connection.execute(
            "INSERT INTO saved_searches (name, query) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET query = ?2",
            (saved.name, saved.query),
        )
    return saved


def remove_search(catalogue: Catalogue, name: str) -> None:
    """Forget the one of that name; what held it is overwritten.

    Raises:
        SearchMissing: there is none.
        CatalogueBusy, CatalogueDamaged, StorageFull
    """
    with reported(catalogue.path):
        catalogue.connection.execute("PRAGMA secure_delete = ON")
    with catalogue.transaction() as connection:
        if not connection.execute("DELETE FROM saved_searches WHERE name = ?", (name.strip(),)).rowcount:
            raise SearchMissing("No search is saved under this name.", thing=name)
    with reported(catalogue.path):
        # The log of writes still holds the old page otherwise.
        catalogue.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
