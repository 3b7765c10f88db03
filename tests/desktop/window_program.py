"""The window as a program of its own, for tests that watch the process."""

from typing import Final

#: A person's first minutes in the window: a folder is indexed, something is searched, the window is closed.
FIRST_MINUTES: Final = """
import sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from pocketlens.paths import default_home
from pocketlens_desktop.gui.app import make_window

def wait(until):
    deadline = time.monotonic() + 200
    while not until():
        if time.monotonic() > deadline:
            sys.exit("nothing came of it")
        application.processEvents()
        time.sleep(0.01)

application = QApplication([])
window = make_window(application, default_home())
window.show()
window.index_folders([Path(sys.argv[1])])
wait(lambda: window.library.overview.counts.ready == 4)
window.photos_page.field.search_for("red")
wait(lambda: window.photos_page.results is not None and not window.search.busy)
window.close()
"""
