"""An indexing job: list -> compare -> read, decode, encode, commit -> derived files; one source after another."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from pocketlens.atomic import sweep_unfinished
from pocketlens.calibration import workers_for
from pocketlens.catalogue import Catalogue
from pocketlens.decoders import Decode
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.errors import AlbumMissing, CatalogueBusy
from pocketlens.graph import EXACT_LIMIT, refresh_graph
from pocketlens.kind_probe import load_probe
from pocketlens.known_content import KnownContent
from pocketlens.ledger import Ledger, model_row
from pocketlens.migrations import compact
from pocketlens.model import ModelPackage
from pocketlens.older_photos import add_fingerprints, add_kinds
from pocketlens.paths import Home, fit_to_show
from pocketlens.pipeline import JobControl, PhotoReader, Pipeline, Stopped
from pocketlens.places import name_places
from pocketlens.progress import JobReport
from pocketlens.protocol import Event, Indexed, IndexRequest, Place, SourceSpec, Stage
from pocketlens.remote import NO_REMOTES, RemoteEncoder, RemoteOpener, RemotePipeline
from pocketlens.settings import load_settings
from pocketlens.source import ListedPhoto, PhotoSource, SourceOpener, UnlistedFolder
from pocketlens.sqlite_file import reported
from pocketlens.texts import forget_texts
from pocketlens.thumbnails import ThumbnailStore
from pocketlens.vectors import VectorModel, load_vectors, refresh_vector_file


class IndexingJob:
    """One `IndexRequest` carried out. `run` it in one thread; `cancel` and `pause` may come from any other."""

    def __init__(
        self,
        home: Home,
        package: ModelPackage,
        encoder: Callable[[], ImageEncoder],
        request: IndexRequest,
        *,
        openers: Mapping[str, SourceOpener],
        emit: Callable[[Event], None],
        remotes: Mapping[str, RemoteOpener] = NO_REMOTES,
        derive: bool = True,
        exact_limit: int = EXACT_LIMIT,
        decode: Decode = decode,
    ) -> None:
        """Prepare a job.

        Args:
            encoder: gives the image encoder when the first photo needs it: an unchanged album needs none.
            derive: bring the files that searches use up to date at the end.
            decode: how photos are decoded: here, unless `pocketlens.decoders.Decoders` keep their crashes away.
        """
        manifest = package.manifest
        self._home = home
        self._tower = manifest.image
        self._model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
        self._probe = load_probe(self._model.key, self._model.preprocessing, self._model.dimension)
        self._encoder = encoder
        self._request = request
        self._openers = openers
        self._remotes = remotes
        self._package = package
        self._derive = derive
        self._exact_limit = exact_limit
        self._decode = decode
        self._control = JobControl()
        self._report = JobReport(request.id, emit)
        self._source: PhotoSource | None = None

    def cancel(self) -> None:
        self._control.cancel()
        source = self._source
        if source is not None:
            source.close()  # wakes whoever waits for it

    def pause(self, paused: bool) -> None:
        self._control.pause(paused)

    def hold(self, reason: str, held: bool) -> None:
        """Make the job wait for ``reason``, or no longer. From any thread."""
        self._control.hold(reason, held)

    def run(self) -> Indexed:
        """Bring the catalogue up to date with every source of the request.

        Raises:
            CatalogueBusy: another process is indexing into this home.
            AlbumMissing: a source is not there; of several the first. The others are indexed nevertheless.
            StorageFull, CatalogueDamaged, ModelUnsupported, …, OSError: what was committed before is
                kept.
        """
        self._home.make()
        missing: AlbumMissing | None = None
        with (
            only_indexer(self._home.indexing_lock),
            reported(self._home.catalogue),
            Catalogue.open(self._home.catalogue) as catalogue,
            closing(ThumbnailStore(self._home.thumbnails, load_settings(self._home).thumbnail_limit)) as thumbnails,
        ):
            sweep_unfinished(self._home.vectors)
            with suppress(Stopped):
                for spec in self._request.sources:
                    try:
                        self._index(spec, catalogue, thumbnails)
                    except AlbumMissing as error:
                        missing = missing or error
            # Also after a cancelled one: what it committed is to be found quickly.
            with suppress(Stopped):
                self._finish(catalogue, thumbnails)
        if missing is not None and not self._control.cancelled:
            raise missing
        return self._report.indexed(cancelled=self._control.cancelled)

    def _index(self, spec: SourceSpec, catalogue: Catalogue, thumbnails: ThumbnailStore) -> None:
        opener = self._openers.get(spec.kind)
        if opener is None:
            raise AlbumMissing(f"This engine cannot index a {spec.kind}.", thing=fit_to_show(spec.identity))
        model = model_row(catalogue, self._model.key, self._model.preprocessing, self._model.dimension)
        with closing(opener(spec)) as source:
            self._source = source
            try:
                self._control.check()
                ledger = Ledger(catalogue, source, model, self._probe)
                self._compare(ledger, source)
                count = ledger.list_work(
                    thumbnails.keys(), retry_unreadable=self._request.retry_unreadable, refine=not self._request.fast
                )
                if count:
                    remote = self._remote(source, count)
                    if remote is not None:
                        RemotePipeline(
                            remote, source, ledger, thumbnails, control=self._control, report=self._report
                        ).run(count)
                    else:
                        self._encode(source, ledger, thumbnails, model, count)
                self._report.removed += ledger.remove_missing()
            finally:
                self._source = None

    def _remote(self, source: PhotoSource, count: int) -> RemoteEncoder | None:
        opener = self._remotes.get(source.spec.kind)
        if opener is None or self._request.place is Place.PC:
            return None
        remote = opener(source, self._package.folder, self._home)
        if self._request.place is Place.FASTEST and not remote.is_faster(count):
            return None
        return remote

    def _encode(self, source: PhotoSource, ledger: Ledger, thumbnails: ThumbnailStore, model: int, count: int) -> None:
        self._report.begin_encoding(count)
        with closing(KnownContent(self._home.catalogue, model)) as known:
            reader = PhotoReader(
                source,
                self._tower,
                self._encoder,
                known,
                thumbnails,
                decode=self._decode,
                fast=self._request.fast,
            )
            workers = self._request.threads or self._measured_workers(count)
            Pipeline(reader, ledger, thumbnails, self._control, self._report).run(workers)

    def _measured_workers(self, count: int) -> int:
        grey = np.full((self._tower.size, self._tower.size, 3), 128, np.uint8)

        def encode() -> None:
            self._control.check()
            self._encoder().encode(grey)

        return workers_for(self._home.workers, self._model.key, count, encode)

    def _compare(self, ledger: Ledger, source: PhotoSource) -> None:
        count = 0
        with self._report.listing(source) as listed_so_far:
            for count in ledger.take_listing(self._listed(source)):
                listed_so_far(count)
        known = ledger.known_photos()
        if count == 0 and known:
            raise AlbumMissing(
                f"It is empty now, though {known} photos of it are known.",
                thing=source.label,
                remedy="Plug in or mount the disk. If the photos are really gone, make PocketLens forget this album.",
            )
        self._report.stage(Stage.COMPARING, total=count)
        self._report.unchanged += ledger.compare()

    def _listed(self, source: PhotoSource) -> Iterator[ListedPhoto | UnlistedFolder]:
        try:
            for entry in source.list():
                self._control.check()
                yield entry
        except Exception:
            # A source that was closed under its listing raises what it likes.
            self._control.check()
            raise

    def _finish(self, catalogue: Catalogue, thumbnails: ThumbnailStore) -> None:
        self._report.stage(Stage.FINISHING)
        if self._report.changed_anything:
            thumbnails.keep_only(catalogue)
            forget_texts(catalogue)
        compact(catalogue.connection)
        if not self._derive:
            return
        add_fingerprints(catalogue, thumbnails, self._control.check)
        name_places(catalogue)
        if self._probe is not None:
            add_kinds(catalogue, self._model, self._probe, self._control.check)
        refresh_vector_file(catalogue, self._model, self._home.vectors)
        refresh_graph(
            load_vectors(catalogue, self._model, self._home.vectors),
            catalogue,
            self._model,
            self._home.vectors,
            go_on=self._control.check,
            exact_limit=self._exact_limit,
        )


@contextmanager
def only_indexer(path: Path) -> Iterator[None]:
    """Hold the home's indexing lock. The system lets go of it when the process ends, however it ends.

    Raises:
        CatalogueBusy: another process holds it.
    """
    # SQLite's own file lock: the one that works the same on every system.
    with reported(path, "indexing lock"), closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as lock:
        try:
            lock.execute("PRAGMA journal_mode = MEMORY")
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise CatalogueBusy(
                "Another PocketLens is indexing just now.",
                thing=str(path.parent),
                remedy="Wait until it is done.",
            ) from error
        yield
