"""A damaged catalogue in the window: said in the notice, repaired when the person wants that, then gone on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from pocketlens.errors import CatalogueDamaged, PocketLensError
from pocketlens_desktop.gui.engines import Indexing, Job, Search
from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.notice import Notice
from pocketlens_desktop.gui.wording import number

if TYPE_CHECKING:
    from pocketlens.recovery import Repair


class Repairing(QObject):
    """Shows failures of whatever reads the catalogue. A damaged one comes with the button that repairs it.

    Signals:
        repaired: there is a catalogue in order now: whoever shows it looks again.

    Args:
        start: begins an indexing job without taking the notice away.
    """

    repaired = Signal()

    def __init__(
        self, notice: Notice, search: Search, library: Library, indexing: Indexing, start: Callable[[Job], object]
    ) -> None:
        super().__init__(notice)
        self._notice, self._search, self._library, self._indexing = notice, search, library, indexing
        self._start = start
        self._working = False

    def show_failure(self, error: PocketLensError, again: Callable[[], object] | None = None) -> None:
        """Show ``error``; ``again`` is what may help against any other than a damaged catalogue."""
        if not isinstance(error, CatalogueDamaged):
            self._notice.show_error(error, again)
        elif not self._working:  # else somebody read on meanwhile: it is being seen to
            self._notice.show_error(error, self.repair)

    def repair(self) -> None:
        """What ``pocketlens doctor --repair`` does. A job that runs is stopped first."""
        self._working = True
        self._notice.show_words(
            lambda: (self.tr("The catalogue is being repaired…"), self.tr("This may take minutes for a large album."))
        )
        if self._indexing.working:
            self._indexing.state_changed.connect(self._repair_when_idle)
            self._indexing.stop()
        else:
            self._begin()

    def _repair_when_idle(self, _: object) -> None:
        if not self._indexing.working:
            self._indexing.state_changed.disconnect(self._repair_when_idle)
            self._begin()

    def _begin(self) -> None:
        self._search.let_go(lambda: self._library.repair(self._succeeded, self._failed))

    def _failed(self, error: PocketLensError) -> None:
        self._working = False
        # Nobody looks again: the catalogue is still damaged, and would say so in the place of the reason.
        self._notice.show_error(error, self.repair)

    def _succeeded(self, repair: Repair) -> None:
        self._working = False
        self._notice.show_words(lambda: self._outcome(repair))
        # What could not be read comes from the photos again.
        self._library.overview_changed.connect(self._go_on, Qt.ConnectionType.SingleShotConnection)
        self.repaired.emit()

    def _outcome(self, repaired: Repair) -> tuple[str, str]:
        if repaired.aside is None:
            return self.tr("The catalogue is in order."), ""
        if not repaired.photos:
            return (
                self.tr("Nothing could be read of the damaged catalogue; a new one was begun."),
                self.tr("Choose the folders that are missing. The damaged file is kept: {0}").format(repaired.aside),
            )
        return (
            self.tr("The catalogue was repaired: {0} photos, {1} of them favourites.").format(
                number(repaired.photos), number(repaired.favourites)
            ),
            self.tr("What is missing is read again where its photos are. The damaged file is kept: {0}").format(
                repaired.aside
            ),
        )

    def _go_on(self, overview: Overview) -> None:
        folders = [source.spec for source in overview.sources if source.spec.kind == "folder"]
        if there := tuple(spec for spec in folders if spec not in overview.away):
            self._start(Job(there))
