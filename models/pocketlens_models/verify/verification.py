"""The whole examination of a package against its upstream model, and its result, ``parity.json``."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from pocketlens import __version__
from pocketlens.atomic import replacing
from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.errors import ModelCorrupt, ModelMissing
from pocketlens.model import MANIFEST_NAME, ModelPackage, load_package
from pocketlens.tokenizers import load_tokenizer
from pocketlens_models.gates import Budgets, fall_short, parity_failures
from pocketlens_models.manifest import file_sha256
from pocketlens_models.verify.agreement import TowerParity, Vectors, compare
from pocketlens_models.verify.pixels import PixelParity, compare_pixels, decoded, model_input
from pocketlens_models.verify.recall import CaptionedPhoto, Recall, caption_recall
from pocketlens_models.verify.samples import QUERIES, drawn_pictures
from pocketlens_models.verify.tokens import TokenizerParity, compare_tokenizers, odd_texts

if TYPE_CHECKING:
    from pocketlens_models.build.upstream import Upstream

PARITY_NAME: Final = "parity.json"
#: Pictures drawn when no photos are given.
_DRAWN: Final = 32

NamedPhoto = tuple[str, bytes]


class RecallPair(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of one language through the fp32 reference and through the package, on the same photos."""

    reference: Recall
    package: Recall


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """``parity.json``.

    Attributes:
        manifest_sha256: of the ``model.toml`` examined; with another one the result is void.
        photos: "drawn by rule" or "given": what the towers were compared on.
        recall: empty when no captioned set was given.
        failures: the gates that the package does not pass, in sentences; empty when it passes.
    """

    model: str
    manifest_sha256: str
    made_with: dict[str, str]
    photos: str
    image: TowerParity
    text: TowerParity
    tokenizer: TokenizerParity
    pixels: PixelParity
    recall: tuple[RecallPair, ...]
    failures: tuple[str, ...]


def verify_package(
    folder: Path,
    upstream: Upstream,
    gates: Budgets,
    *,
    photos: Sequence[NamedPhoto] = (),
    captioned: Sequence[tuple[bytes, CaptionedPhoto]] = (),
    say: Callable[[str], object] = lambda _: None,
) -> Verification:
    """Examine a package and write ``parity.json`` into it, whatever comes out.

    Args:
        upstream: the fp32 reference, from the checkpoint that the package was built from.
        photos: whole photo files with names for the report; without them pictures are drawn by rule.
        captioned: photo files with their captions, for the recall gate.

    Raises:
        ModelMissing, ModelCorrupt, ModelUnsupported: as `pocketlens.model.load_package`.
        UnreadablePhoto: one of the photos cannot be decoded.
    """
    package = load_package(folder)
    given = list(photos) or [(name, data) for name, data in _drawn()]
    examination = _Examination(package, upstream, say)
    image, text = examination.towers(given)
    say("Comparing tokenizers and preprocessing")
    tokenizer = compare_tokenizers(examination.tokenizer, upstream.tokenize, odd_texts())
    pixels = compare_pixels(given, package.manifest.image, upstream.transform, upstream.encode_images)
    recall = examination.recall(captioned) if captioned else ()
    verification = Verification(
        model=package.manifest.key,
        manifest_sha256=file_sha256(folder / MANIFEST_NAME),
        made_with={
            "pocketlens": __version__,
            **{name: version(name) for name in ("onnxruntime", "torch", "numpy", "pillow")},
        },
        photos="given" if photos else "drawn by rule",
        image=image,
        text=text,
        tokenizer=tokenizer,
        pixels=pixels,
        recall=recall,
        failures=(),
    )
    verification = msgspec.structs.replace(verification, failures=tuple(_failures(verification, gates)))
    with replacing(folder / PARITY_NAME) as file:
        file.write(msgspec.json.format(msgspec.json.encode(verification)) + b"\n")
    return verification


def read_verification(folder: Path) -> Verification:
    """The result that lies in a package.

    Raises:
        ModelMissing: the package was never verified, or has changed since.
        ModelCorrupt: the file is not what it should be.
    """
    path = folder / PARITY_NAME
    try:
        verification = msgspec.json.decode(path.read_bytes(), type=Verification)
    except FileNotFoundError as error:
        raise ModelMissing(
            "The package has not been verified.", thing=str(folder), remedy="Run `pocketlens models verify` first."
        ) from error
    except msgspec.DecodeError as error:
        raise ModelCorrupt(
            f"The verification is not one of this tool's: {error}.",
            thing=str(path),
            remedy="Run `pocketlens models verify` on it. The starter is judged by the recipe that trains it.",
        ) from error
    if verification.manifest_sha256 != file_sha256(folder / MANIFEST_NAME):
        raise ModelMissing(
            "The package has changed since it was verified.",
            thing=str(folder),
            remedy="Run `pocketlens models verify` again.",
        )
    return verification


class _Examination:
    """Both encoders of a package beside the fp32 reference."""

    def __init__(self, package: ModelPackage, upstream: Upstream, say: Callable[[str], object]) -> None:
        self._upstream, self._tower, self._say = upstream, package.manifest.image, say
        self._image, self._text = ImageEncoder(package), TextEncoder(package)
        text = package.manifest.text
        self.tokenizer = load_tokenizer(package.path(text.tokenizer), text.context)

    def towers(self, photos: Sequence[NamedPhoto]) -> tuple[TowerParity, TowerParity]:
        """Parity of the image tower on photos and of the text tower on the everyday queries."""
        self._say(f"Comparing the towers on {len(photos)} pictures and {len(QUERIES)} queries")
        reference, package = self._photos([data for _, data in photos])
        texts = np.concatenate([self._upstream.encode_texts([query]) for query in QUERIES])
        found = np.stack([self._text.encode(query) for query in QUERIES])
        return (
            compare(reference, package, texts, [name for name, _ in photos]),
            compare(texts, found, reference, QUERIES),
        )

    def recall(self, captioned: Sequence[tuple[bytes, CaptionedPhoto]]) -> tuple[RecallPair, ...]:
        """Recall by language, fp32 and package."""
        self._say(f"Measuring recall on {len(captioned)} photos")
        reference, package = self._photos([data for data, _ in captioned])
        pairs = []
        for language in ("en", "zh"):
            captions = [(row, text) for row, (_, line) in enumerate(captioned) for text in getattr(line, language)]
            if captions:
                pairs.append(
                    RecallPair(
                        reference=caption_recall(
                            language, reference, captions, lambda text: self._upstream.encode_texts([text])[0]
                        ),
                        package=caption_recall(language, package, captions, self._text.encode),
                    )
                )
        return tuple(pairs)

    def _photos(self, files: Sequence[bytes]) -> tuple[Vectors, Vectors]:
        """The reference's and the package's embeddings of the same pixels, float32 (N, d) each."""
        reference, package = [], []
        for number, data in enumerate(files):
            pixels = decoded(data, self._tower, f"photo {number}")
            reference.append(self._upstream.encode_images(model_input(pixels, self._tower)[np.newaxis])[0])
            package.append(self._image.encode(pixels))
        return np.stack(reference), np.stack(package)


def _drawn() -> list[NamedPhoto]:
    files = []
    for number, picture in enumerate(drawn_pictures(_DRAWN)):
        file = io.BytesIO()
        picture.save(file, "PNG")
        files.append((f"drawn {number}", file.getvalue()))
    return files


def _failures(found: Verification, gates: Budgets) -> list[str]:
    failures = [
        *parity_failures("image tower", found.image, gates.parity),
        *parity_failures("text tower", found.text, gates.parity),
        *fall_short("the least cosine of preprocessing", found.pixels.min_cosine, gates.parity.min_pixel_cosine),
    ]
    if found.tokenizer.differing > gates.parity.differing_texts:
        failures.append(
            f"{found.tokenizer.differing} of {found.tokenizer.texts} texts give other token ids than upstream"
        )
    for pair in found.recall:
        least = pair.reference.r10 - gates.recall.loss_r10
        failures += fall_short(f"R@10 in {pair.package.language}", pair.package.r10, least)
    return failures
