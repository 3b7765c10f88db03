"""``pocketlens doctor`` and ``pocketlens gui`` on machines that lack something."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.cli_command import Command
from pocketlens_desktop.cli.display import silent_display
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.machine_checks import usb_access
from pocketlens_desktop.cli.records import CheckRecord, DoctorRecord
from pocketlens_desktop.cli.window import APT_PACKAGES, APT_REMEDY, LIBRARIES, absent_libraries, to_install

pytest_plugins = ("desktop.cli_fixtures",)


def checks_of(record: dict[str, Any]) -> dict[str, Any]:
    return {check["name"]: check for check in record["checks"]}


@pytest.fixture
def without(pocketlens: Command, tmp_path: Path) -> Any:
    """Hides an import from the command: a package of that name, ahead of the real one, that fails as asked."""

    def hide(name: str, message: str) -> Command:
        package = tmp_path / "hidden" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise ImportError({message!r}, name={name!r})\n")
        paths = [str(tmp_path / "hidden"), pocketlens.environment.get("PYTHONPATH", "")]
        pocketlens.more["PYTHONPATH"] = ":".join(filter(None, paths))
        return pocketlens

    return hide


def test_a_machine_with_everything_passes_and_nothing_is_written(pocketlens: Command) -> None:
    record = pocketlens.json("doctor")
    checked = msgspec.convert(record, DoctorRecord)
    assert checked.ok
    for name in ("Python", "onnxruntime", "telemetry off", "model", "catalogue", "data folder", "window (Qt)"):
        assert checks_of(record)[name]["ok"], name
    assert "hashes match" in checks_of(record)["model"]["detail"]
    assert not pocketlens.home.exists()


def test_people_see_the_same_checks_as_a_table(pocketlens: Command) -> None:
    said = pocketlens("doctor")
    assert said.returncode == ExitCode.OK, said.stdout
    assert "[ok]" in said.stdout
    assert "Everything that searching needs is here." in said.stdout


def test_a_missing_requirement_fails_with_the_command_that_mends_it(without: Any) -> None:
    record = without("usearch", "No module named 'usearch'").json("doctor", code=ExitCode.FAILED)
    assert record["ok"] is False
    assert checks_of(record)["usearch"]["remedy"] == "pip install usearch"


def test_a_missing_qt_is_only_optional(without: Any) -> None:
    hidden = without("PySide6", "libEGL.so.1: cannot open shared object file: No such file or directory")
    check = checks_of(hidden.json("doctor"))["window (Qt)"]
    assert (check["ok"], check["required"]) == (False, False)
    assert "libegl1" in check["remedy"]


def test_a_damaged_model_is_found(pocketlens: Command) -> None:
    package = pocketlens.install_starter()
    with (package / "image.onnx").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    check = checks_of(pocketlens.json("doctor", code=ExitCode.FAILED))["model"]
    assert not check["ok"]
    assert check["remedy"]


def test_a_damaged_catalogue_is_found(indexed: Command) -> None:
    for file in (indexed.home / "data").glob("catalogue.sqlite3*"):
        file.write_bytes(b"not a database, " * 1000)
    assert not checks_of(indexed.json("doctor", code=ExitCode.FAILED))["catalogue"]["ok"]


def test_a_damaged_catalogue_is_repaired_and_kept_aside(indexed: Command) -> None:
    catalogue = indexed.home / "data" / "catalogue.sqlite3"
    catalogue.write_bytes(b"not a database, " * 1000)
    check = checks_of(indexed.json("doctor", code=ExitCode.FAILED))["catalogue"]
    assert check["remedy"] == "pocketlens doctor --repair"
    refused = indexed("status")
    assert refused.returncode == ExitCode.CATALOGUE
    assert "doctor --repair" in refused.stderr
    repaired = msgspec.convert(indexed.json("doctor", "--repair"), DoctorRecord).repair
    assert repaired is not None
    assert repaired.kept_aside is not None
    assert Path(repaired.kept_aside).read_bytes() == b"not a database, " * 1000
    assert indexed.json("status")["photos"] == 0


def test_where_nothing_is_damaged_nothing_is_repaired(indexed: Command) -> None:
    said = indexed("doctor", "--repair")
    assert said.returncode == ExitCode.OK
    assert "nothing to repair" in said.stdout
    assert indexed.json("doctor", "--repair")["repair"] == {
        "kept_aside": None, "photos": 4, "vectors": 4, "favourites": 0,
    }  # fmt: skip


def test_telemetry_that_was_switched_on_is_reported(pocketlens: Command) -> None:
    pocketlens.more["ORT_DISABLE_TELEMETRY"] = "0"
    check = checks_of(pocketlens.json("doctor", code=ExitCode.FAILED))["telemetry off"]
    assert check["remedy"] == "unset ORT_DISABLE_TELEMETRY"


def test_the_window_without_a_display_says_so(pocketlens: Command) -> None:
    done = pocketlens("gui")
    assert done.returncode == ExitCode.FAILED
    assert "There is no display" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("libEGL.so.1: cannot open shared object file: No such file or directory", "apt-get install libegl1"),
        ("No module named 'PySide6'", "pip install pyside6-essentials"),
    ],
)
def test_the_window_without_qt_says_what_to_install(without: Any, message: str, remedy: str) -> None:
    hidden: Command = without("PySide6", message)
    hidden.more["DISPLAY"] = ":77"
    done = hidden("gui")
    assert done.returncode == ExitCode.FAILED
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_names_the_packages_that_the_set_up_installs() -> None:
    script = (Path(__file__).parents[2] / "packaging" / "system-packages.sh").read_text()
    listed = re.search(r"^run=\((.*?)\)", script, re.DOTALL | re.MULTILINE)
    assert listed
    libraries = {package for package in listed.group(1).split() if not package.startswith("fonts-")}
    assert libraries == set(APT_PACKAGES.split())
    assert "fonts-noto-cjk" in listed.group(1)


def test_every_library_that_is_named_belongs_to_a_package_of_the_set_up() -> None:
    assert set(LIBRARIES.values()) <= set(APT_PACKAGES.split())


def test_no_display_is_told_with_what_still_works(pocketlens: Command) -> None:
    check = checks_of(pocketlens.json("doctor"))["display"]
    assert (check["ok"], check["required"]) == (False, False)
    assert "the command line works" in check["detail"]
    assert check["remedy"] == "Run this in a desktop session."


def test_a_display_that_does_not_answer_is_no_display(pocketlens: Command) -> None:
    pocketlens.more["DISPLAY"] = ":77"
    check = checks_of(pocketlens.json("doctor"))["display"]
    assert not check["ok"]
    assert "does not open" in check["detail"] and ":77" in check["detail"]


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_the_window_on_a_display_that_does_not_answer_says_so(pocketlens: Command, name: str) -> None:
    pocketlens.more[name] = ":77"
    done = pocketlens("gui")
    assert done.returncode == ExitCode.FAILED
    assert "The display :77 does not answer." in done.stderr
    assert "desktop session" in done.stderr
    assert "reinstall" not in done.stderr.lower()


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs an X server")
def test_a_display_that_answers_is_not_called_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(theirs)], pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        with os.fdopen(ours) as told:
            number = told.readline().strip()
        monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("DISPLAY", f":{number}")
        assert silent_display() is None
    finally:
        server.terminate()
        server.wait()
    assert silent_display() == f":{number}"


def test_only_libraries_that_are_really_missing_are_to_be_installed() -> None:
    assert absent_libraries(["libc.so.6", "libQt6Core.so.6", "libnowhere.so.1"]) == ["libnowhere.so.1"]
    assert to_install(["libEGL.so.1", "libGL.so.1"]).endswith("apt-get install libegl1 libgl1")
    assert to_install(["libnowhere.so.1"]) == to_install([]) == APT_REMEDY


def test_a_machine_without_a_chinese_font_is_told_which_to_install(pocketlens: Command, tmp_path: Path) -> None:
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(
        f"<fontconfig><dir>{tmp_path}/none</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    pocketlens.more["FONTCONFIG_FILE"] = str(configuration)
    check = checks_of(pocketlens.json("doctor"))["Chinese font"]
    assert not check["ok"]
    assert "fonts-noto-cjk" in check["remedy"]


def test_an_adb_that_does_not_run_is_found(pocketlens: Command, tmp_path: Path) -> None:
    broken = tmp_path / "adb"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    pocketlens.more["ADBUTILS_ADB_PATH"] = str(broken)
    check = checks_of(pocketlens.json("doctor"))["adb"]
    assert not check["ok"]
    assert "apt-get install adb" in check["remedy"]


def test_an_adb_that_is_too_old_is_found(pocketlens: Command, tmp_path: Path) -> None:
    old = tmp_path / "adb"
    old.write_text("#!/bin/sh\necho Android Debug Bridge version 1.0.41\necho Version 29.0.6-debian\n")
    old.chmod(0o755)
    pocketlens.more["ADBUTILS_ADB_PATH"] = str(old)
    check = checks_of(pocketlens.json("doctor"))["adb"]
    assert not check["ok"]
    assert "version 29" in check["detail"] and "30 or later" in check["remedy"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_nearly_full_disk_is_found(pocketlens: Command) -> None:
    pocketlens.home.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", pocketlens.home], check=True)
    try:
        check = checks_of(pocketlens.json("doctor", code=ExitCode.FAILED))["data folder"]
    finally:
        subprocess.run(["umount", pocketlens.home], check=True)
    assert not check["ok"]
    assert "Free some space" in check["remedy"]


@pytest.fixture
def plugged(tmp_path: Path) -> tuple[Path, Path]:
    """What Linux says of a phone with USB debugging, and where its device file would be."""
    device = tmp_path / "devices" / "1-2"
    for name, value in {"busnum": "1", "devnum": "7"}.items():
        (device / name).parent.mkdir(parents=True, exist_ok=True)
        (device / name).write_text(value + "\n")
    interface = device / "1-2:1.1"
    interface.mkdir()
    for name, value in {"Class": "ff", "SubClass": "42", "Protocol": "01"}.items():
        (interface / f"bInterface{name}").write_text(value + "\n")
    return tmp_path / "devices", tmp_path / "nodes"


def test_a_phone_that_may_not_be_opened_is_told_with_the_rules_to_install(plugged: tuple[Path, Path]) -> None:
    check = usb_access(*plugged)
    assert not check.ok
    assert "001/007" in check.detail
    assert "android-sdk-platform-tools-common" in check.remedy and "plugdev" in check.remedy


def test_a_phone_that_may_be_opened_is_fine(plugged: tuple[Path, Path]) -> None:
    node = plugged[1] / "001" / "007"
    node.parent.mkdir(parents=True)
    node.touch()
    assert usb_access(*plugged).ok


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another")
def test_missing_rules_are_told_before_a_phone_is_there() -> None:
    # Not in tmp_path: nobody but root may look into pytest's folders.
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        before = _as_nobody(root)
        rules = root / "etc" / "udev" / "rules.d"
        rules.mkdir(parents=True)
        (rules / "51-android.rules").touch()
        after = _as_nobody(root)
    assert not before.ok
    assert "no udev rules" in before.detail
    assert after.ok


def _as_nobody(root: Path) -> CheckRecord:
    os.seteuid(65534)
    try:
        return usb_access(root / "devices", root / "nodes", root)
    finally:
        os.seteuid(0)


def test_what_only_some_people_want_is_optional(pocketlens: Command) -> None:
    pocketlens.more["POCKETLENS_PHONE_BUNDLE"] = "/nonexistent"
    checks = checks_of(pocketlens.json("doctor"))
    assert not checks["engine for phones"]["ok"]
    assert "make phone-bundle" in checks["engine for phones"]["remedy"]
    for name in ("engine for phones", "words in photos", "videos", "building models"):
        assert not checks[name]["required"]
        assert checks[name]["ok"] or "pip install" in checks[name]["remedy"] or "make" in checks[name]["remedy"]
