"""``python -m pocketlens_desktop.cli`` is the ``pocketlens`` command."""

from __future__ import annotations

import sys

from pocketlens_desktop.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
