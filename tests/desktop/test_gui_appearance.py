"""Themes, languages, sizes and names: what the window looks like and is called, everywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from PySide6.QtCore import QObject, Qt, QTranslator
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

import pocketlens_desktop.gui
from desktop.gui_waiting import PATIENCE_MS, OpenWindow
from pocketlens.kinds import KIND_NAMES, Kind
from pocketlens.paths import Home
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens_desktop.gui.theme import DARK, LIGHT, Colours
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.gui.wording import kind_name
from pocketlens_models import registry

pytest_plugins = ("desktop.gui_fixtures",)

GUI = Path(pocketlens_desktop.gui.__file__).parent
TRANSLATIONS = GUI / "resources" / "translations"


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    channels = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems have their fonts and languages elsewhere"
)
@pytest.mark.parametrize(("fonts", "language"), [("/usr/share/fonts", "zh_CN"), ("/nonexistent", "en")])
def test_a_chinese_system_without_a_chinese_font_gets_words_and_not_boxes(
    tmp_path: Path, fonts: str, language: str
) -> None:
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(
        f"<fontconfig><dir>{fonts}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>", encoding="utf-8"
    )
    asked = """
from PySide6.QtGui import QGuiApplication
from pocketlens_desktop.gui.language import resolve
application = QGuiApplication([])
print(resolve("system"))
"""
    system = {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LANGUAGE": ""}
    qt = {"QT_QPA_PLATFORM": "offscreen", "FONTCONFIG_FILE": str(configuration)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", asked], env=os.environ | system | qt, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == language


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("text", ("window", "surface", "sunken", "hover", "danger_soft", "accent_soft")),
        ("muted", ("window", "surface", "sunken", "hover", "accent_soft")),
        ("danger", ("surface", "danger_soft")),
        ("accent_text", ("window", "surface", "accent_soft")),
        ("on_accent", ("accent", "accent_hover")),
        ("tooltip_text", ("tooltip",)),
    ],
)
def test_text_can_be_read_on_every_ground_it_lies_on(colours: Colours, text: str, grounds: tuple[str, ...]) -> None:
    values = asdict(colours)
    for ground in grounds:
        assert contrast(values[text], values[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_keyboard_focus_can_be_seen(colours: Colours) -> None:
    assert min(contrast(colours.focus, ground) for ground in (colours.window, colours.surface)) >= 3


def test_the_theme_changes_at_once_and_is_kept(open_window: OpenWindow, home: Home, qtbot: QtBot) -> None:
    window = open_window(home.make())
    assert window.palette().window().color() == QColor(LIGHT.window)
    window.settings_page.themes.buttons["dark"].click()
    assert window.palette().window().color() == QColor(DARK.window)
    window.close()
    assert load_settings(home).theme == "dark"


def test_the_language_changes_at_once_and_is_kept(open_window: OpenWindow, home: Home, qtbot: QtBot) -> None:
    window = open_window(home.make())
    assert "Search" in window.photos_page.field.line.placeholderText()
    languages = window.settings_page.languages
    languages.setCurrentIndex(languages.findData("zh_CN"))
    languages.activated.emit(languages.currentIndex())
    qtbot.waitUntil(lambda: "搜索" in window.photos_page.field.line.placeholderText())
    window.close()
    assert load_settings(home).language == "zh_CN"


def test_no_english_is_left_when_the_window_is_chinese(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    save_settings(indexed_home, Settings(language="zh_CN"))
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    for page in range(window.pages.count()):
        window.show_page(page)
    qtbot.waitUntil(lambda: window.models_page.card_of("starter") is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.phones.sightings is not None, timeout=PATIENCE_MS)
    # Names of keys, programs, models, licences, files and languages are the same in every language.
    kept = re.compile(
        r"PocketLens|SHA-256|Ctrl|Shift|Enter|Esc|English|[Ss]tarter|IMG_\w+|https?://\S+"
        r"|pocketlens models build .*|pip install .*"
        r"|[\w./-]*/[\w./\u200b-]*|ms|USB|\b[A-Z0-9]\b|[\d.]+"
    )
    for known in registry.known():
        kept = re.compile(f"{re.escape(known.title)}|{re.escape(known.licence)}|{kept.pattern}")
    texts = {text for widget in window.findChildren(QWidget) for text in texts_of(widget)}
    left = {text for text in texts if re.search(r"[A-Za-z]{3,}", kept.sub("", text))}
    overview = window.library.overview
    names = {album.name for album in overview.albums} | {source.label for source in overview.sources}
    assert {text for text in left if not any(name in text for name in names)} == set()


def texts_of(widget: QWidget) -> list[str]:
    texts = [widget.toolTip(), widget.accessibleName()]
    if isinstance(widget, QAbstractButton | QLabel):
        texts.append(widget.text())
    if isinstance(widget, QLineEdit):
        texts.append(widget.placeholderText())
    return [text for text in texts if text]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_sentence_is_translated(language: str, tmp_path: Path) -> None:
    """Fails when a sentence was added or changed: run lupdate, translate, run lrelease (see the README there)."""
    copy = tmp_path / f"pocketlens_{language}.ts"
    shutil.copy(TRANSLATIONS / copy.name, copy)
    options = ["-no-obsolete", "-locations", "none", "-silent"]
    if language == "en":
        options.append("-pluralonly")
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    sources = sorted(str(path) for path in GUI.glob("*.py"))
    subprocess.run([tool, *sources, *options, "-ts", str(copy)], check=True, capture_output=True)
    messages = ElementTree.parse(copy).getroot().iter("message")
    unfinished = [message.findtext("source") for message in messages if unfinished_in(message)]
    assert unfinished == []


def unfinished_in(message: ElementTree.Element) -> bool:
    translation = message.find("translation")
    return translation is None or translation.get("type") == "unfinished"


def test_the_compiled_translations_are_those_of_the_sources(tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    for source in TRANSLATIONS.glob("*.ts"):
        fresh = tmp_path / source.with_suffix(".qm").name
        subprocess.run([tool, "-silent", str(source), "-qm", str(fresh)], check=True, capture_output=True)
        assert fresh.read_bytes() == source.with_suffix(".qm").read_bytes(), source.name


def test_places_for_values_are_the_same_in_every_translation() -> None:
    for message in ElementTree.parse(TRANSLATIONS / "pocketlens_zh_CN.ts").getroot().iter("message"):
        source = message.findtext("source") or ""
        translation = "".join(message.find("translation").itertext())  # type: ignore[union-attr]
        assert set(re.findall(r"\{\w+\}|%n", source)) == set(re.findall(r"\{\w+\}|%n", translation)), source


def test_the_compiled_translations_load() -> None:
    for name in ("pocketlens_en", "pocketlens_zh_CN"):
        assert QTranslator().load(name, str(TRANSLATIONS))


def test_what_the_window_calls_a_kind_in_chinese_can_be_typed(qapp: QApplication) -> None:
    chinese = QTranslator()
    assert chinese.load("pocketlens_zh_CN", str(TRANSLATIONS))
    qapp.installTranslator(chinese)
    try:
        shown = {kind_name(kind): kind for kind in Kind}
    finally:
        qapp.removeTranslator(chinese)
    assert shown.items() <= KIND_NAMES.items()
    assert not [name for name in shown if name.isascii()]


def test_everything_that_takes_the_keyboard_has_a_name(browsing: MainWindow) -> None:
    nameless = [
        widget
        for widget in browsing.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QSlider | QAbstractItemView)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not widget.objectName().startswith("qt_")
        and widget.window() is browsing
        and not widget.isHidden()
        and not isinstance(widget, QHeaderView)
        and not any(isinstance(parent, QComboBox) for parent in parents_of(widget))
    ]
    assert nameless == []


def parents_of(widget: QWidget) -> list[QObject]:
    parents: list[QObject] = []
    parent = widget.parent()
    while parent is not None:
        parents.append(parent)
        parent = parent.parent()
    return parents


def test_photos_are_named_for_screen_readers(browsing: MainWindow) -> None:
    index = browsing.photos_page.photos.index(0)
    tile = browsing.photos_page.photos.tile(0)
    assert tile is not None
    assert tile.name in index.data(Qt.ItemDataRole.AccessibleTextRole)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_page_fits_in_900_by_600(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot, language: str
) -> None:
    save_settings(indexed_home, Settings(language=language))  # type: ignore[arg-type]
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    window.resize(900, 600)
    for page in range(window.pages.count()):
        window.show_page(page)
        assert window.minimumSizeHint().width() <= 900
        assert window.minimumSizeHint().height() <= 600
    assert (window.width(), window.height()) == (900, 600)


def test_the_window_comes_back_as_it_was_left(open_window: OpenWindow, home: Home) -> None:
    first = open_window(home.make())
    first.resize(1010, 660)
    first.photos_page.grid.set_tile_size(240)
    first.close()
    second = open_window(home)
    assert second.photos_page.grid.tile_size() == 240


def test_the_window_comes_back_with_the_album_the_page_and_the_panel_it_was_left_with(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    first = open_window(indexed_home)
    qtbot.waitUntil(lambda: first.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    album = max(first.library.overview.albums, key=lambda album: album.photos)
    first.photos_page.choose_album(album)
    first.viewer.show_info(True)
    first.show_page(1)
    first.close()
    second = open_window(indexed_home)
    assert second.pages.currentIndex() == 1
    assert second.viewer.shows_info
    qtbot.waitUntil(lambda: second.photos_page.album is not None, timeout=PATIENCE_MS)
    assert second.photos_page.album == album


def test_an_album_that_is_gone_is_not_come_back_to(open_window: OpenWindow, indexed_home: Home, qtbot: QtBot) -> None:
    first = open_window(indexed_home)
    qtbot.waitUntil(lambda: first.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    first.photos_page.choose_album(msgspec.structs.replace(first.library.overview.albums[0], path=b"renamed"))
    first.close()
    second = open_window(indexed_home)
    qtbot.waitUntil(lambda: second.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    assert second.photos_page.album is None
