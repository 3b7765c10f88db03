"""The stages of an indexing job side by side, with the one that is under way, its counts and its pace."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from pocketlens.protocol import Progress, Stage
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import number, pace_text, stage_text

_STEPS = 10_000


class StageLine(Translated, QWidget):
    """Shows a `Progress`; ``words`` is all that it says of the present stage."""

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None
        self._names = {stage: QLabel() for stage in Stage}
        self._counts = QLabel(wordWrap=True)
        self._counts.setProperty("role", "small")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, _STEPS)
        stages = QHBoxLayout()
        stages.setSpacing(8)
        for label in self._names.values():
            label.setProperty("role", "stage")
            stages.addWidget(label)
        # Only a job that has to put its engine on the phone says so.
        self._names[Stage.INSTALLING].hide()
        # It is a job of its own, for those who have what reads.
        self._names[Stage.READING].hide()
        stages.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(stages)
        layout.addWidget(self._bar)
        layout.addWidget(self._counts)
        self._retranslate()

    @property
    def words(self) -> str:
        return self._counts.text()

    @property
    def stage(self) -> Stage | None:
        """The stage that is under way."""
        return self._progress.stage if self._progress else None

    def show_progress(self, progress: Progress | None) -> None:
        self._progress = progress
        reached = list(Stage).index(progress.stage) if progress else -1
        if progress is None or progress.stage is Stage.INSTALLING:
            self._names[Stage.INSTALLING].setVisible(progress is not None)
        self._names[Stage.READING].setVisible(progress is not None and progress.stage is Stage.READING)
        for place, label in enumerate(self._names.values()):
            state = "done" if place < reached else "now" if place == reached else "later"
            if label.property("state") != state:
                label.setProperty("state", state)
                label.style().polish(label)
        share = progress.done / progress.total if progress and progress.total else 0.0
        self._bar.setValue(int(_STEPS * share))
        self._bar.setAccessibleName(self.tr("Indexing, {percent} %").format(percent=number(int(100 * share))))
        waits = progress is not None and progress.paused is not None
        parts = [stage_text(progress), "" if waits else pace_text(progress)] if progress else []
        self._counts.setText("  ·  ".join(part for part in parts if part))

    def _retranslate(self) -> None:
        names = {
            Stage.LISTING: self.tr("Find photos"),
            Stage.COMPARING: self.tr("See what is new"),
            Stage.INSTALLING: self.tr("Prepare the phone"),
            Stage.ENCODING: self.tr("Look at them"),
            Stage.FINISHING: self.tr("Finish"),
            Stage.READING: self.tr("Read the words"),
        }
        for stage, label in self._names.items():
            label.setText(names[stage] if stage is Stage.LISTING else f"›  {names[stage]}")
        self.show_progress(self._progress)
