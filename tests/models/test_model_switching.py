"""Changing the model that searches, on a real catalogue with real engines."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from pocketlens.client import EngineClient
from pocketlens.model import read_manifest
from pocketlens.paths import Home
from pocketlens.protocol import Indexed, Results, Role, SourceSpec
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens_models.manifest import write_manifest
from pocketlens_models.profile.measurement import read_profile
from pocketlens_models.switching import SwitchPlan, plan_switch, seconds_to_encode, use_model
from pocketlens_models.verify.samples import drawn_pictures


@pytest.fixture
def second(starter: Path, home: Home) -> Path:
    """The starter under another version: to the catalogue, a model that has seen nothing."""
    folder = Path(shutil.copytree(starter, home.models / "second"))
    write_manifest(folder, msgspec.structs.replace(read_manifest(folder), id="second", version="2"))
    return folder


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three different photos."""
    folder = tmp_path / "album"
    folder.mkdir()
    for number, picture in enumerate(drawn_pictures(3)):
        picture.save(folder / f"{number}.jpg")
    return folder


def index(home: Home, model: Path, album: Path) -> Indexed:
    source = SourceSpec(kind="folder", identity=os.fsencode(album))
    client = EngineClient(Role.INDEX, home=home, model=model)
    try:
        (final,) = [event for event in client.events(client.index([source])) if isinstance(event, Indexed)]
    finally:
        client.close()
    return final


def found(home: Home, model: Path) -> int:
    client = EngineClient(Role.SEARCH, home=home, model=model)
    try:
        (final,) = [event for event in client.events(client.search(text="a photo")) if isinstance(event, Results)]
    finally:
        client.close()
    return len(final.hits)


def test_nothing_needs_encoding_where_nothing_is_indexed(home: Home, starter: Path) -> None:
    plan = plan_switch(starter, home)
    assert (plan.encoded, plan.left) == (0, 0)


def test_a_switch_says_what_it_takes_and_the_old_model_goes_on_meanwhile(
    home: Home, starter: Path, second: Path, album: Path
) -> None:
    index(home, starter, album)
    assert plan_switch(starter, home).left == 0
    plan = plan_switch(second, home)
    assert (plan.model, plan.encoded, list(plan.to_encode.values())) == ("second@2", 0, [3])
    assert next(iter(plan.to_encode)).identity == os.fsencode(album)

    index(home, second, album)
    assert (plan_switch(second, home).encoded, plan_switch(second, home).left) == (3, 0)
    assert plan_switch(starter, home).left == 0, "the old model's vectors are kept"
    assert (found(home, starter), found(home, second)) == (3, 3)


def test_using_a_model_changes_that_one_setting(home: Home) -> None:
    save_settings(home, Settings(theme="dark", threads=2))
    use_model("second", home)
    assert load_settings(home) == Settings(model="second", theme="dark", threads=2)


def test_a_switch_takes_the_longer_the_fewer_threads_it_gets(home: Home, starter: Path, tmp_path: Path) -> None:
    plan = SwitchPlan(model="starter@2", encoded=0, to_encode={SourceSpec("folder", b"/photos"): 1000})
    one, two = (seconds_to_encode(plan, starter, threads) for threads in (1, 2))
    assert one is not None and two is not None
    # The profile's processor time a photo, and 27 ms to read and decode a large one.
    profile = read_profile(starter)
    assert profile.image is not None
    assert one == pytest.approx(profile.image.cpu_ms + 27)
    assert one == pytest.approx(2 * two)
    assert seconds_to_encode(plan, tmp_path, 1) is None, "nobody measured it"
