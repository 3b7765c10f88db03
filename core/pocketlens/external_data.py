"""The files that an ONNX graph says its weights lie in.

onnxruntime before 1.23 or so opens any path that a graph names, and even a memory address; later ones stay
inside the folder, but do not know which files there were verified. So the names are read here first, from
the protobuf wire format itself (https://protobuf.dev/programming-guides/encoding/), with the field numbers of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. A parser of the whole format would be 20 MB more to
carry, for four nested fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

#: For each message, the fields that can lead to a tensor, and the message each holds.
_LEADS_TO: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
_KEY, _VALUE = 1, 2


class MalformedGraphError(ValueError):
    """The bytes are not a protobuf message."""


def external_locations(model: memoryview) -> set[str]:
    """Every ``location`` of external data in a serialized ONNX model, as it is written there.

    Large tensors are skipped, not read: 15 ms for the 1,600 nodes of a ViT-B/16 tower.

    Raises:
        MalformedGraphError: the bytes are not a protobuf message.
    """
    locations = set()
    waiting = [("model", model)]
    while waiting:
        kind, message = waiting.pop()
        if kind == "entry":
            texts = dict(_fields(message))  # a repeated field: the last one counts, as in protobuf
            if bytes(texts.get(_KEY, b"")) == b"location":
                locations.add(bytes(texts.get(_VALUE, b"")).decode("utf-8", "surrogateescape"))
            continue
        leads_to = _LEADS_TO[kind]
        waiting.extend((leads_to[number], value) for number, value in _fields(message) if number in leads_to)
    return locations


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of a message: their numbers and contents."""
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        wire_type = tag & 7
        if wire_type == _BYTES:
            length, at = _varint(message, at)
            if at + length > end:
                raise MalformedGraphError("a field is longer than its message")
            # protobuf reads tags as 32 bits and drops what is above.
            yield (tag & 0xFFFFFFFF) >> 3, message[at : at + length]
            at += length
        elif wire_type == _VARINT:
            _, at = _varint(message, at)
        elif wire_type in (_FIXED64, _FIXED32):
            at += 8 if wire_type == _FIXED64 else 4
        else:
            raise MalformedGraphError(f"unknown wire type {wire_type}")
    if at != end:
        raise MalformedGraphError("a field is longer than its message")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number at ``at`` and where the next thing begins."""
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise MalformedGraphError("a number does not end")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
