"""A photo's file in other programs: opened in the default one, shown in the file manager."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices


def open_in_default_program(file: str) -> bool:
    """Whether the desktop knew what to do with it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(file))


def show_in_folder(file: str, asker: QObject) -> None:
    """Open the folder ``file`` is in, with the file selected where the desktop can do that.

    ``asker`` owns the question while the file manager has not answered: one that starts first takes seconds.
    """
    if sys.platform == "win32":
        subprocess.Popen(["explorer", f"/select,{file}"])
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", file])
    else:
        _show_over_dbus(file, asker)


def _show_over_dbus(file: str, asker: QObject) -> None:
    """Ask freedesktop.org's FileManager1, which Nautilus, Dolphin, Nemo, Thunar and others answer."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    manager = "org.freedesktop.FileManager1"
    call = QDBusMessage.createMethodCall(manager, "/org/freedesktop/FileManager1", manager, "ShowItems")
    address = QUrl.fromLocalFile(file).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    call.setArguments([[address], ""])
    watcher = QDBusPendingCallWatcher(QDBusConnection.sessionBus().asyncCall(call), asker)

    def answered() -> None:
        if watcher.isError():
            open_in_default_program(str(Path(file).parent))
        watcher.deleteLater()

    watcher.finished.connect(answered)
