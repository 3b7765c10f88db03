"""One model on the models page: what it is, what it takes, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from pocketlens_desktop.gui.address_form import AddressForm
from pocketlens_desktop.gui.confirmation import Confirmation
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.memory_plot import MemoryPlot
from pocketlens_desktop.gui.model_shelf import ShelvedModel
from pocketlens_desktop.gui.page import plain_label
from pocketlens_desktop.gui.wording import duration_text, language_names, number, remaining_text, size_text
from pocketlens_models.download import Transferred


class ModelCard(QFrame):
    """Signals:
    use_wanted: switch to this model; the person knows what it costs.
    download_wanted: begin the download of an `Archive`; stop_wanted: end it.
    """

    use_wanted = Signal()
    download_wanted = Signal(object)
    stop_wanted = Signal()

    def __init__(self, model: ShelvedModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setProperty("state", "now" if model.in_use else "")
        self._model = model
        self.use_button = IconPushButton("check")
        self.use_button.clicked.connect(self._ask_to_use)
        self.download_button = IconPushButton("download")
        self.download_button.clicked.connect(self._download)
        self.address = AddressForm(model.title)
        self.address.chosen.connect(self.download_wanted)
        self.confirmation = Confirmation()
        self._transfer = _Transfer()
        self._transfer.stop_button.clicked.connect(self.stop_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 18, 16)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        for label in self._sentences():
            layout.addWidget(label)
        layout.addWidget(self.address)
        layout.addWidget(self._transfer)
        layout.addWidget(self.confirmation)
        self._add_plots(layout)
        # Only now that they have a parent: shown without one they would flash up as windows of their own.
        self.use_button.setVisible(model.usable and not model.in_use)
        self.download_button.setVisible(self._can_be_fetched())

    @property
    def model(self) -> ShelvedModel:
        return self._model

    @property
    def words(self) -> str:
        """All that the card says."""
        return "\n".join(label.text() for label in self.findChildren(QLabel) if not label.isHidden())

    def show_transfer(self, progress: Transferred | None) -> None:
        """How far its download is; None when there is none."""
        self.download_button.setVisible(self._can_be_fetched() and progress is None)
        if progress is not None:
            self.address.hide()
        self._transfer.show_progress(progress)

    def set_idle(self, idle: bool) -> None:
        """Whether a switch may begin: not while photos are indexed."""
        self.use_button.setEnabled(idle)

    def set_download_possible(self, possible: bool) -> None:
        """Whether a download may begin: one at a time."""
        self.download_button.setEnabled(possible)

    def _can_download(self) -> bool:
        """Whether this release knows an address."""
        known = self._model.known
        return self._model.installed is None and known is not None and known.archive is not None

    def _can_be_fetched(self) -> bool:
        """Whether there is something to download, if only from an address that the person has."""
        known = self._model.known
        return self._model.installed is None and known is not None and not known.obstacle

    def _download(self) -> None:
        known = self._model.known
        if known is not None and known.archive is not None:
            self.download_wanted.emit(known.archive)
        else:
            self.address.setVisible(not self.address.isVisible())

    def _head(self) -> QHBoxLayout:
        model = self._model
        name = plain_label(model.title, "heading")
        head = QHBoxLayout()
        head.addWidget(name)
        for badge in self._badges():
            label = QLabel(badge)
            label.setProperty("role", "tag")
            head.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        self.use_button.setText(self.tr("Use this model"))
        self.use_button.setAccessibleDescription(model.title)
        known = self._can_download()
        self.download_button.setText(self.tr("Download") if known else self.tr("Download from…"))
        self.download_button.setAccessibleDescription(model.title)
        head.addWidget(self.use_button)
        head.addWidget(self.download_button)
        return head

    def _badges(self) -> list[str]:
        model, badges = self._model, []
        if model.in_use:
            badges.append(self.tr("in use"))
        elif model.installed is not None:
            badges.append(self.tr("installed"))
        if model.known is not None and model.known.recommended:
            badges.append(self.tr("recommended"))
        return badges

    def _sentences(self) -> list[QLabel]:
        model = self._model
        facts = plain_label("  ·  ".join(self._facts()), "muted")
        labels = [facts]
        if model.installed is not None and model.installed.problem:
            labels.append(plain_label(self.tr("It cannot be used: its files are damaged or of another version.")))
            labels.append(plain_label(model.installed.problem, "small"))
        elif model.plan is not None and model.plan.left and model.in_use:
            left = self.tr("%n photo(s) still have to be looked at with it.", "", model.plan.left)
            labels.append(plain_label(left))
        if model.installed is None and not self._can_download():
            labels.append(plain_label(self._how_to_get(), "small"))
            labels[-1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return labels

    def _facts(self) -> list[str]:
        model = self._model
        facts = [language_names(model.languages)]
        if model.disk_bytes:
            facts.append(self.tr("{size} on disk").format(size=size_text(model.disk_bytes)))
        if model.memory_bytes is not None:
            indexing, searching = (size_text(count) for count in model.memory_bytes)
            text = self.tr("memory: {indexing} while indexing, {searching} while searching")
            facts.append(text.format(indexing=indexing, searching=searching))
        if model.known is not None:
            facts.append(self.tr("licence: {name}").format(name=model.known.licence))
        return facts

    def _how_to_get(self) -> str:
        known = self._model.known
        if known is None:
            return ""
        if known.obstacle:
            return self.tr("PocketLens cannot use this model yet.")
        return self.tr("Build it from its authors' file: {address}\n{command}").format(
            address=known.upstream, command=f"pocketlens models build {known.id} --checkpoint {known.checkpoint}"
        )

    def _ask_to_use(self) -> None:
        plan, model_seconds = self._model.plan, self._model.seconds
        if plan is None or not plan.left:
            self.use_wanted.emit()
            return
        question = self.tr(
            "%n photo(s) have to be looked at once more with this model. You can go on searching with the old one "
            "until that is done, and stop at any time; nothing that is indexed is lost.",
            "",
            plan.left,
        )
        if model_seconds is not None:
            question += " " + self.tr("At its measured speed: {time}.").format(time=duration_text(model_seconds))
        away = sum(count for source, count in plan.to_encode.items() if source.kind != "folder")
        if away:
            question += " " + self.tr(
                "%n of them are on phones: after the switch those are not found until the phone is checked again.",
                "",
                away,
            )
        self.confirmation.ask(question, self.tr("Switch"), self.use_wanted.emit, danger=False)

    def _add_plots(self, layout: QVBoxLayout) -> None:
        profile = self._model.profile
        if profile is None or not (profile.image.samples and profile.text.samples):
            return
        plots = QHBoxLayout()
        plots.setSpacing(18)
        titles = (self.tr("Memory while indexing"), self.tr("Memory while searching"))
        for tower, title in zip((profile.image, profile.text), titles, strict=True):
            plot = MemoryPlot(tower)
            plot.describe(title)
            plots.addWidget(plot)
        layout.addLayout(plots)


class _Transfer(QWidget):
    """How far a download is, and the button that ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._words = QLabel()
        self._words.setProperty("role", "small")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, 1000)
        self.stop_button = QPushButton(self.tr("Stop"))
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(column, 1)
        layout.addWidget(self.stop_button)
        self.hide()

    def show_progress(self, progress: Transferred | None) -> None:
        self.setVisible(progress is not None)
        if progress is None:
            return
        self._bar.setValue(1000 * progress.done // max(1, progress.total))
        done, total = size_text(progress.done), size_text(progress.total)
        parts = [self.tr("{done} of {total}").format(done=done, total=total)]
        if progress.rate:
            parts.append(self.tr("{rate} a second").format(rate=size_text(int(progress.rate))))
        if progress.eta_s is not None:
            parts.append(remaining_text(progress.eta_s))
        self._words.setText("  ·  ".join(parts))
        percent = number(100 * progress.done // max(1, progress.total))
        self._bar.setAccessibleName(self.tr("Downloaded: {percent} %").format(percent=percent))
