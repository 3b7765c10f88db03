"""What the window knows of the catalogue is never older than what it last asked about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS
from pocketlens.paths import Home
from pocketlens_desktop.gui.library import Library, Overview


@pytest.fixture
def library(qtbot: QtBot, home: Home) -> Iterator[Library]:
    """Of an empty home."""
    library = Library(home.make())
    yield library
    library.close()


def test_asked_while_it_reads_it_reads_once_more_and_no_oftener(library: Library, qtbot: QtBot) -> None:
    seen: list[Overview] = []
    library.overview_changed.connect(seen.append)
    for _ in range(5):
        library.refresh()
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=PATIENCE_MS)
    # Whatever were still queued would come before this one.
    with qtbot.waitSignal(library.overview_changed, timeout=PATIENCE_MS):
        library.refresh()
    assert len(seen) == 3


def test_what_was_asked_for_while_reading_failed_is_read_too(library: Library, home: Home, qtbot: QtBot) -> None:
    home.catalogue.write_bytes(b"no database" * 1000)
    failures: list[object] = []
    library.failed.connect(failures.append)
    library.refresh()
    library.refresh()
    qtbot.waitUntil(lambda: len(failures) == 2, timeout=PATIENCE_MS)
