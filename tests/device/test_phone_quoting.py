"""Quoting, tried on the shell that phones have: mksh, over the real adbd."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pocketlens_desktop.phone import shell
from pocketlens_desktop.phone.quoting import command, quote
from pocketlens_desktop.phone.transport import Transport

words = st.binary(max_size=40).map(lambda word: word.replace(b"\0", b""))
nasty_words = st.text(alphabet="'\"$`\\(){};&|<>*?[]~#!=\n\t -a/", max_size=30).map(str.encode)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_words=st.lists(words | nasty_words, min_size=1, max_size=40))
@example(
    given_words=[b"a\nb", b"it's", b"$(reboot)", b"`id`", b"-rf", b"", b"\xff\xfe", b"\\", b"~", b"#x", b"a=b", b"!!"]
)
def test_the_phones_shell_sees_exactly_the_words_that_were_quoted(
    transport: Transport, given_words: list[bytes]
) -> None:
    # `printf` would take a word with a leading dash for an option where its format belongs, not after it.
    said = shell.run(transport, command(b"printf", rb"%s\0", *given_words), seconds=20)
    assert said.errors == b""
    assert said.output.split(b"\0")[:-1] == given_words


def test_a_nul_byte_cannot_be_quoted() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote(b"a\0b")


def test_a_name_in_a_command_is_never_carried_out(transport: Transport) -> None:
    for name in (
        b"$(touch /sdcard/owned)",
        b"`touch /sdcard/owned`",
        b"x; touch /sdcard/owned",
        b"x\ntouch /sdcard/owned",
    ):
        shell.run(transport, command(b"ls", b"/sdcard/" + name), seconds=20)
    with transport.sync() as session:
        assert session.status(b"/sdcard/owned") is None
