"""Tokenizers in pure Python: exact against the models' own packages, and nothing more to carry to a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import msgspec

from pocketlens.errors import ModelCorrupt, ModelUnsupported


class Tokenizer(Protocol):
    """Text to the ids that a text tower was trained on."""

    @property
    def pad_id(self) -> int:
        """The id that fills up a text to a fixed length."""

    def encode(self, text: str) -> list[int]:
        """Token ids, special ones included, at most as many as the model's context."""


def load_tokenizer(path: Path, context: int) -> Tokenizer:
    """The tokenizer described by a package's ``tokenizer.json``.

    Args:
        path: the file; its ``kind`` is "unigram", "wordpiece" or "bpe".
        context: most ids that `Tokenizer.encode` may return.

    Raises:
        ModelCorrupt: the file is not readable or not what its kind needs.
        ModelUnsupported: a kind this version does not know.
    """
    try:
        description = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        return _build(path, description, context)
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(
            f"The tokenizer cannot be read: {error!r}.", thing=str(path), remedy="Install the model again."
        ) from error


def _build(path: Path, description: dict[str, Any], context: int) -> Tokenizer:
    # Each is imported only when a model asks for it: a cold search pays for one.
    match description.get("kind"):
        case "unigram":
            from pocketlens.tokenizers.unigram import UnigramTokenizer

            return UnigramTokenizer(description, context)
        case "wordpiece":
            from pocketlens.tokenizers.wordpiece import WordPieceTokenizer

            return WordPieceTokenizer(description, context)
        case "bpe":
            from pocketlens.tokenizers.bpe import BpeTokenizer

            return BpeTokenizer(description, context)
        case kind:
            raise ModelUnsupported(
                f"The model's tokenizer is of a kind this version does not know ({kind!r}).",
                thing=str(path),
                remedy="Update PocketLens.",
            )
