"""File names that anybody may have chosen, as the command line shows them."""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketlens.protocol import SourceSpec
from pocketlens_desktop.cli.places import Place, local_time
from pocketlens_desktop.cli.terminal import shown

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="names are bytes only on POSIX")

names = st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name and name not in {b".", b".."})


@given(st.binary())
def test_any_name_is_shown_as_printable_text_without_control_characters(name: bytes) -> None:
    text = shown(name)
    assert text.isprintable()
    text.encode("utf-8")


@given(st.binary())
def test_a_name_is_shown_alike_as_bytes_and_as_the_text_python_makes_of_it(name: bytes) -> None:
    assert shown(name) == shown(name.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("name", ["长城 (1).jpg", "café.jpg", "🐈.png", "a [red]b[/].jpg", "back\\slash.jpg"])
def test_ordinary_names_are_shown_as_they_are(name: str) -> None:
    assert shown(name) == name


@posix_only
@given(names.filter(lambda name: b"/" not in name))
def test_the_exact_bytes_of_a_place_are_never_lost(name: bytes) -> None:
    place = Place.of(SourceSpec(kind="folder", identity=b"/photos"), name)
    whole = b"/photos/" + name
    assert (place.raw or place.file.encode()) == whole
    assert place.uri is not None
    assert unquote_to_bytes(place.uri.removeprefix("file://")) == whole


def test_a_photo_on_a_phone_has_no_link() -> None:
    place = Place.of(SourceSpec(kind="phone", identity=b"SERIAL"), b"DCIM/a.jpg")
    assert (place.file, place.uri) == ("SERIAL:DCIM/a.jpg", None)


@pytest.mark.parametrize("taken_at", [None, -(2**62), 2**62])
def test_a_date_that_no_calendar_holds_is_no_date(taken_at: int | None) -> None:
    assert local_time(taken_at) is None


@given(st.integers(min_value=-(2**33), max_value=2**33))
def test_a_date_is_shown_without_a_zone(taken_at: int) -> None:
    shown_at = local_time(taken_at)
    assert shown_at is not None
    assert shown_at.tzinfo is None


def test_the_file_system_encoding_survives_the_round_trip() -> None:
    assert shown(os.fsencode("小猫.png")) == "小猫.png"
