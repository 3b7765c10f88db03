# ruff: noqa: N802 - methods that Qt names and calls
"""What the viewer says beside and below a photo: what is known about it, and how far its fetching is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from pocketlens.catalogue import PhotoRow
from pocketlens.decoding import MOST_PIXELS
from pocketlens.errors import PocketLensError
from pocketlens.kinds import Kind
from pocketlens_desktop.gui.page import plain_label
from pocketlens_desktop.gui.photo_image import Unshown
from pocketlens_desktop.gui.photo_list import day_text, time_text
from pocketlens_desktop.gui.wording import error_detail, error_title, kind_name, number, place_text, size_text

_KINDS = frozenset(Kind)


class FetchStrip(QFrame):
    """The original of a photo is on its way from a phone, or why it is not.

    Signals:
        again_wanted: try to fetch it again.
    """

    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fetchStrip")
        self._error: PocketLensError | Unshown | None = None
        self._done, self._total = 0, 0
        self._words = plain_label("")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(160)
        self.again_button = QPushButton()
        self.again_button.clicked.connect(self.again_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 8)
        layout.setSpacing(14)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self.again_button)
        self.again_button.hide()
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def show_progress(self, done: int, total: int) -> None:
        """Bytes that are here, of those that will be; no total while that is unknown."""
        self._error, self._done, self._total = None, done, total
        self._show()

    def show_error(self, error: PocketLensError) -> None:
        self._error = error
        self._show()

    def show_unshown(self, reason: Unshown) -> None:
        """Why a photo of this computer is not shown."""
        self._error = reason
        self._show()

    def _show(self) -> None:
        error = self._error
        self._bar.setVisible(error is None)
        self.again_button.setVisible(error is not None)
        self.again_button.setText(self.tr("Try again"))
        if isinstance(error, Unshown):
            self._words.setText(self._reason(error))
        elif error is not None:
            detail = error_detail(error).partition("\n")[0]
            small = self.tr("This is the small picture.")
            self._words.setText(f"{small} {error_title(error)} {detail}")
        elif self._total:
            self._bar.setRange(0, 100)
            self._bar.setValue(100 * self._done // self._total)
            done, total = size_text(self._done), size_text(self._total)
            self._words.setText(self.tr("Fetching the photo: {done} of {total}").format(done=done, total=total))
        else:
            self._bar.setRange(0, 100)
            self._bar.setValue(0)
            self._words.setText(self.tr("Fetching the photo from the phone"))
        self._bar.setAccessibleName(self._words.text())
        self.show()

    def _reason(self, reason: Unshown) -> str:
        small = self.tr("This is the small picture.")
        match reason:
            case Unshown.AWAY:
                return f"{small} {self.tr('The folder with this photo is not there now: its disk may be unplugged.')}"
            case Unshown.GONE:
                return f"{small} {self.tr('The photo itself was moved or deleted. Index its folder again.')}"
            case Unshown.TOO_LARGE:
                most = number(MOST_PIXELS // 1_000_000)
                return self.tr("This picture has more than {most} megapixels, the most that are opened here.").format(
                    most=most
                )
        return self.tr("This photo cannot be decoded: its file is damaged, or of a format that is not read here.")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self._show()
        super().changeEvent(event)


class InfoPanel(QFrame):
    """What the catalogue knows of one photo."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("infoPanel")
        self.setFixedWidth(270)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(18, 16, 18, 16)
        self._form.setVerticalSpacing(4)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)

    def clear(self) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)

    def show_row(self, row: PhotoRow, found_text: str = "") -> None:
        """``found_text``: where the photo shows the words that were searched for."""
        self.clear()
        size = f"{row.size / 1_000_000:.1f} MB" if row.size >= 100_000 else f"{max(1, row.size // 1000)} kB"
        place = ""
        if row.latitude is not None and row.longitude is not None:
            place = "\n".join(filter(None, (place_text(row.place), f"{row.latitude:.5f}, {row.longitude:.5f}")))
        pixels = f"{number(row.width or 0)} × {number(row.height or 0)}"
        for name, value in (
            (self.tr("Words in it"), f"“{found_text}”" if found_text else ""),
            (self.tr("File"), row.location),
            (self.tr("Album"), row.album),
            (self.tr("Taken"), "\n".join((day_text(row.taken_at), time_text(row.taken_at))).strip()),
            (self.tr("Kind"), kind_name(Kind(row.kind)) if row.kind in _KINDS else ""),
            (self.tr("Size"), f"{pixels}, {size}"),
            (self.tr("Format"), row.format or ""),
            (self.tr("Camera"), row.camera or ""),
            (self.tr("Place"), place),
        ):
            if value:
                self._add(name, value)

    def _add(self, name: str, value: str) -> None:
        label = QLabel(name)
        label.setProperty("role", "small")
        # A path has no spaces to wrap at; zero-width spaces give it some without showing.
        text = plain_label(value.replace("/", "/\u200b").replace("_", "_\u200b"))
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setContentsMargins(0, 0, 0, 10)
        self._form.addRow(label, text)
