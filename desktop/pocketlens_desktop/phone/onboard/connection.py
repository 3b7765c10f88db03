"""A conversation with the relay on the phone: one question, one answer, over one shell stream."""

from __future__ import annotations

import os
from typing import Final, Self, TypeVar

import msgspec

from pocketlens import __version__
from pocketlens.errors import EngineMismatch
from pocketlens.onboard.protocol import AnyAnswer, Greeting, Question, Refused
from pocketlens.protocol import LONGEST_LINE, PROTOCOL_VERSION
from pocketlens_desktop.phone.errors import EngineRefused, PhoneMisbehaved
from pocketlens_desktop.phone.onboard import layout
from pocketlens_desktop.phone.shell import ShellStream
from pocketlens_desktop.phone.transport import Transport

#: The relay starts in a second or two on a phone; starting a job waits for a second start. A minute is a hang.
_ANSWER_S: Final = 60.0
_LAST_WORDS: Final = 500

A = TypeVar("A")


class RelayConnection:
    """An open relay on the phone. For one thread; it ends with the connection, the job does not.

    Raises, from every method:
        PhoneLost: the phone was unplugged.
        EngineRefused: the relay cannot be started, or refuses.
        PhoneMisbehaved: its answer is none.
    """

    def __init__(self, transport: Transport, parts: layout.Parts, label: str) -> None:
        """Start the relay and let it introduce itself.

        Raises:
            EngineMismatch: it is of another version: the engine must be installed again.
        """
        line = layout.program(
            parts,
            layout.RELAY,
            *(b"--model", layout.model_folder(parts), b"--home", layout.HOME, b"--storage", layout.STORAGE),
            *(b"--serial", transport.serial, b"--label", os.fsencode(label)),
        )
        self._stream = ShellStream(transport, line, silence_s=_ANSWER_S)
        self._blocks = self._stream.blocks()
        self._rest = bytearray()
        self._decoder = msgspec.json.Decoder(AnyAnswer)
        try:
            self.greeting = self._answer(Greeting)
            self._expect_this_version()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: Question, kind: type[A]) -> A:
        """Ask, and give the answer, which must be of ``kind``."""
        self._stream.send(msgspec.json.encode(question) + b"\n")
        return self._answer(kind)

    def close(self) -> None:
        self._stream.close()

    def _expect_this_version(self) -> None:
        if (self.greeting.version, self.greeting.protocol) != (__version__, PROTOCOL_VERSION):
            raise EngineMismatch(
                f"The engine on the phone is {self.greeting.version}, this is {__version__}.",
                remedy="Install it again: pocketlens phone engine install.",
            )

    def _answer(self, kind: type[A]) -> A:
        try:
            answer = self._decoder.decode(self._line())
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise PhoneMisbehaved("The engine on the phone says what is no answer.") from error
        if isinstance(answer, Refused):
            refusal = EngineRefused(answer.what, thing=answer.thing, remedy=answer.remedy)
            refusal.code = answer.code
            raise refusal
        if not isinstance(answer, kind):
            raise PhoneMisbehaved("The engine on the phone answers another question.", thing=type(answer).__name__)
        return answer

    def _line(self) -> bytes:
        while (end := self._rest.find(b"\n")) < 0:
            block = next(self._blocks, None)
            if block is None:
                said = self._stream.errors.decode(errors="backslashreplace").strip()[-_LAST_WORDS:]
                raise EngineRefused(
                    f"The engine on the phone ended (exit status {self._stream.exit_code}). {said}".strip(),
                    remedy="Check it with: pocketlens phone engine check. Or index on the PC instead.",
                )
            self._rest += block
            if len(self._rest) > 2 * LONGEST_LINE:
                raise PhoneMisbehaved("The engine on the phone says a line without an end.")
        line = bytes(self._rest[:end])
        del self._rest[: end + 1]
        return line
