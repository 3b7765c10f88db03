"""What is shown while no photo is indexed: three steps to the first found photo."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from pocketlens.protocol import Progress
from pocketlens_desktop.gui.engines import Indexing, JobState
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import stage_text


class Welcome(Translated, QWidget):
    """Signals:
    folder_wanted: the person wants to choose a folder.
    phone_wanted: the photos are on a phone.
    sample_wanted: the person wants to try the sample album.
    """

    folder_wanted = Signal()
    phone_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, indexing: Indexing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indexing = indexing
        self._title, self._subtitle, self._drop = QLabel(), QLabel(), QLabel()
        self._title.setProperty("role", "display")
        for label in (self._title, self._subtitle, self._drop):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self._subtitle.setProperty("role", "muted")
        self._drop.setProperty("role", "small")
        self._steps = [_Step(number) for number in (1, 2, 3)]
        self._choose = IconPushButton("folder-add", role="primary")
        self._phone = IconPushButton("phone", role="link")
        self._sample = IconPushButton("sample", role="link")
        self._choose.clicked.connect(self.folder_wanted)
        self._phone.clicked.connect(self.phone_wanted)
        self._sample.clicked.connect(self.sample_wanted)
        self._steps[0].body.addWidget(self._choose)
        self._steps[0].body.addWidget(self._phone)
        self._steps[0].body.addWidget(self._sample)
        self._bar = QProgressBar(textVisible=False)
        self._stage = QLabel()
        self._stage.setProperty("role", "small")
        self._steps[1].body.addWidget(self._bar)
        self._steps[1].body.addWidget(self._stage)
        cards = QHBoxLayout()
        cards.setSpacing(14)
        for step in self._steps:
            cards.addWidget(step, 1)
        inner = QWidget()
        inner.setMaximumWidth(980)
        column = QVBoxLayout(inner)
        column.setContentsMargins(28, 20, 28, 20)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addSpacing(4)
        column.addWidget(self._subtitle)
        column.addSpacing(30)
        column.addLayout(cards)
        column.addSpacing(18)
        column.addWidget(self._drop)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(inner)
        indexing.state_changed.connect(lambda _: self._show_step())
        indexing.progressed.connect(self._show_progress)
        self._retranslate()
        self._show_step()

    @property
    def choose_button(self) -> IconPushButton:
        return self._choose

    @property
    def phone_button(self) -> IconPushButton:
        return self._phone

    def _show_step(self) -> None:
        working = self._indexing.state is not JobState.IDLE
        self._steps[0].show_state("done" if working else "now")
        self._steps[1].show_state("now" if working else "later")
        self._steps[2].show_state("later")
        self._bar.setVisible(working)
        self._stage.setVisible(working)
        self._choose.setVisible(not working)
        self._phone.setVisible(not working)
        self._sample.setVisible(not working)
        if not working:
            self._bar.setValue(0)
            self._stage.clear()

    def _show_progress(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total or 1)
        self._bar.setValue(progress.done if progress.total else 0)
        self._stage.setText(stage_text(progress))

    def _retranslate(self) -> None:
        self._title.setText(self.tr("Find a photo from a few words"))
        self._subtitle.setText(self.tr("In English or Chinese, and without anything leaving this computer."))
        self._drop.setText(self.tr("You can also drop a folder anywhere in this window."))
        self._steps[0].describe(
            self.tr("Choose your photos"), self.tr("A folder, with all that is in it. Your photos stay where they are.")
        )
        self._steps[1].describe(
            self.tr("PocketLens looks at them"),
            self.tr("Once for each photo. You can search, pause or close the window meanwhile."),
        )
        self._steps[2].describe(
            self.tr("Type what you remember"),
            self.tr("“a dog on the beach”, “the receipt from the station”, “雪山”."),
        )
        self._choose.setText(self.tr("Choose a folder…"))
        self._phone.setText(self.tr("From my phone…"))
        self._sample.setText(self.tr("Try the sample album"))


class _Step(QFrame):
    """One card: a number, what happens, and room for more."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._number = QLabel(str(number), alignment=Qt.AlignmentFlag.AlignCenter)
        self._number.setProperty("role", "step")
        self._title, self._text = QLabel(), QLabel()
        self._title.setProperty("role", "heading")
        self._text.setProperty("role", "muted")
        self._title.setWordWrap(True)
        self._text.setWordWrap(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 18)
        layout.setSpacing(8)
        layout.addWidget(self._number)
        layout.addSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(8)
        layout.addStretch(1)
        layout.addLayout(self.body)

    def describe(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)

    def show_state(self, state: str) -> None:
        for widget in (self, self._number):
            widget.setProperty("state", state)
            widget.style().polish(widget)
