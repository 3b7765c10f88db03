"""Where the photos of phones are encoded: the choice, and what it means."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from pocketlens.protocol import Place
from pocketlens_desktop.gui.segments import Segments
from pocketlens_desktop.gui.translated import Translated


class PlaceCard(Translated, QFrame):
    """Signals:
    chosen: the `Place`.
    """

    chosen = Signal(object)

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._place = place
        self.places = Segments([one.value for one in Place], place.value)
        self.places.chosen.connect(self._choose)
        self._label, self._meaning = QLabel(), QLabel(wordWrap=True)
        self._label.setProperty("role", "strong")
        self._meaning.setProperty("role", "small")
        row = QHBoxLayout()
        row.addWidget(self._label, 1)
        row.addWidget(self.places)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self._meaning)
        self._retranslate()

    @property
    def place(self) -> Place:
        return self._place

    def show_place(self, place: Place) -> None:
        self._place = place
        self.places.take(place.value)
        self._retranslate()

    def _choose(self, value: str) -> None:
        self.show_place(Place(value))
        self.chosen.emit(self._place)

    def _retranslate(self) -> None:
        self._label.setText(self.tr("Index on"))
        self.places.setAccessibleName(self.tr("Index on"))
        self.places.label((self.tr("This computer"), self.tr("The phone"), self.tr("Whichever is faster")))
        meanings = {
            Place.PC: self.tr(
                "Photos are read over the USB cable. Nothing is installed on the phone or changed there."
            ),
            Place.PHONE: self.tr(
                "The engine and the model are put on the phone, for this alone, and can be removed again. It goes on "
                "by itself while it is unplugged, and rests while it is hot or its battery is low."
            ),
            Place.FASTEST: self.tr(
                "By what was measured of this computer and the phone. If the phone is faster, the engine is put there, "
                "and can be removed again."
            ),
        }
        self._meaning.setText(meanings[self._place])
