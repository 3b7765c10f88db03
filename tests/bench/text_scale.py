"""What looking up words in photos costs as an album grows, and what the plain way, LIKE over all texts, would.

    python tests/bench/text_scale.py [--counts 20000 200000]

Texts are made of 40 words each, drawn by a Zipf law from made-up Latin words and pairs of common Han characters, some
230 characters: as many as a phone's screenshot shows.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pocketlens.catalogue import Catalogue
from pocketlens.texts import matches, text_condition

_WORDS = 40
_ROUNDS = 7
_RANDOM = random.Random(5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[20_000, 200_000])
    print("| Texts | rare word | rare pair | common pair | LIKE, rare pair | index on disk | forgetting rebuilds it |")
    print("|---|---|---|---|---|---|---|")
    for count in parser.parse_args().counts:
        with tempfile.TemporaryDirectory() as folder, Catalogue.open(Path(folder) / "c.sqlite3") as catalogue:
            print(_row(catalogue, count))


def _row(catalogue: Catalogue, count: int) -> str:
    connection = catalogue.connection
    vocabulary = [_word() for _ in range(4_000)]
    weights = [1 / place for place in range(1, len(vocabulary) + 1)]
    with catalogue.transaction():
        for number in range(count):
            words = _RANDOM.choices(vocabulary, weights, k=_WORDS)
            words += ["kobe"] if number % 2_000 == 7 else []
            words += ["到杭州东"] if number % 2_000 == 9 else []
            connection.execute(
                "INSERT INTO texts (content_hash, state, reader, words) VALUES (?, 1, 1, ?)",
                (number.to_bytes(16, "big"), "\n".join(words)),
            )
    common = next(word for word in vocabulary[20:] if not word.isascii())

    def like() -> object:
        return connection.execute("SELECT id FROM texts WHERE words LIKE ?", ("%杭州%",)).fetchall()

    def filtered(words: str) -> Callable[[], object]:
        condition, values = text_condition(words)
        return lambda: connection.execute(f"SELECT id FROM texts WHERE {condition}", values).fetchall()

    assert like() == filtered("杭州")()
    timed = [_ms(lambda: matches(connection, ["kobe"], 1_000)), _ms(filtered("杭州")), _ms(filtered(common)), _ms(like)]
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    before = connection.execute("PRAGMA page_count").fetchone()[0] * page
    plain = connection.execute("SELECT sum(length(CAST(words AS BLOB))) FROM texts").fetchone()[0]
    rebuilt = _ms(lambda: connection.execute("INSERT INTO text_grams (text_grams) VALUES ('rebuild')"), rounds=1)
    size = f"{(before - plain) / 1e6:.0f} MB for {plain / 1e6:.0f} MB of text"
    return "| " + " | ".join([f"{count:,}", *(f"{ms:.1f} ms" for ms in timed), size, f"{rebuilt / 1000:.1f} s"]) + " |"


def _word() -> str:
    if _RANDOM.random() < 0.5:
        return "".join(_RANDOM.choices("etaoinshrdlcumwfgypbvk", k=_RANDOM.randint(3, 9)))
    # The 3,755 characters of GB 2312's first level.
    return "".join(bytes([_RANDOM.randint(0xB0, 0xD6), _RANDOM.randint(0xA1, 0xFE)]).decode("gb2312") for _ in range(2))


def _ms(call: Callable[[], object], rounds: int = _ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
