"""Whatever is done to an album's files between two jobs, the catalogue ends as the files are."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.small_album import Indexer, SmallAlbum, content_hash, known_photos, mark_favourite
from pocketlens.catalogue import PhotoState
from pocketlens.encoders import ImageEncoder
from pocketlens.model import ModelPackage, load_package
from pocketlens.paths import home_at
from pocketlens.protocol import Event, Progress, Stage
from pocketlens_models.registry import SHIPPED

NAMES = [f"{folder}/{name}.jpg" for folder in ("a", "b", "c/d") for name in ("1", "2", "3")]
names = st.sampled_from(NAMES)
#: Few, so that copies are frequent.
contents = st.integers(0, 5)


@cache
def model() -> tuple[ModelPackage, ImageEncoder]:
    package = load_package(SHIPPED / "starter")
    return package, ImageEncoder(package)


class AlbumAndCatalogue(RuleBasedStateMachine):
    """Files are changed at random; jobs run in between, some of them cancelled."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.album = SmallAlbum(self.folder / "photos")
        self.album.write("kept.jpg", 99)  # an empty album would count as unmounted
        self.indexer = Indexer(home_at(self.folder / "home"), *model())
        self.up_to_date = False
        self.vectors: dict[bytes, bytes] = {}

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    @rule(name=names, content=contents)
    def write(self, name: str, content: int) -> None:
        self.album.write(name, content)
        self.up_to_date = False

    @rule(name=names)
    def spoil(self, name: str) -> None:
        self.album.write(name, b"no photo")
        self.up_to_date = False

    @rule(name=names)
    def touch(self, name: str) -> None:
        if name in self.album.files():
            self.album.touch(name)
            self.up_to_date = False

    @rule(name=names)
    def remove(self, name: str) -> None:
        if name in self.album.files():
            self.album.remove(name)
            self.up_to_date = False

    @rule(name=names, to=names)
    def move(self, name: str, to: str) -> None:
        if name in self.album.files():
            self.album.move(name, to)
            self.up_to_date = False

    @rule(name=names)
    @precondition(lambda self: self.up_to_date)
    def mark_and_move_a_photo_of_its_own(self, name: str) -> None:
        files = self.album.files()
        if name not in files or list(files.values()).count(files[name]) > 1 or files[name] == b"no photo":
            return
        before = known_photos(self.indexer.home)[name]
        mark_favourite(self.indexer.home, name)
        self.album.move(name, "moved/here.jpg")
        assert self.indexer(self.album.spec).moved == 1
        after = known_photos(self.indexer.home)["moved/here.jpg"]
        assert (after.id, after.favourite) == (before.id, True)
        self.album.remove("moved/here.jpg")
        self.index()

    @rule()
    def index_and_cancel(self) -> None:
        def cancel(event: Event) -> None:
            if isinstance(event, Progress) and event.stage in (Stage.COMPARING, Stage.ENCODING):
                job.cancel()

        job = self.indexer.job(self.album.spec, on_event=cancel)
        job.run()
        known_photos(self.indexer.home)

    @rule()
    def index(self) -> None:
        files = self.album.files()
        done = self.indexer(self.album.spec)
        assert done.added + done.changed + done.moved + done.unchanged == len(files)
        self.up_to_date = True

    @invariant()
    def the_catalogue_is_as_the_files_are(self) -> None:
        if not getattr(self, "up_to_date", False):
            return
        files, known = self.album.files(), known_photos(self.indexer.home)
        assert set(known) == set(files)
        assert len({photo.id for photo in known.values()}) == len(files)
        for path, content in files.items():
            photo = known[path]
            if content == b"no photo":
                assert (photo.state, photo.content_hash, photo.vectors) == (PhotoState.UNREADABLE, None, {})
                continue
            assert (photo.state, photo.content_hash) == (PhotoState.READY, content_hash(content))
            (vector,) = photo.vectors.values()
            assert self.vectors.setdefault(content_hash(content), vector) == vector


TestAlbumAndCatalogue = AlbumAndCatalogue.TestCase
TestAlbumAndCatalogue.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
