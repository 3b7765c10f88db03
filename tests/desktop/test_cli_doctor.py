"""``pocketlens doctor`` and ``pocketlens gui`` on machines that lack something."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.cli_command import Command
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import DoctorRecord
from pocketlens_desktop.cli.window import APT_PACKAGES

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
