"""Fixtures of the tests that need a phone: a real adbd that lives in namespaces of its own (`device.rig.desk`).

The phone's root folder is made once, by ``rig/prepare.sh``, under ``.work`` in the repository. Where it cannot be
made (no root, no Linux, no package archive) these tests are skipped with the reason; with ``CI`` set they fail.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.rig.desk import Desk, RigPhone
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.onboard.install import install
from pocketlens_desktop.phone.transport import Transport

_RIG = Path(__file__).parent / "rig"
_WORK = Path(__file__).parents[2] / ".work" / "test-phone"
_BUILD = Path(__file__).parents[2] / "packaging" / "bundle.py"


@pytest.fixture(scope="session")
def phone_template() -> Path:
    """The root folder that all test phones share."""
    made = subprocess.run(["bash", _RIG / "prepare.sh", _WORK], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        reason = f"no test phone here: {made.stderr.strip().splitlines()[-1] if made.stderr.strip() else 'prepare.sh'}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}\n{made.stderr}")
        pytest.skip(reason)
    return _WORK / "root"


@pytest.fixture
def bare_desk(phone_template: Path) -> Iterator[Desk]:
    """A network of its own without an adb server; the test runs inside it."""
    desk = Desk(phone_template, Path(tempfile.mkdtemp(prefix="pocketlens-desk-")))
    try:
        with desk.entered(), pytest.MonkeyPatch.context() as patch:
            patch.setenv("ADBUTILS_ADB_PATH", str(desk.adb()))
            yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    """An adb server, and nothing plugged in."""
    bare_desk.serve()
    return bare_desk


@pytest.fixture
def phone(desk: Desk) -> RigPhone:
    """One phone, plugged in."""
    phone = desk.phone()
    phone.plug()
    return phone


@pytest.fixture
def transport(phone: RigPhone) -> Transport:
    """The connection to `phone`."""
    return discovery.choose(None)


@pytest.fixture
def full_disk(bare_desk: Desk, tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    place = tmp_path / "full"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.fixture(scope="session")
def phone_bundles() -> Path:
    """The engine for phones with processors like this machine's, built from what is pinned."""
    return _bundle("x86_64")


@pytest.fixture(scope="session")
def arm64_bundles() -> Path:
    """The engine for real phones."""
    return _bundle("arm64-v8a")


def _bundle(abi: str) -> Path:
    out = _WORK.parent / "phone-bundles"
    built = subprocess.run(
        [sys.executable, _BUILD, "phone", "--abi", abi, "--out", out, "--work", _WORK.parent / "phone-bundle"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        pytest.fail(f"the phone's engine could not be built: {built.stderr[-2000:]}")
    return out


def _x86_phone(desk: Desk) -> RigPhone:
    return desk.phone(properties={"ro.product.cpu.abi": "x86_64", "ro.product.cpu.abilist": "x86_64"})


@pytest.fixture(scope="session")
def engine_files(phone_template: Path, phone_bundles: Path, starter: Path) -> Iterator[Path]:
    """What an installation with the starter model leaves on a phone: made once, by a real one."""
    desk = Desk(phone_template, Path(tempfile.mkdtemp(prefix="pocketlens-desk-")))
    with tempfile.TemporaryDirectory(prefix="pocketlens-engine-") as kept:
        try:
            with desk.entered(), pytest.MonkeyPatch.context() as patch:
                patch.setenv("ADBUTILS_ADB_PATH", str(desk.adb()))
                patch.setenv("POCKETLENS_PHONE_BUNDLE", str(phone_bundles))
                desk.serve()
                phone = _x86_phone(desk)
                phone.plug()
                install(discovery.choose(None), starter)
                subprocess.run(["cp", "-a", phone.engine, f"{kept}/pocketlens"], check=True)
        finally:
            desk.close()
        yield Path(kept) / "pocketlens"


@pytest.fixture
def engine_phone(desk: Desk, phone_bundles: Path, monkeypatch: pytest.MonkeyPatch) -> RigPhone:
    """A phone that runs this machine's programs, plugged in, and the engine that can be installed on it."""
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(phone_bundles))
    phone = _x86_phone(desk)
    phone.plug()
    return phone


@pytest.fixture
def ready_phone(engine_phone: RigPhone, engine_files: Path) -> RigPhone:
    """A phone with the engine on it."""
    # Hard links: parts are never written to.
    subprocess.run(["cp", "-al", engine_files, engine_phone.engine], check=True)
    return engine_phone
