"""One smoke test of the bundle that real phones get, its programs emulated: what they compute, not how fast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.small_album import photo
from device.phone_jobs import SPEC, vectors
from device.rig.desk import Desk
from pocketlens.client import EngineClient
from pocketlens.packed_vectors import unpacked
from pocketlens.paths import Home, home_at
from pocketlens.protocol import Indexed, Place, Role
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.onboard.install import installed

PHOTOS = 4


def indexed(home: Home, starter: Path, place: Place) -> dict[bytes, bytes]:
    with EngineClient(Role.INDEX, home=home, model=starter, module="pocketlens_desktop.phone.engine") as engine:
        *_, done = engine.events(engine.index([SPEC], place=place))
        assert isinstance(done, Indexed) and done.added == PHOTOS, done
        assert done.on_phone == (PHOTOS if place is Place.PHONE else 0)
    return vectors(home)


def test_an_arm64_phone_computes_what_the_pc_does(
    desk: Desk, arm64_bundles: Path, monkeypatch: pytest.MonkeyPatch, starter: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(arm64_bundles))
    phone = desk.phone(arm64=True)
    phone.plug()
    for number in range(PHOTOS):
        phone.put(b"DCIM/Camera/%d.jpg" % number, photo(number))
    there = indexed(home_at(tmp_path / "phone"), starter, Place.PHONE)
    here = indexed(home_at(tmp_path / "pc"), starter, Place.PC)
    known = installed(discovery.choose(None))
    assert known is not None and known.abi == "arm64-v8a" and known.parity >= 0.999
    assert here.keys() == there.keys()
    dimension = len(next(iter(here.values()))) - 4
    one, two = (unpacked([found[path] for path in sorted(found)], dimension).floats() for found in (here, there))
    assert (one * two).sum(axis=1).min() >= 0.999
    assert (np.argsort(one @ one[0]) == np.argsort(two @ two[0])).all()
