"""A damaged catalogue in the window: said in the notice, repaired when the person wants that, then gone on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from pocketlens.errors import CatalogueDamaged, PocketLensError
from pocketlens_desktop.gui.engines import Job
from pocketlens_desktop.gui.housekeeping import Housekeeping
from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.notice import Notice
from pocketlens_desktop.gui.wording import number

if TYPE_CHECKING:
    from pocketlens.recovery import Repair


class Repairing(QObject):
    """Shows failures of whatever reads the catalogue. A damaged one comes with the button that repairs it.

    Args:
        start: begins an indexing job without taking the notice away.
    """

    def __init__(
        self, notice: Notice, housekeeping: Housekeeping, library: Library, start: Callable[[Job], object]
    ) -> None:
        super().__init__(notice)
        self._notice, self._housekeeping, self._library, self._start = notice, housekeeping, library, start
        self._working = False
        housekeeping.repaired.connect(self._repaired)
        housekeeping.failed.connect(self._failed)

    def show_failure(self, error: PocketLensError, again: Callable[[], object] | None = None) -> None:
        """Show ``error``; ``again`` is what may help against any other than a damaged catalogue."""
        if not isinstance(error, CatalogueDamaged):
            self._notice.show_error(error, again)
        elif not self._working:  # else somebody read on meanwhile: it is being seen to
            self._notice.show_error(error, self.repair)

    def repair(self) -> None:
        """What ``pocketlens doctor --repair`` does."""
        self._working = True
        self._notice.show_words(
            lambda: (self.tr("The catalogue is being repaired…"), self.tr("This may take minutes for a large album."))
        )
        self._housekeeping.repair()

    def _failed(self, error: PocketLensError) -> None:
        self._working = False
        self.show_failure(error)

    def _repaired(self, repaired: Repair) -> None:
        self._working = False
        self._notice.show_words(lambda: self._outcome(repaired))
        # What could not be read comes from the photos again.
        self._library.overview_changed.connect(self._go_on, Qt.ConnectionType.SingleShotConnection)

    def _outcome(self, repaired: Repair) -> tuple[str, str]:
        if repaired.aside is None:
            return self.tr("The catalogue is in order."), ""
        if not repaired.photos:
            return (
                self.tr("Nothing could be read of the damaged catalogue; a new one was begun."),
                self.tr("Choose your folders again. The damaged file is kept: {0}").format(repaired.aside),
            )
        return (
            self.tr("The catalogue was repaired: {0} photos, {1} of them favourites.").format(
                number(repaired.photos), number(repaired.favourites)
            ),
            self.tr("What is missing is read from the photos again. The damaged file is kept: {0}").format(
                repaired.aside
            ),
        )

    def _go_on(self, overview: Overview) -> None:
        folders = [source.spec for source in overview.sources if source.spec.kind == "folder"]
        if there := tuple(spec for spec in folders if spec not in overview.away):
            self._start(Job(there))
