"""Replace every module below some folders by its bytecode. Run by the bundle's own Python: ``bytecode.py FOLDER…``.

The bytecode names no place and no time, so that it is the same wherever it is made.
"""

import py_compile
import sys
from pathlib import Path

for folder in map(Path, sys.argv[1:]):
    for source in sorted(folder.rglob("*.py")):
        py_compile.compile(
            str(source),
            cfile=str(source.with_suffix(".pyc")),
            dfile=source.relative_to(folder).as_posix(),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            optimize=2 if folder.name == "python3.11" else 0,
        )
        source.unlink()
