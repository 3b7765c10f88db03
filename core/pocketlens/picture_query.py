"""A picture to search by that need not be indexed: one file, to a vector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pocketlens.content import content_hash, content_of
from pocketlens.decoders import Decode
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import packed
from pocketlens.protocol import PictureVector


def encoded_picture(
    path: Path, package: ModelPackage, encoder: Callable[[], ImageEncoder], decode: Decode = decode
) -> tuple[PictureVector, bytes]:
    """Read, decode and encode one picture. Also gives its thumbnail, a JPEG.

    Args:
        package: loaded with its "image" part.
        encoder: gives the image encoder once the picture is known to be one.
        decode: how it is decoded: here, unless `pocketlens.decoders.Decoders` keep its crash away.

    Raises:
        UnreadablePhoto
    """
    data = content_of(path)
    tower = package.manifest.image
    photo = decode(data, size=tower.size, resize=tower.resize, interpolation=tower.interpolation, name=str(path))
    vector = packed(encoder().encode(photo.pixels))
    return PictureVector(model=package.manifest.key, vector=vector, content=content_hash(data)), photo.thumbnail
