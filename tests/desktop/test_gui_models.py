"""The models page: what is here and what can be had, installing, downloading from a real server, switching."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from models.hostile_server import Behaviour, HostileServer, hostile_server
from pocketlens.model import read_manifest
from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_desktop.gui.memory_plot import MemoryPlot
from pocketlens_desktop.gui.model_card import ModelCard
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_models import registry
from pocketlens_models.archive import REMARKS, write_archive
from pocketlens_models.manifest import write_manifest
from pocketlens_models.profile.measurement import PROFILE_NAME, profile_package, write_profile
from pocketlens_models.registry import Archive

pytest_plugins = ("desktop.gui_fixtures",)

MODELS = 3


@pytest.fixture(scope="session")
def second_package(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Path:
    """The starter under another name: to the catalogue, a model that has seen nothing."""
    folder = Path(shutil.copytree(starter, tmp_path_factory.mktemp("package") / "second"))
    manifest = read_manifest(folder)
    # An archive brings the remarks along by itself: a manifest that lists them too cannot be packed.
    files = tuple(file for file in manifest.files if file.name not in REMARKS)
    write_manifest(folder, msgspec.structs.replace(manifest, id="second", version="2", title="Second", files=files))
    return folder


@pytest.fixture
def archive(second_package: Path, tmp_path: Path) -> Path:
    """The same as one file."""
    target = tmp_path / "second-2.zip"
    write_archive(second_package, target)
    return target


@pytest.fixture
def server(archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HostileServer]:
    """A web server with the archive, and a registry that knows its address."""
    content = archive.read_bytes()
    with hostile_server(content) as server:
        mirror = f'urls = ["{server.url}"], size = {len(content)}, sha256 = "{hashlib.sha256(content).hexdigest()}"'
        entry = f"""
[[model]]
id = "second"
title = "Second"
languages = ["en"]
licence = "Apache-2.0"
licence_source = ""
upstream = ""
dimension = 512
archive = {{ {mirror} }}
"""
        place = tmp_path / "registry.toml"
        place.write_text(registry._KNOWN.read_text() + entry)
        monkeypatch.setattr(registry, "_KNOWN", place)
        yield server


def card_of(window: MainWindow, qtbot: QtBot, model: str) -> ModelCard:
    window.show_page(MODELS)

    def in_view() -> bool:
        card = window.models_page.card_of(model)
        return card is not None and card.isVisible()

    qtbot.waitUntil(in_view, timeout=PATIENCE_MS)
    card = window.models_page.card_of(model)
    assert card is not None
    return card


def test_the_model_in_use_comes_first_with_its_size_languages_and_licence(window: MainWindow, qtbot: QtBot) -> None:
    card = card_of(window, qtbot, "starter")
    assert card.model.in_use
    for part in ("in use", "English, 中文", "MB on disk", "licence: Apache-2.0"):
        assert part in card.words
    assert not card.use_button.isVisible()


def test_a_model_that_has_to_be_built_says_how(window: MainWindow, qtbot: QtBot) -> None:
    card = card_of(window, qtbot, "chinese-clip-vit-b-16")
    assert "pocketlens models build chinese-clip-vit-b-16 --checkpoint clip_cn_vit-b-16.pt" in card.words
    assert "recommended" in card.words
    assert card.download_button.text() == "Download from…"


@pytest.mark.parametrize("form", ["file", "folder"])
def test_a_model_is_installed_from_a_file_or_a_folder(
    window: MainWindow, qtbot: QtBot, archive: Path, second_package: Path, home: Home, form: str
) -> None:
    window.shelf.install_from(archive if form == "file" else second_package)
    card = card_of(window, qtbot, "second")
    qtbot.waitUntil(card.use_button.isVisible, timeout=PATIENCE_MS)
    assert (home.models / "second" / "model.toml").is_file()


def test_a_file_that_is_no_model_is_refused_with_the_reason(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "holiday.zip").write_bytes(b"not a model")
    window.shelf.install_from(tmp_path / "holiday.zip")
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE_MS)
    assert window.notice.error is not None
    assert window.notice.error.code == "model-corrupt"


def test_a_model_is_downloaded_and_installed(server: HostileServer, window: MainWindow, qtbot: QtBot) -> None:
    card = card_of(window, qtbot, "second")
    QTest.mouseClick(card.download_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.shelf.installed, timeout=PATIENCE_MS):
        assert window.shelf.downloading == "second"
    qtbot.waitUntil(lambda: card_of(window, qtbot, "second").model.usable, timeout=PATIENCE_MS)
    assert window.shelf.downloading == ""


def test_a_download_can_be_stopped_and_goes_on_from_there(
    server: HostileServer, window: MainWindow, qtbot: QtBot
) -> None:
    server.behaviours.append(Behaviour(stall_after=3_000_000))
    card = card_of(window, qtbot, "second")
    QTest.mouseClick(card.download_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(server.stalled.is_set, timeout=PATIENCE_MS)
    assert " MB\n" in card.words
    window.shelf.stop_download()
    qtbot.waitUntil(lambda: not window.shelf.downloading, timeout=PATIENCE_MS)
    assert not window.notice.isVisible()
    with qtbot.waitSignal(window.shelf.installed, timeout=PATIENCE_MS):
        QTest.mouseClick(card.download_button, Qt.MouseButton.LeftButton)
    assert server.ranges[0] is None
    assert server.ranges[-1] is not None


def test_a_model_is_downloaded_from_an_address_that_the_person_has(
    server: HostileServer, archive: Path, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same registry without the address: what a model looks like that has to be built, or got from somebody.
    entry = registry._KNOWN.read_text().replace("archive = {", "# archive = {")
    registry._KNOWN.write_text(entry)
    card = card_of(window, qtbot, "second")
    QTest.mouseClick(card.download_button, Qt.MouseButton.LeftButton)
    form = card.address
    assert form.isVisible()
    assert not form.download_button.isEnabled()
    content = archive.read_bytes()
    form.url.setText(server.url)
    form.size_line.setText(f"{len(content):,} bytes")
    form.sha256.setText("0" * 63)
    assert not form.download_button.isEnabled()
    form.sha256.setText(hashlib.sha256(content).hexdigest().upper())
    with qtbot.waitSignal(window.shelf.installed, timeout=PATIENCE_MS):
        QTest.mouseClick(form.download_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card_of(window, qtbot, "second").model.usable, timeout=PATIENCE_MS)


def test_a_file_that_is_not_what_was_promised_is_not_installed(
    server: HostileServer, archive: Path, window: MainWindow, qtbot: QtBot, home: Home
) -> None:
    promised = Archive(urls=(server.url,), size=len(archive.read_bytes()), sha256="0" * 64)
    with qtbot.waitSignal(window.shelf.failed, timeout=PATIENCE_MS):
        window.shelf.download("second", promised)
    assert window.notice.error is not None
    assert window.notice.error.code == "download-failed"
    assert not (home.models / "second").exists()


@pytest.fixture
def two_models(open_window: OpenWindow, indexed_home: Home, second_package: Path, qtbot: QtBot) -> MainWindow:
    """The window over the sample album, with a second model installed."""
    shutil.copytree(second_package, indexed_home.models / "second")
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    return window


def test_switching_says_what_it_costs_and_does_nothing_until_it_is_confirmed(
    two_models: MainWindow, qtbot: QtBot
) -> None:
    card = card_of(two_models, qtbot, "second")
    QTest.mouseClick(card.use_button, Qt.MouseButton.LeftButton)
    assert card.confirmation.isVisible()
    assert "113 photos have to be looked at once more" in card.words
    assert re.search(r"At its measured speed: about \d+ s\.", card.words)
    QTest.mouseClick(card.confirmation.no, Qt.MouseButton.LeftButton)
    assert not two_models.indexing.working


def test_a_switch_looks_at_the_photos_and_then_searches_with_the_new_model(
    two_models: MainWindow, qtbot: QtBot, indexed_home: Home
) -> None:
    card = card_of(two_models, qtbot, "second")
    QTest.mouseClick(card.use_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(two_models.shelf.chosen, timeout=PATIENCE_MS):
        QTest.mouseClick(card.confirmation.yes, Qt.MouseButton.LeftButton)
        assert load_settings(indexed_home).model == "starter"
    assert load_settings(indexed_home).model == "second"
    two_models.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, two_models)
    assert two_models.photos_page.photos.rowCount() > 0
    qtbot.waitUntil(lambda: card_of(two_models, qtbot, "second").model.in_use, timeout=PATIENCE_MS)


def test_a_setting_changed_after_a_switch_does_not_bring_the_old_model_back(
    window: MainWindow, qtbot: QtBot, second_package: Path, home: Home
) -> None:
    window.shelf.install_from(second_package)
    card = card_of(window, qtbot, "second")
    qtbot.waitUntil(card.use_button.isVisible, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.shelf.chosen, timeout=PATIENCE_MS):
        QTest.mouseClick(card.use_button, Qt.MouseButton.LeftButton)
    window.settings_page.themes.buttons["dark"].click()
    window.close()
    assert (load_settings(home).model, load_settings(home).theme) == ("second", "dark")


def test_a_measured_model_shows_its_memory(
    open_window: OpenWindow, home: Home, second_package: Path, qtbot: QtBot
) -> None:
    folder = Path(shutil.copytree(second_package, home.make().models / "second"))
    write_profile(profile_package(folder, runs=3), folder / PROFILE_NAME)
    window = open_window(home)
    card = card_of(window, qtbot, "second")
    plots = card.findChildren(MemoryPlot)
    assert len(plots) == 2
    assert all("MB private" in plot.accessibleName() for plot in plots)
    assert "while searching" in card.words
