"""One command from an upstream checkpoint to a package that can be loaded."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import onnx
from PIL import Image

from pocketlens import __version__
from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.errors import ModelRejected
from pocketlens.model import MANIFEST_FORMAT, ImageTower, Manifest, ModelPackage, Part, TextTower, load_package
from pocketlens_models.build import graph
from pocketlens_models.build.quantize import Quantization, quantize
from pocketlens_models.build.upstream import Upstream
from pocketlens_models.gates import ParityGate, parity_failures
from pocketlens_models.manifest import file_sha256, listed, write_manifest
from pocketlens_models.placing import swapped_in
from pocketlens_models.registry import KnownModel
from pocketlens_models.verify.agreement import TowerParity, compare
from pocketlens_models.verify.pixels import model_input
from pocketlens_models.verify.samples import QUERIES

TOKENIZER: Final = "tokenizer.json"
#: Counted up when a change here changes vectors: those made before are then another version's.
RECIPE: Final = 2
#: Tried in this order: int8 runs in half the time, 8-bit weights alone are nearly exact.
ATTEMPTS: Final = (Quantization.INT8, Quantization.WEIGHTS8)


class BuiltTower(msgspec.Struct, frozen=True, kw_only=True):
    """How one tower is stored, and its parity on the few inputs of the build's own gate."""

    quantization: Quantization
    parity: TowerParity


class BuiltPackage(msgspec.Struct, frozen=True, kw_only=True):
    """What `build_package` made."""

    folder: Path
    key: str
    image: BuiltTower
    text: BuiltTower


def build_package(
    entry: KnownModel,
    upstream: Upstream,
    checkpoint: Path,
    target: Path,
    *,
    pictures: Sequence[Image.Image],
    gate: ParityGate,
    attempts: Sequence[Quantization] = ATTEMPTS,
    say: Callable[[str], object] = lambda _: None,
) -> BuiltPackage:
    """Export both towers, store them in 8 bits, and put the package in place once each has passed its gate.

    Args:
        entry: what the manifest says of the model.
        checkpoint: the file ``upstream`` was loaded from; its hash is part of the version.
        target: the package's folder, replaced whole.
        pictures: for the gate.
        attempts: ways of storing a tower, of which the first that passes the gate is taken.
        say: told, in a sentence, what is being done.

    Raises:
        ModelRejected: a tower fails its gate whichever way it is stored.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with swapped_in(target) as folder:
        (folder / TOKENIZER).write_bytes(msgspec.json.encode(upstream.tokenizer()))
        manifest = _manifest(entry, upstream)
        bench = _Bench(upstream, pictures, ModelPackage(folder, manifest), gate, say)
        image, text = (bench.store(tower, attempts) for tower in ("image", "text"))
        letters = image.quantization.letter + text.quantization.letter
        manifest = msgspec.structs.replace(
            manifest,
            version=f"{RECIPE}-{file_sha256(checkpoint)[:8]}-{letters}",
            quantization=f"image: {image.quantization.words}. text: {text.quantization.words}.",
            files=listed(folder, tuple(sorted(path.name for path in folder.iterdir()))),
        )
        write_manifest(folder, manifest)
        load_package(folder)
    return BuiltPackage(folder=target, key=manifest.key, image=image, text=text)


class _Bench:
    """Exports towers into a folder and compares each with the fp32 reference before it is accepted."""

    def __init__(
        self,
        upstream: Upstream,
        pictures: Sequence[Image.Image],
        package: ModelPackage,
        gate: ParityGate,
        say: Callable[[str], object],
    ) -> None:
        self._upstream, self._package, self._gate, self._say = upstream, package, gate, say
        tower = package.manifest.image
        square = (tower.size, tower.size)
        self._pixels = [np.asarray(picture.convert("RGB").resize(square)) for picture in pictures]
        self._images = np.concatenate(
            [upstream.encode_images(model_input(pixels, tower)[np.newaxis]) for pixels in self._pixels]
        )
        self._texts = np.concatenate([upstream.encode_texts([query]) for query in QUERIES])

    def store(self, tower: Part, attempts: Sequence[Quantization]) -> BuiltTower:
        """Write one tower's files in the first way that passes the gate."""
        self._say(f"Exporting the {tower} tower")
        exported = self._export(tower)
        failures: list[str] = []
        for how in attempts:
            copy = onnx.ModelProto()
            copy.CopyFrom(exported)
            with tempfile.TemporaryDirectory() as scratch:
                graph.save(quantize(copy, how, Path(scratch)), self._package.folder / f"{tower}.onnx")
            parity = self._parity(tower)
            self._say(f"As {how}: least cosine {parity.min_cosine:.4f}, mean removed {parity.min_centred:.4f}")
            short = parity_failures(f"{tower} tower as {how}", parity, self._gate)
            if not short:
                return BuiltTower(quantization=how, parity=parity)
            failures += short
        raise ModelRejected(
            f"{'; '.join(failures)}.",
            thing=self._package.manifest.id,
            remedy="The checkpoint may be damaged; nothing was installed.",
        )

    def _export(self, tower: Part) -> onnx.ModelProto:
        if tower == "image":
            return graph.image_graph(self._upstream.image_tower(), self._package.manifest.image.size)
        return graph.text_graph(self._upstream.text_tower(), self._upstream.context)

    def _parity(self, tower: Part) -> TowerParity:
        if tower == "image":
            images = ImageEncoder(self._package)
            found = np.stack([images.encode(pixels) for pixels in self._pixels])
            drawn = [f"picture {number}" for number in range(len(found))]
            return compare(self._images, found, self._texts, drawn)
        texts = TextEncoder(self._package)
        found = np.stack([texts.encode(query) for query in QUERIES])
        return compare(self._texts, found, self._images, QUERIES)


def _manifest(entry: KnownModel, upstream: Upstream) -> Manifest:
    """The manifest so far: the version, the quantization and the files are known when the towers are stored."""
    how = upstream.preprocessing
    return Manifest(
        format=MANIFEST_FORMAT,
        id=entry.id,
        version="0",
        title=entry.title,
        languages=list(entry.languages),
        licence=entry.licence,
        source=entry.upstream,
        least_app_version=__version__,
        dimension=upstream.dimension,
        quantization="",
        image=ImageTower(
            file="image.onnx",
            input=graph.IMAGE_INPUT,
            output=graph.OUTPUT,
            size=how.size,
            resize=how.resize,
            interpolation=how.interpolation,
            mean=how.mean,
            std=how.std,
            preprocessing=1,
        ),
        text=TextTower(
            file="text.onnx",
            input=graph.TEXT_INPUT,
            output=graph.OUTPUT,
            tokenizer=TOKENIZER,
            context=upstream.context,
        ),
        files=[],
        exact_int8=True,
    )
