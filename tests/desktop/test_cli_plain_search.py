"""The plain command lines that are carried out without cyclopts mean what cyclopts says they mean."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.cli_command import Command
from pocketlens.errors import ModelCorrupt
from pocketlens.model import loading_package
from pocketlens_desktop.cli.app import application
from pocketlens_desktop.cli.plain_search import options_of
from pocketlens_models.registry import SHIPPED

pytest_plugins = ("desktop.cli_fixtures",)

_APPLICATION = application()
_TOKENS = st.one_of(
    st.sampled_from(["--json", "--top", "-n", "--album", "-a", "--fav", "--top=3", "-n3", "--", "-", "-x", "0", "007"]),
    st.sampled_from(["cat", "7", "10001", "海边", "a b", "-people", "+dog", "fav:", "１２", "", "true", "[1]", "a,b"]),
    st.text(max_size=5),
)


@given(st.lists(_TOKENS, max_size=6))
@settings(deadline=None, max_examples=100)
def test_a_plain_search_is_understood_as_cyclopts_understands_it(tokens: list[str]) -> None:
    plain = options_of(["search", *tokens])
    if plain is None:
        return
    words, named = plain
    command, bound, _ = _APPLICATION.parse_args(
        ["search", *tokens], exit_on_error=False, print_error=False, console=None
    )
    assert command.__name__ == "search"
    assert (list(bound.args), bound.kwargs) == (words, named)


def test_words_numbers_albums_and_json_are_plain() -> None:
    assert options_of(["search", "a", "cat", "-n", "3", "--json", "--album", "Camera", "-a", "My trip"]) == (
        ["a", "cat"],
        {"top": 3, "json": True, "album": ["Camera", "My trip"]},
    )


def test_help_other_options_and_mistakes_are_left_to_cyclopts() -> None:
    for rest in (["--help"], ["cat", "--fav"], ["cat", "--top"], ["cat", "--top", "x"], ["cat", "--", "-x"], []):
        assert options_of(["search", *rest]) is None
    assert options_of(["status"]) is None
    assert options_of([]) is None


def test_a_plain_search_imports_no_cyclopts_and_makes_no_dataclasses(indexed: Command) -> None:
    # Each dataclass takes 1 ms to make, a struct .2.
    program = (
        "import sys; from pocketlens_desktop.cli.main import main; code = main(['search', 'a', 'cat', '--json']);"
        "ours = [module for name, module in sys.modules.items() if name.startswith('pocketlens')];"
        "made = [thing for module in ours for thing in vars(module).values() if isinstance(thing, type)"
        " and thing.__module__.startswith('pocketlens') and '__dataclass_fields__' in vars(thing)];"
        "sys.exit(f'{code} {made}' if code or made or 'cyclopts' in sys.modules else 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env=indexed.environment, text=True
    )
    assert ended.returncode == 0, ended.stderr


def test_a_package_that_is_loaded_meanwhile_is_refused_when_it_is_waited_for(tmp_path: Path) -> None:
    package = shutil.copytree(SHIPPED / "starter", tmp_path / "damaged")
    assert loading_package(package, ["text"])().parts == {"text"}
    with (package / "text.onnx.data").open("r+b") as weights:
        weights.write(b"????")
    loaded = loading_package(package, ["text"])
    with pytest.raises(ModelCorrupt, match="hash"):
        loaded()
