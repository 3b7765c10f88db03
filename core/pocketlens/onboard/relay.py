"""The relay: ``python -m pocketlens.onboard.relay …``, what a client talks to on the phone.

It starts the job, tells of it, hands over what it has decided, and ends with the cable; the job goes on. It loads no
model. See `pocketlens.onboard.protocol` for what is said.
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import signal
import sys
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

import msgspec

from pocketlens import __version__
from pocketlens.errors import CatalogueBusy, PocketLensError, ProtocolViolation, refused
from pocketlens.model import Manifest, read_manifest
from pocketlens.onboard.job import Errand, JobEvents, JobFolder, carry_out
from pocketlens.onboard.ordered import write_order
from pocketlens.onboard.outbox import Outbox
from pocketlens.onboard.protocol import (
    MOST_ROWS,
    AddToOrder,
    Answer,
    AnyQuestion,
    Done,
    Greeting,
    News,
    OrderedPhoto,
    Parcel,
    Poll,
    Refused,
    Release,
    StartJob,
    Steer,
)
from pocketlens.paths import home_at
from pocketlens.protocol import LONGEST_LINE, PROTOCOL_VERSION, SourceSpec


class Relay:
    """Answers a client's questions, one after the other."""

    def __init__(self, errand: Errand, manifest: Manifest) -> None:
        self._errand = errand
        self._manifest = manifest
        self._events = JobEvents(errand.folder)
        self._order: list[OrderedPhoto] = []
        self._outbox: Outbox | None = None

    def answer(self, question: AnyQuestion) -> Answer:
        """Do what is asked.

        Raises:
            CatalogueBusy: a job is running already.
            PocketLensError, OSError
        """
        match question:
            case AddToOrder():
                self._order += question.photos
            case StartJob():
                self._start(question.threads)
            case Release():
                self._opened().release(question.rows)
            case Steer(to="kill"):
                self._errand.folder.kill()
            case Steer():
                self._errand.folder.steer(question.to)
            case Poll():
                return self._news(question)
        return Done()

    def _start(self, threads: int | None) -> None:
        self._events.after("", -1)
        status = self._errand.folder.status(self._events)
        if status is not None and status.running:
            raise CatalogueBusy("A job is running on the phone already.", remedy="Wait for it, or stop it.")
        write_order(self._errand.folder.order, self._order)
        self._order = []
        # An open database must not come into another process.
        self._close()
        _in_a_process_of_its_own(self._errand, secrets.token_hex(8), threads)

    def _news(self, poll: Poll) -> News:
        # The events first: when they tell of the end, all that was decided is in the rows or waits behind them.
        events = self._events.after(poll.job, poll.since)
        status = self._errand.folder.status(self._events)
        if status is None and not self._errand.home.catalogue.exists():
            return News(job=None, events=[], parcel=Parcel.of([]), waiting=0)
        outbox = self._opened()
        rows = outbox.rows(min(poll.rows, MOST_ROWS))
        return News(job=status, events=events, parcel=Parcel.of(rows), waiting=max(0, outbox.waiting() - len(rows)))

    def _opened(self) -> Outbox:
        if self._outbox is None:
            self._outbox = Outbox(self._errand.home, self._manifest)
        return self._outbox

    def _close(self) -> None:
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None


def _in_a_process_of_its_own(errand: Errand, job: str, threads: int | None) -> None:
    """Start the job, and return when it can be seen. Forked, not executed: nothing is loaded a second time."""
    ready, begun = os.pipe()
    child = os.fork()
    if child == 0:
        # Forked once more, so that it is nobody's child: it leaves no zombie, and no one waits for it.
        if os.fork() == 0:
            os.close(ready)
            _become_the_job(errand, job, threads, begun)
        os._exit(0)
    os.close(begun)
    os.waitpid(child, 0)
    with FileIO(ready) as told:
        if not told.read(1):
            raise PocketLensError("The job on the phone ended at its start.", thing=str(errand.folder.log))


def _become_the_job(errand: Errand, job: str, threads: int | None, begun: int) -> None:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(errand.folder.log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        for place, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(place, target)

        def seen() -> None:
            os.write(begun, b"1")
            os.close(begun)

        carry_out(errand, job, threads, seen)
        code = 0
    except BaseException:  # noqa: BLE001
        # Nobody above catches it: this is another process by now.
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)


def serve(relay: Relay, greeting: Greeting, questions: FileIO, out: FileIO) -> None:
    """Greet, then answer each line until there are no more."""
    encoder = msgspec.json.Encoder()
    decoder = msgspec.json.Decoder(AnyQuestion)

    def say(answer: Answer) -> None:
        line = memoryview(encoder.encode(answer) + b"\n")
        while line:
            line = line[out.write(line) or 0 :]

    say(greeting)
    with os.fdopen(os.dup(questions.fileno()), "rb") as lines:
        while line := lines.readline(LONGEST_LINE + 1):
            try:
                say(relay.answer(decoder.decode(line)))
            except PocketLensError as error:
                say(_refused(error))
            except OSError as error:
                say(Refused(code="error", what=refused(error).what))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                say(_refused(ProtocolViolation(f"This is no question: {error}.")))


def _refused(error: PocketLensError) -> Refused:
    return Refused(code=error.code, what=error.what, thing=error.thing, remedy=error.remedy)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one client, on stdin and stdout."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)
    home = home_at(options.home).make()
    out = FileIO(os.dup(1), "wb")
    os.dup2(2, 1)
    manifest = read_manifest(options.model)
    errand = Errand(
        folder=JobFolder(options.home / "job").make(),
        home=home,
        model=options.model,
        storage=options.storage,
        spec=SourceSpec(kind="phone", identity=os.fsencode(options.serial)),
        label=options.label,
    )
    greeting = Greeting(
        version=__version__,
        protocol=PROTOCOL_VERSION,
        model=manifest.key,
        platform=f"{sys.platform}-{platform.machine()}",
    )
    serve(Relay(errand, manifest), greeting, FileIO(0, closefd=False), out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pocketlens.onboard.relay", description="PocketLens on a phone.")
    parser.add_argument("--model", required=True, type=Path, help="folder of the model package")
    parser.add_argument("--home", required=True, type=Path, help="folder of the job and its catalogue")
    parser.add_argument("--storage", required=True, type=Path, help="the phone's shared storage")
    parser.add_argument("--serial", required=True, help="the phone's serial number, as the PC knows it")
    parser.add_argument("--label", required=True, help="what people call the phone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
