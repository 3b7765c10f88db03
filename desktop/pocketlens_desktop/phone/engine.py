"""The engine process that knows phones too: core's own, with one more kind of source.

It is what the window and the command line start for indexing, whatever the source: adb is imported only when a phone is
opened.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pocketlens.engine import main
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens.source import DEFAULT_OPENERS, PhotoSource

if TYPE_CHECKING:
    from pocketlens.remote import RemoteEncoder


def _open_phone(spec: SourceSpec) -> PhotoSource:
    from pocketlens_desktop.phone.source import open_phone

    return open_phone(spec)


def _open_phone_encoder(source: PhotoSource, model: Path, home: Home) -> RemoteEncoder:
    from pocketlens_desktop.phone.onboard.encoder import open_phone_encoder

    return open_phone_encoder(source, model, home)


if __name__ == "__main__":
    sys.exit(main(openers={**DEFAULT_OPENERS, "phone": _open_phone}, remotes={"phone": _open_phone_encoder}))
