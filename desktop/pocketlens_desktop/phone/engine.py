"""The engine process that knows phones too: core's own, with one more kind of source.

It is what the window and the command line start for indexing, whatever the source: adb is imported only when a phone is
opened.
"""

from __future__ import annotations

import sys

from pocketlens.engine import main
from pocketlens.protocol import SourceSpec
from pocketlens.source import DEFAULT_OPENERS, PhotoSource


def _open_phone(spec: SourceSpec) -> PhotoSource:
    from pocketlens_desktop.phone.source import open_phone

    return open_phone(spec)


if __name__ == "__main__":
    sys.exit(main(openers={**DEFAULT_OPENERS, "phone": _open_phone}))
