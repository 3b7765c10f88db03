"""Which of some photos are alike: the same picture saved again, or shots of one burst.

Everything here is arrays. Nothing compares every photo with every other: 100,000 fingerprints take seconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Each photo of a burst comes within so many seconds of the one before. Chosen, not measured: as long as it takes to
#: try a shot again.
BURST_SECONDS: Final = 10
#: Photos of a burst have at least this cosine with the one before. Measured with the starter model: 150 photos moved by
#: 4 %, turned by 3° and lit by 15 % more, as hands do, had 0.95 with themselves at the 10th percentile and 0.92 at the
#: 5th; of all pairs among 3,232 different photos 0.1 % had 0.91 and 0.01 % had 0.96.
BURST_COSINE: Final = 0.93

#: Of 256 bits, and of the first 64, so many differ at most between a picture and its copy: see tests/bench/README.md.
COPY_BITS: Final = 40
COPY_KEY_BITS: Final = 7
#: What a copy's vector has at least: the fingerprint knows no colours and no contents.
COPY_COSINE: Final = 0.5

_UNKNOWN: Final = -1 << 63

#: Pairs held in memory at once, some 50 MB of them.
_PAIRS_AT_ONCE: Final = 1 << 20
#: So few are compared all with all: 1 ms for the 150 of a search's first fifty hits.
_ALL_WITH_ALL: Final = 500
_BANDS, _BAND_BITS = 4, 16
# A band that differs in one bit at most is among the four, as long as no more than 2 * 4 - 1 of their bits do.
_FLIPS: Final = np.array([0, *(1 << bit for bit in range(_BAND_BITS))], np.uint16)

Pairs = NDArray[np.intp]
#: Gives the unit vectors of some photos, (n, dimension) float32, zeros where one has none.
VectorsOf = Callable[[NDArray[np.intp]], NDArray[np.float32]]


def copy_pairs(fingerprints: Sequence[bytes | None], shot_at: Sequence[int | None], vectors: VectorsOf) -> Pairs:
    """Which photos are one picture saved again: (n, 2), places in the order.

    Of several with one fingerprint each is paired with the first alone. Those without a fingerprint are in no pair.

    Args:
        shot_at: when a camera took each, in seconds; None where the photo does not say. Two shots from one place look
            as much alike as two copies, but their times differ.
    """
    known = np.array([place for place, one in enumerate(fingerprints) if one], np.intp)
    if len(known) < 2:
        return np.empty((0, 2), np.intp)
    bits = np.frombuffer(b"".join(one for one in fingerprints if one), np.uint64).reshape(len(known), -1)
    moments = np.array([_UNKNOWN if (at := shot_at[place]) is None else at for place in known], np.int64)
    told_apart = np.column_stack([bits, moments.view(np.uint64)])
    _, first, which = np.unique(told_apart, axis=0, return_index=True, return_inverse=True)
    same = np.column_stack([first[which.ravel()], np.arange(len(known))])
    same = same[same[:, 0] != same[:, 1]]
    pairs = np.concatenate([same, *(first[pairs] for pairs in _similar(bits[first]))])
    one, other = moments[pairs].T
    pairs = pairs[(one == other) | (one == _UNKNOWN) | (other == _UNKNOWN)]
    return _with_cosine(known[pairs], vectors, COPY_COSINE)


def burst_pairs(times: Sequence[tuple[int, int] | None], vectors: VectorsOf) -> Pairs:
    """Which photos follow each other in a burst: (n, 2), places in the order.

    Args:
        times: of each photo its source and when it was taken, in seconds; None when that is not known.
    """
    dated = sorted((*time, place) for place, time in enumerate(times) if time is not None)
    follow = [
        (place, after)
        for (source, taken, place), (other, later, after) in itertools.pairwise(dated)
        if source == other and later - taken <= BURST_SECONDS
    ]
    return _with_cosine(np.array(follow, np.intp).reshape(-1, 2), vectors, BURST_COSINE)


def joined(count: int, pairs: Iterable[Sequence[int]]) -> list[list[int]]:
    """The groups that the pairs join 0..``count`` - 1 to, by their first, each in order; also those of one alone."""
    root = list(range(count))

    def find(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        root[high] = low
    groups: dict[int, list[int]] = {}
    for one in range(count):
        groups.setdefault(find(one), []).append(one)
    return list(groups.values())


def _with_cosine(pairs: Pairs, vectors: VectorsOf, least: float) -> Pairs:
    parts = [np.empty((0, 2), np.intp)]
    for start in range(0, len(pairs), 4096):
        some = pairs[start : start + 4096]
        cosines = np.einsum("nd,nd->n", vectors(some[:, 0]), vectors(some[:, 1]))
        parts.append(some[cosines >= least])
    return np.concatenate(parts)


def _similar(bits: NDArray[np.uint64]) -> Iterator[Pairs]:
    """Pairs of the distinct fingerprints (n, 4) that are a copy's apart, each at least once.

    The first 64 bits are cut into four bands. Where seven of them differ at most, one band differs in none or one, and
    so leads from one photo to the other: M. Norouzi et al., Multi-Index Hashing, 2012.
    """
    if len(bits) <= _ALL_WITH_ALL:
        yield _a_copys_apart(bits, *np.triu_indices(len(bits), 1))
        return
    bands = bits[:, 0].copy().view(np.uint16).reshape(len(bits), _BANDS)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(band, minlength=1 << _BAND_BITS))])
        for flip in _FLIPS:
            wanted = band ^ flip
            for one, other in _met(order, starts[wanted], starts[wanted.astype(np.intp) + 1]):
                yield _a_copys_apart(bits, one, other)


def _a_copys_apart(bits: NDArray[np.uint64], one: NDArray[np.intp], other: NDArray[np.intp]) -> Pairs:
    near = np.bitwise_count(bits[one, 0] ^ bits[other, 0]) <= COPY_KEY_BITS
    one, other = one[near], other[near]
    near = np.bitwise_count(bits[one] ^ bits[other]).sum(axis=1) <= COPY_BITS
    return np.column_stack([one[near], other[near]])


def _met(order: Pairs, start: Pairs, end: Pairs) -> Iterator[tuple[Pairs, Pairs]]:
    """Each place with those at ``order[start:end]`` of it that are larger, a bounded number of pairs at a time."""
    counts = end - start
    upto = np.cumsum(counts)
    place = 0
    while place < len(counts):
        before = upto[place - 1] if place else 0
        stop = max(place + 1, int(np.searchsorted(upto, before + _PAIRS_AT_ONCE, "right")))
        some = counts[place:stop]
        one = np.repeat(np.arange(place, stop), some)
        offset = np.arange(len(one)) - np.repeat(np.cumsum(some) - some, some)
        other = order[np.repeat(start[place:stop], some) + offset]
        larger = other > one
        yield one[larger], other[larger]
        place = stop
