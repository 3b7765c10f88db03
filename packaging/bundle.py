"""Build what is handed out: ``bundle.py phone --abi arm64-v8a`` or ``bundle.py linux``; each has its own --help."""

from __future__ import annotations

import sys

import linux.build
import linux.deb
import phone.build

BUILDERS = {"phone": phone.build.main, "linux": linux.build.main, "deb": linux.deb.main}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in BUILDERS:
        sys.exit(f"usage: bundle.py {'|'.join(BUILDERS)} …")
    sys.exit(BUILDERS[sys.argv[1]](sys.argv[2:]))
