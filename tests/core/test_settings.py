"""What the person chose."""

from __future__ import annotations

import pytest

from core.small_album import leftovers
from pocketlens.paths import Home
from pocketlens.settings import Settings, load_settings, save_settings


def test_without_a_file_there_are_the_defaults(home: Home) -> None:
    assert load_settings(home) == Settings()
    assert not home.data.exists()


def test_what_was_saved_is_loaded(home: Home) -> None:
    chosen = Settings(model="vit-b-16", threads=3, theme="dark", language="zh_CN")
    save_settings(home, Settings())
    save_settings(home, chosen)
    assert load_settings(home) == chosen
    assert leftovers(home) == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"theme":"pink"}', b'{"threads":0}'])
def test_a_file_that_says_nothing_of_use_means_the_defaults(home: Home, content: bytes) -> None:
    home.make()
    home.settings.write_bytes(content)
    assert load_settings(home) == Settings()


def test_what_a_newer_version_saved_beside_is_ignored(home: Home) -> None:
    home.make()
    home.settings.write_bytes(b'{"model":"mine","colour_of_the_moon":"blue"}')
    assert load_settings(home) == Settings(model="mine")
