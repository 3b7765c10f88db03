"""Fixtures of the window's tests: the real window over a fresh home, or over one with the sample album indexed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow
from desktop.gui_windows import closing_windows
from desktop.scripted_adb import ScriptedAdb, scripted_adb
from pocketlens.client import EngineClient
from pocketlens.paths import Home, home_at
from pocketlens.protocol import Indexed, Role, SourceSpec
from pocketlens_desktop.gui.window import MainWindow


@pytest.fixture
def adb(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedAdb]:
    """An adb server of the test's own, which no phone is plugged in to until the test says so."""
    with scripted_adb() as adb:
        adb.devices = ""
        adb.changes.put("")
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb.port))
        yield adb


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot, starter: Path, adb: ScriptedAdb) -> Iterator[OpenWindow]:
    """Opens windows that see the phones of `adb` and no others."""
    with closing_windows(qapp, qtbot, starter) as open_it:
        yield open_it


@pytest.fixture(scope="session")
def indexed_sample(tmp_path_factory: pytest.TempPathFactory, starter: Path, sample_album: Path) -> Home:
    """A home with the sample album indexed by the starter model. Copy it: `indexed_home`."""
    home = home_at(tmp_path_factory.mktemp("sample")).make()
    with EngineClient(Role.INDEX, home=home, model=starter) as engine:
        request = engine.index([SourceSpec("folder", os.fsencode(sample_album))])
        last = list(engine.events(request))[-1]
    assert isinstance(last, Indexed)
    return home


@pytest.fixture
def indexed_home(indexed_sample: Home, tmp_path: Path) -> Home:
    """A home of the test's own with the sample album indexed."""
    shutil.copytree(indexed_sample.data.parent, tmp_path / "indexed")
    return home_at(tmp_path / "indexed")


@pytest.fixture
def window(open_window: OpenWindow, home: Home) -> MainWindow:
    """The window over an empty home."""
    return open_window(home.make())


@pytest.fixture
def browsing(open_window: OpenWindow, indexed_home: Home, qtbot: QtBot) -> MainWindow:
    """The window over the sample album, with its photos in view."""
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    return window
