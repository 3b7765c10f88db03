"""The plain command lines that are carried out without cyclopts mean what cyclopts says they mean."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pocketlens_desktop.cli.app import application
from pocketlens_desktop.cli.plain_search import options_of

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


def test_a_plain_search_imports_no_cyclopts(tmp_path: Path) -> None:
    program = (
        "import sys; from pocketlens_desktop.cli.main import main; main(['search', 'a', 'cat']);"
        "sys.exit('cyclopts' in sys.modules)"
    )
    environment = os.environ | {"POCKETLENS_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, env=environment)
    assert ended.returncode == 0
