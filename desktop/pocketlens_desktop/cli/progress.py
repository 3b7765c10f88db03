"""The progress of an indexing job: a moving bar for a person, plain lines for a log."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Protocol, Self

from pocketlens.protocol import Progress, Stage
from pocketlens_desktop.cli.terminal import messages

_WORDS: Final = {
    Stage.LISTING: "Looking for photos",
    Stage.COMPARING: "Comparing with the catalogue",
    Stage.INSTALLING: "Installing the engine on the phone",
    Stage.ENCODING: "Indexing",
    Stage.FINISHING: "Finishing",
    Stage.READING: "Reading the words in photos",
}

#: Why a job waits: "asked", or the state of the phone it reads from.
_WAITING: Final = {
    "asked": "Paused",
    "hot": "Waiting: the phone is hot, and cools down first",
    "low-battery": "Waiting: the phone's battery is low",
    "unauthorized": "Waiting: allow USB debugging on the phone",
}

#: A log gets a line each time one more of this many parts is done, whatever the album's size.
_LOGGED_PARTS: Final = 10


class ProgressView(Protocol):
    """Something that shows a job's progress between entering and leaving it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, progress: Progress) -> None:
        """Bring the view up to date."""

    def say(self, sentence: str) -> None:
        """Add a sentence that stays."""


def progress_view() -> ProgressView:
    """A bar where stderr is a terminal, else lines without control codes."""
    return Bar() if messages().is_terminal else Lines()


class Lines:
    """A line a stage, and one for every tenth of the photos."""

    def __init__(self) -> None:
        self._words = ""
        self._logged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to take down."""

    def show(self, progress: Progress) -> None:
        if (words := stage_words(progress)) != self._words:
            self._words = words
            self._logged = 0
            self.say(f"{words}…")
        if progress.stage in (Stage.ENCODING, Stage.READING) and progress.total:
            part = progress.done * _LOGGED_PARTS // progress.total
            if part > self._logged:
                # A batch may pass several parts at once; they are worth one line.
                self._logged = part
                speed = ", ".join(filter(None, (rate_words(progress), eta_words(progress))))
                self.say(f"  {progress.done:,} of {progress.total:,} photos{f' ({speed})' if speed else ''}")

    def say(self, sentence: str) -> None:
        messages().print(sentence)


class Bar:
    """A spinner while the photos are counted, then a bar with rate and time left."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, SpinnerColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._progress = RichProgress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[count]}", style="progress.download"),
            TextColumn("{task.fields[speed]}", style="dim"),
            console=messages(),
            transient=True,
        )
        self._task = self._progress.add_task("Starting", total=None, count="", speed="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, progress: Progress) -> None:
        total = progress.total or None
        count = f"{progress.done:,} of {progress.total:,}" if total else f"{progress.done:,} found"
        if progress.stage is Stage.FINISHING:
            count = ""
        elif progress.stage is Stage.INSTALLING:
            count = f"{progress.done / 1e6:.0f} of {(progress.total or 0) / 1e6:.0f} MB"
        failed = f"{progress.failed:,} unreadable" if progress.failed else ""
        self._progress.update(
            self._task,
            description=stage_words(progress),
            completed=progress.done,
            total=total,
            count=count,
            speed=" · ".join(filter(None, (rate_words(progress), eta_words(progress), failed))),
        )

    def say(self, sentence: str) -> None:
        self._progress.console.print(sentence)


def stage_words(progress: Progress) -> str:
    """What the job is doing, or what it waits for."""
    if progress.paused is None:
        return _WORDS[progress.stage]
    return _WAITING.get(progress.paused, "Waiting for the phone")


def rate_words(progress: Progress) -> str:
    """Photos a second, or nothing before it is known."""
    return f"{progress.rate:.1f} photos/s" if progress.rate else ""


def eta_words(progress: Progress) -> str:
    """The time left, no more exact than anyone can know it."""
    if progress.eta_s is None or not progress.rate:
        return ""
    seconds = round(progress.eta_s)
    if seconds < 60:
        return f"{seconds} s left"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s left"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min left"
