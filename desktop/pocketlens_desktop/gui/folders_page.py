# ruff: noqa: N802 - methods that Qt names and calls
"""Which folders are indexed, and which of their photos could not be read."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QTreeWidget, QVBoxLayout, QWidget

from pocketlens.catalogue import SourceSummary
from pocketlens_desktop.gui.empty_state import EmptyState
from pocketlens_desktop.gui.engines import Indexing, Job, JobState
from pocketlens_desktop.gui.icons import IconButton, IconPushButton
from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.page import ScrollingPage, plain_label, replace_cards, wrapping_path
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.unreadable_log import UnreadableLog
from pocketlens_desktop.gui.wording import moment_text


class FoldersPage(Translated, ScrollingPage):
    """Signals:
    folder_wanted: the person wants to choose another folder.
    index_wanted: the `Job` to carry out.
    """

    folder_wanted = Signal()
    index_wanted = Signal(object)

    def __init__(self, library: Library, indexing: Indexing) -> None:
        super().__init__()
        self._library, self._indexing = library, indexing
        self._cards: list[QWidget] = []
        self._add = IconPushButton("folder-add", role="primary")
        self._add.clicked.connect(self.folder_wanted)
        self.head.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        self._log = UnreadableLog()
        self._log.again_wanted.connect(self._retry)
        self._empty = EmptyState("folder")
        self._choose = IconPushButton("folder-add", role="primary")
        self._choose.clicked.connect(self.folder_wanted)
        self._empty.body.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignCenter)
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self.cards.addWidget(self._empty)
        self.cards.addLayout(self._list)
        self.cards.addWidget(self._log)
        library.overview_changed.connect(self._show)
        indexing.state_changed.connect(lambda _: self._show_state())
        self._retranslate()

    @property
    def log(self) -> QTreeWidget:
        return self._log.tree

    @property
    def words(self) -> str:
        """All that the page says of its folders."""
        return "\n".join(label.text() for card in self._cards for label in card.findChildren(QLabel))

    @property
    def empty(self) -> EmptyState:
        """What is shown while there is no folder."""
        return self._empty

    def showEvent(self, event: QShowEvent) -> None:
        # A disk may have been plugged in or pulled out since.
        self._library.refresh()
        super().showEvent(event)

    def _folders(self) -> list[SourceSummary]:
        return [source for source in self._library.overview.sources if source.spec.kind == "folder"]

    def _show(self, overview: Overview) -> None:
        failed = overview.unreadable_by_source()
        new: list[QWidget] = []
        for source in self._folders():
            card = _FolderCard(source, failed.get(source.spec, 0), away=source.spec in overview.away)
            card.check_wanted.connect(lambda spec: self.index_wanted.emit(Job((spec,))))
            card.forget_wanted.connect(self._library.forget)
            new.append(card)
        replace_cards(self._list, self._cards, new)
        self._cards = new
        self._empty.setVisible(not new)
        self._add.setVisible(bool(new))
        total = sum(failed.get(source.spec, 0) for source in self._folders())
        self._log.show_rows([row for row in overview.unreadable if row.source.kind == "folder"], total)
        self._show_state()

    def _show_state(self) -> None:
        idle = self._indexing.state is JobState.IDLE
        for card in self._cards:
            card.setEnabled(idle)
        self._log.set_idle(idle)

    def _retry(self) -> None:
        self.index_wanted.emit(Job(tuple(source.spec for source in self._folders()), retry_unreadable=True))

    def _retranslate(self) -> None:
        self.describe(self.tr("Folders"), self.tr("PocketLens only reads your photos; it never changes or moves them."))
        self._add.setText(self.tr("Add a folder…"))
        self._choose.setText(self.tr("Choose a folder…"))
        self._empty.describe(
            self.tr("No folder yet"),
            self.tr("Choose one with photos, or drop it anywhere in this window. All folders in it are looked at too."),
        )
        self._show(self._library.overview)


class _FolderCard(QFrame):
    """One indexed folder."""

    check_wanted = Signal(object)
    forget_wanted = Signal(object)

    def __init__(self, source: SourceSummary, unreadable: int, *, away: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        name = plain_label(source.label, "heading")
        place = plain_label(wrapping_path(Path(os.fsdecode(source.spec.identity))), "small")
        counts = QLabel(wordWrap=True)
        counts.setProperty("role", "muted")
        parts = [self.tr("%n photo(s)", "", source.photos)]
        if unreadable:
            parts.append(self.tr("%n could not be read", "", unreadable))
        if source.listed_at is not None:
            parts.append(self.tr("checked {when}").format(when=moment_text(source.listed_at)))
        counts.setText("  ·  ".join(parts))
        offline = QLabel(wordWrap=True)
        offline.setProperty("role", "strong")
        offline.setVisible(away)
        if away:
            offline.setText(
                self.tr("It is not there just now: plug its disk in. Its photos can be searched all the same.")
            )
        check = IconPushButton("refresh")
        check.setText(self.tr("Check for changes"))
        check.setAccessibleDescription(source.label)
        check.clicked.connect(lambda: self.check_wanted.emit(source.spec))
        more = IconButton("chevron-down")
        more.describe(self.tr("More about {name}").format(name=source.label))
        menu = QMenu(more)
        menu.addAction(self.tr("Forget this folder (photos stay)"), lambda: self.forget_wanted.emit(source.spec))
        more.clicked.connect(lambda: menu.popup(more.mapToGlobal(more.rect().bottomLeft())))
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (name, place, counts, offline):
            words.addWidget(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 14, 14)
        layout.addLayout(words, 1)
        layout.addWidget(check)
        layout.addWidget(more)
