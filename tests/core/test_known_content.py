"""Whether a content was encoded before is asked for every photo: the answer must not take longer in a large album."""

from __future__ import annotations

import numpy as np

from pocketlens.catalogue import Catalogue
from pocketlens.known_content import KnownContent
from pocketlens.packed_vectors import packed
from pocketlens.paths import Home

PHOTOS = 2_000


def test_a_content_is_looked_up_and_not_searched_for(home: Home) -> None:
    vector = packed(np.ones(4))
    with Catalogue.open(home.make().catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute("INSERT INTO models VALUES (1, 'toy@1', 1, 4)")
        connection.execute("INSERT INTO sources VALUES (1, 'folder', x'2f', 'p', NULL)")
        connection.execute("INSERT INTO albums VALUES (1, 1, x'', 'p')")
        connection.executemany(
            "INSERT INTO photos (id, source, album, path, size, mtime_ns, state, content_hash, width, height, format)"
            " VALUES (?, 1, 1, ?, 1, 1, 1, ?, 40, 30, 'JPEG')",
            ((n, b"%d.jpg" % n, b"%016d" % n) for n in range(PHOTOS)),
        )
        connection.executemany(
            "INSERT INTO vectors (model, photo, vector) VALUES (1, ?, ?)", ((n, vector) for n in range(PHOTOS))
        )
    known = KnownContent(home.catalogue, 1)
    steps = 0

    def counted() -> int:
        nonlocal steps
        steps += 1
        return 0

    # Called at every hundredth of SQLite's instructions, of which going through all vectors takes some ten a row.
    known._connection.set_progress_handler(counted, 100)
    found = known.find(b"%016d" % (PHOTOS - 1))
    assert found is not None and found.vector == vector
    assert known.find(b"of no photo here") is None
    assert steps < 10
    known.close()
