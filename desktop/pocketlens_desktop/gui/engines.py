"""The engine processes the window talks to: one that indexes while there is a job, one that searches while it is
used. Their events arrive here as Qt signals on the main thread; the processes themselves are only ever touched
from a `Background` thread, since starting and ending one takes a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from pocketlens.client import EngineClient, typed_error
from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens.protocol import (
    AnyEvent,
    Failed,
    Indexed,
    PhotoFailed,
    PictureVector,
    Place,
    Progress,
    Results,
    Role,
    SourceSpec,
    TextsRead,
)
from pocketlens_desktop.gui.background import Background

#: The searching engine is let go after this long without a search; the next one takes half a second more.
SEARCH_IDLE_MS = 300_000
#: How long an engine that is asked to end may take before it is killed; a photo in hand takes under a second.
_CLOSE_S = 5.0


class EngineProcess(QObject):
    """One engine process at a time, of one role: started at the first request, ended by `let_go`.

    Signals:
        received: an event of the present process, on the main thread.
        failed: a `PocketLensError`: it could not be started, or ended by itself.
    """

    received = Signal(object)
    failed = Signal(object)
    _arrived = Signal(int, object)

    def __init__(
        self, role: Role, home: Home, model: Path, parent: QObject | None = None, *, module: str = "pocketlens.engine"
    ) -> None:
        super().__init__(parent)
        self._role, self._home, self._model, self._module = role, home, model, module
        self._thread = Background(f"{role.value}-engine", self)
        self._client: EngineClient | None = None
        # The model of the present process; a request with another one begins with a new process.
        self._loaded = model
        # Counts processes: what an earlier one still had to say is not mistaken for the present one's.
        self._generation = 0
        self._arrived.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        client = self._client
        return client.pid if client is not None and client.alive else None

    def use_model(self, folder: Path) -> None:
        """Work with another model package from now on."""
        self._model = folder
        self.let_go()

    def use_home(self, home: Home) -> None:
        """Work with another cache from now on."""
        self._home = home
        self.let_go()

    def request(self, send: Callable[[EngineClient], object], model: Path | None = None) -> None:
        """Start the process unless it runs, and let ``send`` write its request, in the order of the calls.

        ``model``: for this request, another package than the usual one.
        """
        wanted = model or self._model
        if wanted != self._loaded:
            self.let_go()
            self._loaded = wanted
        generation = self._generation
        self._thread.call(lambda: send(self._running(generation, wanted)), failed=self.failed.emit)

    def tell(self, send: Callable[[EngineClient], object]) -> None:
        """Let ``send`` write a request if the process runs."""
        self._thread.call(lambda: self._client and self._client.alive and send(self._client), failed=self.failed.emit)

    def let_go(self, then: Callable[[], object] = lambda: None) -> None:
        """End the process, which gives its memory back; ``then`` is called when it has ended."""
        self._generation += 1
        self._thread.call(self._end, lambda _: then())

    def close(self) -> None:
        """End the process and wait for that."""
        self._generation += 1
        self._thread.finish(self._end)

    def _running(self, generation: int, model: Path) -> EngineClient:
        if self._client is None or not self._client.alive:
            self._end()
            self._client = EngineClient(
                self._role,
                home=self._home,
                model=model,
                module=self._module,
                on_event=lambda event: self._arrived.emit(generation, event),
            )
        return self._client

    def _end(self) -> None:
        if self._client is not None:
            self._client.close(timeout_s=_CLOSE_S)
            self._client = None

    @Slot(int, object)
    def _receive(self, generation: int, event: AnyEvent) -> None:
        if generation == self._generation:
            self.received.emit(event)


@dataclass(frozen=True)
class Query:
    """What to search for: words, or others ``like`` a photo or a ``picture``; within ``albums``, all if empty."""

    text: str = ""
    like: int | None = None
    picture: PictureVector | None = None
    albums: tuple[str, ...] = ()
    top: int = 200


class Search(QObject):
    """Answers queries, and lets the engine go some time after the last answer. Of what is asked while an answer is
    under way only the last is sent, and an answer nobody waits for any more is dropped.

    Signals:
        answered: the query and its `Results`.
        failed: the query and a `PocketLensError`.
        busy_changed: whether an answer is awaited.
    """

    answered = Signal(object, object)
    failed = Signal(object, object)
    busy_changed = Signal(bool)

    def __init__(self, engine: EngineProcess, *, idle_ms: int = SEARCH_IDLE_MS) -> None:
        super().__init__(engine)
        self._engine = engine
        self._sent: Query | None = None
        self._wanted: Query | None = None
        self._idle = QTimer(self, singleShot=True, interval=idle_ms)
        self._idle.timeout.connect(engine.let_go)
        engine.received.connect(self._receive)
        engine.failed.connect(self._end)

    @property
    def busy(self) -> bool:
        return self._wanted is not None

    def ask(self, query: Query) -> None:
        self._idle.stop()
        self._want(query)
        if self._sent is None:
            self._send(query)

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._want(None)

    def use_model(self, folder: Path) -> None:
        """Search with another model package; what was asked meanwhile is asked again."""
        self._engine.use_model(folder)
        self._sent = None
        if self._wanted is not None:
            self._send(self._wanted)

    def let_go(self, then: Callable[[], object]) -> None:
        """End the engine, whatever it does; ``then`` is called when it has ended."""
        self._want(None)
        self._sent = None
        self._engine.let_go(then)

    def _want(self, query: Query | None) -> None:
        was, self._wanted = self.busy, query
        if was != self.busy:
            self.busy_changed.emit(self.busy)

    def _send(self, query: Query) -> None:
        self._sent = query
        self._engine.request(
            lambda client: client.search(
                query.text, like=query.like, picture=query.picture, top=query.top, albums=query.albums
            )
        )

    def _receive(self, event: AnyEvent) -> None:
        if isinstance(event, Results | Failed) and self._sent is not None:
            self._end(typed_error(event) if isinstance(event, Failed) else event)

    def _end(self, outcome: Results | PocketLensError) -> None:
        query, self._sent = self._sent, None
        if query is None:
            return
        if self._wanted is not None and self._wanted != query:
            self._send(self._wanted)
            return
        self._idle.start()
        if self._wanted is not None:
            self._want(None)
            signal = self.failed if isinstance(outcome, PocketLensError) else self.answered
            signal.emit(query, outcome)


@dataclass(frozen=True)
class Job:
    """What to index. See `pocketlens.protocol.IndexRequest`.

    ``model``: with this package instead of the one in use, to which a switch follows. ``words``: nothing is indexed;
    the words in photos that are indexed already are read.
    """

    sources: tuple[SourceSpec, ...]
    retry_unreadable: bool = False
    threads: int | None = None
    model: Path | None = None
    place: Place = Place.PC
    words: bool = False


class JobState(Enum):
    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Indexing(QObject):
    """Carries out indexing jobs one after the other, and reads words in between. A process ends with its last job.

    Reading words is for when nothing else is to be done: it gives way to any other job, and goes on where it was when
    it is started again.

    Signals:
        state_changed: the `JobState`.
        progressed: a `Progress`.
        photo_failed: a `PhotoFailed`.
        finished: the job's `Indexed`, and the `Job`.
        words_read: the `TextsRead` of a job that read words, and the `Job`.
        failed: the `Job` and the `PocketLensError` that ended it.
    """

    state_changed = Signal(object)
    progressed = Signal(object)
    photo_failed = Signal(object)
    finished = Signal(object, object)
    words_read = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, engine: EngineProcess, reader: EngineProcess) -> None:
        """``engine`` indexes, ``reader`` reads words."""
        super().__init__(engine)
        self._indexer, self._reader = engine, reader
        self._state = JobState.IDLE
        self._job: Job | None = None
        self._request: int | None = None
        self._waiting: deque[Job] = deque()
        for process in (engine, reader):
            process.received.connect(self._receive)
            process.failed.connect(self._fail)

    @property
    def _engine(self) -> EngineProcess:
        """The one that has the present job."""
        return self._reader if self._job is not None and self._job.words else self._indexer

    @property
    def state(self) -> JobState:
        return self._state

    @property
    def working(self) -> bool:
        """Whether there is a job."""
        return self._job is not None

    @property
    def job(self) -> Job | None:
        return self._job

    def start(self, job: Job) -> None:
        """Carry out ``job``, after those that were started before. One that waits already is not queued twice."""
        if self._job is None:
            self._begin(job)
        elif job != self._job and job not in self._waiting:
            self._waiting.append(job)
            if self._job.words and not job.words:
                self._engine.tell(self._cancel)

    def pause(self) -> None:
        if self._state is JobState.RUNNING:
            self._engine.tell(lambda client: client.pause())
            self._enter(JobState.PAUSED)

    def resume(self) -> None:
        if self._state is JobState.PAUSED:
            self._engine.tell(lambda client: client.resume())
            self._enter(JobState.RUNNING)

    def stop(self) -> None:
        """Stop after the photos in hand; what was indexed is kept. Jobs that wait are dropped."""
        self._waiting.clear()
        if self._job is not None:
            self._engine.tell(self._cancel)
            self._enter(JobState.STOPPING)

    def _begin(self, job: Job) -> None:
        self._job, self._request = job, None
        self._enter(JobState.STARTING)
        self._engine.request(lambda client: self._ask(client, job), job.model)

    def _ask(self, client: EngineClient, job: Job) -> None:
        # On the engine's thread, where `stop` reads it as well.
        if job.words:
            self._request = client.read(job.sources, retry_failed=job.retry_unreadable)
        else:
            self._request = client.index(
                job.sources, retry_unreadable=job.retry_unreadable, threads=job.threads, place=job.place
            )

    def _cancel(self, client: EngineClient) -> None:
        if self._request is not None:
            client.cancel(self._request)

    def _enter(self, state: JobState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _receive(self, event: AnyEvent) -> None:
        match event:
            case Progress():
                if self._state is JobState.STARTING:
                    self._enter(JobState.RUNNING)
                self.progressed.emit(event)
            case PhotoFailed():
                self.photo_failed.emit(event)
            case Indexed():
                job = self._job
                self._leave()
                self.finished.emit(event, job)
            case TextsRead():
                job = self._job
                self._leave()
                self.words_read.emit(event, job)
            case Failed(code="cancelled"):
                self._leave()
            case Failed():
                self._fail(typed_error(event))

    def _fail(self, error: PocketLensError) -> None:
        job = self._job
        if job is not None:
            # The next job gets a fresh process: this one may be gone, or in a state nobody foresaw.
            self._engine.let_go()
            self._leave()
            self.failed.emit(job, error)

    def _leave(self) -> None:
        left, self._job = self._engine, None
        if self._waiting:
            # Words wait until everything is indexed.
            following = next((job for job in self._waiting if not job.words), self._waiting[0])
            self._waiting.remove(following)
            self._begin(following)
        if self._job is None or self._engine is not left:
            left.let_go()
        if self._job is None:
            self._enter(JobState.IDLE)
