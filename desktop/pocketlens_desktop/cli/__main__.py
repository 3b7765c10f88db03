"""``python -m pocketlens_desktop.cli`` is the ``pocketlens`` command."""

from __future__ import annotations

from pocketlens_desktop.cli.main import command

if __name__ == "__main__":
    command()
