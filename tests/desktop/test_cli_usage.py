"""The command line as a whole: help, version, mistakes, exit codes."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from desktop.cli_command import Command
from pocketlens import __version__, errors
from pocketlens.protocol import PROTOCOL_VERSION
from pocketlens_desktop.cli.exit_codes import MEANINGS, ExitCode, exit_code_of

pytest_plugins = ("desktop.cli_fixtures",)


def test_help_names_every_command_and_every_exit_code(pocketlens: Command) -> None:
    said = pocketlens("--help")
    assert said.returncode == ExitCode.OK
    for command in ("index", "search", "albums", "status", "models", "gui", "demo", "doctor"):
        assert f" {command} " in said.stdout
    for code, meaning in MEANINGS.items():
        assert f"{code}  {meaning}" in said.stdout


def test_version_names_release_build_engine_and_model(pocketlens: Command) -> None:
    said = pocketlens("--version")
    assert said.returncode == ExitCode.OK, said.stderr
    release, build, engine, model = said.stdout.splitlines()
    assert release == f"PocketLens {__version__}"
    assert build.split(maxsplit=1) == ["build", "source tree"]
    assert engine.startswith(f"engine  protocol {PROTOCOL_VERSION}, onnxruntime ")
    assert model.startswith("model   starter@")


def test_version_is_told_even_where_the_chosen_model_is_missing(pocketlens: Command) -> None:
    (pocketlens.home / "data").mkdir(parents=True)
    (pocketlens.home / "data" / "settings.json").write_text('{"model": "gone"}')
    said = pocketlens("--version")
    assert said.returncode == ExitCode.OK, said.stderr
    assert "model   gone: This model is not installed." in said.stdout


@pytest.mark.parametrize(
    "command", ["index", "search", "albums", "status", "duplicates", "forget", "gui", "demo", "doctor"]
)
def test_every_command_explains_itself(pocketlens: Command, command: str) -> None:
    said = pocketlens(command, "--help")
    assert said.returncode == ExitCode.OK, said.stderr
    assert f"pocketlens {command}" in said.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("index",),
        ("index", "--threads", "0", "."),
        ("search",),
        ("search", "   "),
        ("search", "dog", "--top", "none"),
        ("search", "dog", "--top", "0"),
        ("search", "dog like:2", "--like", "3"),
        ("search", "dog", "--date", "soon"),
        ("search", "dog", "--tpo", "3"),
        ("albums", "everything"),
        ("nonsense",),
    ],
)
def test_a_mistake_is_explained_and_exits_with_2(pocketlens: Command, arguments: tuple[str, ...]) -> None:
    done = pocketlens(*arguments)
    assert done.returncode == ExitCode.USAGE, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("pocketlens: ")
    assert "Traceback" not in done.stderr
    assert not pocketlens.home.exists()


def test_a_mistake_under_json_is_an_error_object(pocketlens: Command) -> None:
    error = pocketlens.json("search", "dog", "--top", "0", code=ExitCode.USAGE)["error"]
    assert sorted(error) == ["code", "remedy", "thing", "what"]
    assert error["code"] == "usage"


def test_words_after_two_dashes_are_never_options(indexed: Command) -> None:
    done = indexed("search", "--top", "1", "--", "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "strength" in done.stdout


def test_every_typed_error_has_an_exit_code_from_the_table() -> None:
    for kind in errors.PocketLensError.__subclasses__():
        assert exit_code_of(kind("it happened")) in MEANINGS


def test_the_command_imports_neither_qt_nor_the_model_runtime_for_its_help(pocketlens: Command) -> None:
    line = pocketlens.line("--help")
    done = subprocess.run(
        [line[0], "-X", "importtime", *line[1:]],
        env=pocketlens.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {entry.rpartition("|")[2].strip() for entry in done.stderr.splitlines()}
    assert "pocketlens_desktop.cli.app" in imported
    assert not imported & {"onnxruntime", "numpy", "PySide6", "PIL", "adbutils"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_completion_script_is_one_that_bash_takes(pocketlens: Command) -> None:
    script = pocketlens("completion", "bash")
    assert script.returncode == ExitCode.OK, script.stderr
    subprocess.run(["bash", "-n"], input=script.stdout, text=True, check=True)
    assert "--retry-unreadable" in script.stdout
