"""Replace every module below some folders by its bytecode. Run by a bundle's own Python: ``bytecode.py FOLDER…``.

The bytecode names no place and no time, so that it is the same wherever it is made. PocketLens's own modules keep their
source beside it: the core that is pushed to phones is made from that, and a report of a fault shows the line.
"""

import py_compile
import sys
from pathlib import Path

for folder in map(Path, sys.argv[1:]):
    for source in sorted(folder.rglob("*.py")):
        name = source.relative_to(folder).as_posix()
        ours = name.startswith("pocketlens")
        py_compile.compile(
            str(source),
            cfile=None if ours else str(source.with_suffix(".pyc")),
            dfile=name,
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            optimize=2 if folder.name == "python3.11" else 0,
        )
        if not ours:
            source.unlink()
