"""The sample album: photos under free licences and invented documents, built by packaging/sample_album.

`ALBUM` is the folder to index, `SOURCES` says where every file comes from and under which licence,
`GOLDEN` holds queries with the files (relative to ALBUM) that are right answers to them.
"""

from pathlib import Path

ALBUM = Path(__file__).parent / "album"
SOURCES = Path(__file__).parent / "SOURCES.toml"
GOLDEN = Path(__file__).parent / "golden.toml"
