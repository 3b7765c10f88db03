"""Fixtures of the tests that need a phone: a real adbd that lives in namespaces of its own (`device.rig.desk`).

The phone's root folder is made once, by ``rig/prepare.sh``, under ``.work`` in the repository. Where it cannot be
made (no root, no Linux, no package archive) these tests are skipped with the reason; with ``CI`` set they fail.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.rig.desk import Desk, RigPhone
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.transport import Transport

_RIG = Path(__file__).parent / "rig"
_WORK = Path(__file__).parents[2] / ".work" / "test-phone"


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
