# ruff: noqa: N802 - methods that Qt names and calls
"""The models: which one searches, which others are here, and which can be had."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from pocketlens_desktop.gui.engines import Indexing, JobState
from pocketlens_desktop.gui.folder_dialog import choose_folder
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.model_card import ModelCard
from pocketlens_desktop.gui.model_shelf import ModelShelf, ShelvedModel
from pocketlens_desktop.gui.page import ScrollingPage, replace_cards
from pocketlens_desktop.gui.translated import Translated
from pocketlens_models.download import Transferred


class ModelsPage(Translated, ScrollingPage):
    """Signals:
    switch_wanted: the `ShelvedModel` to search with.
    """

    switch_wanted = Signal(object)

    def __init__(self, shelf: ModelShelf, indexing: Indexing) -> None:
        super().__init__()
        self._shelf, self._indexing = shelf, indexing
        self._models: list[ShelvedModel] = []
        self._cards: list[ModelCard] = []
        self._transferred: Transferred | None = None
        self._install = IconPushButton("folder-add")
        menu = QMenu(self._install)
        self._from_file = menu.addAction("", self._choose_file)
        self._from_folder = menu.addAction("", self._choose_folder)
        self._install.setMenu(menu)
        self.head.addWidget(self._install, 0, Qt.AlignmentFlag.AlignTop)
        shelf.changed.connect(self._fill)
        shelf.transferred.connect(self._show_transfer)
        shelf.downloading_changed.connect(lambda _: self._downloading_changed())
        indexing.state_changed.connect(lambda _: self._show_state())
        self._retranslate()

    def card_of(self, model: str) -> ModelCard | None:
        """The card of one model."""
        return next((card for card in self._cards if card.model.id == model), None)

    def showEvent(self, event: QShowEvent) -> None:
        self._shelf.refresh()
        super().showEvent(event)

    def _fill(self, models: list[ShelvedModel]) -> None:
        if models == self._models and self._cards:
            return
        self._models = models
        new = [ModelCard(model) for model in models]
        for card in new:
            card.use_wanted.connect(lambda model=card.model: self.switch_wanted.emit(model))
            card.download_wanted.connect(lambda archive, model=card.model: self._shelf.download(model.id, archive))
            card.stop_wanted.connect(self._shelf.stop_download)
        replace_cards(self.cards, list[QWidget](self._cards), list[QWidget](new))
        self._cards = new
        self._show_state()

    def _show_state(self) -> None:
        idle = self._indexing.state is JobState.IDLE
        downloading = self._shelf.downloading
        for card in self._cards:
            card.set_idle(idle)
            card.set_download_possible(not downloading)
            card.show_transfer(self._transferred if card.model.id == downloading else None)

    def _downloading_changed(self) -> None:
        self._transferred = None
        self._show_state()

    def _show_transfer(self, model: str, progress: Transferred) -> None:
        card = self.card_of(model)
        if model == self._shelf.downloading and card is not None:
            self._transferred = progress
            card.show_transfer(progress)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a model package"), "", self.tr("Model packages (*.zip)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog)

    def _choose_folder(self) -> None:
        choose_folder(self, self.tr("Choose the folder of a model package"), self._shelf.install_from)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.fileSelected.connect(lambda chosen: self._shelf.install_from(Path(chosen)))
        dialog.show()

    def _retranslate(self) -> None:
        self.describe(
            self.tr("Models"),
            self.tr("A model looks at the photos and understands the words. It runs on this computer alone."),
        )
        self._install.setText(self.tr("Install…"))
        self._from_file.setText(self.tr("From a file…"))
        self._from_folder.setText(self.tr("From a folder…"))
        models, self._models = self._models, []
        self._fill(models)
