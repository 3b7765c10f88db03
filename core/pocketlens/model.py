"""Model packages: a folder with a manifest, whose files are checked before any of them is loaded."""

from __future__ import annotations

import hashlib
import mmap
import re
import stat
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from pocketlens import __version__
from pocketlens.errors import ModelCorrupt, ModelMissing, ModelUnsupported
from pocketlens.external_data import external_locations

MANIFEST_NAME: Final = "model.toml"
#: The manifest layout this version reads.
MANIFEST_FORMAT: Final = 1

Part = Literal["image", "text"]
PARTS: Final[tuple[Part, ...]] = ("image", "text")

# No separator, no drive, no "..", nothing hidden: a name can only mean a file directly inside the folder.
_PLAIN_NAME: Final = r"^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"
_GRAPH_NAME: Final = _PLAIN_NAME.removesuffix("$") + r"(?<=\.onnx)$"
FileName = Annotated[str, msgspec.Meta(pattern=_PLAIN_NAME)]
#: The extension matters: onnxruntime reads ".ort" files, another format, without asking.
GraphName = Annotated[str, msgspec.Meta(pattern=_GRAPH_NAME)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Mean = Annotated[float, msgspec.Meta(ge=0, le=255)]
Deviation = Annotated[float, msgspec.Meta(gt=0, le=255)]


class ImageTower(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the image encoder is fed. A key this version does not know would change vectors: refused.

    Attributes:
        input: name of the float32 (N, 3, size, size) input; output: of the float32 (N, dimension) output.
        size: side of the square input, pixels.
        mean, std: per channel on 0..255; the model sees ``(pixel - mean) / std``.
        preprocessing: version of all of the above; part of what makes a stored vector valid.
    """

    file: GraphName
    input: str
    output: str
    size: Annotated[int, msgspec.Meta(ge=16, le=1024)]
    resize: Literal["squash", "crop"]
    interpolation: Literal["bicubic", "bilinear"]
    mean: tuple[Mean, Mean, Mean]
    std: tuple[Deviation, Deviation, Deviation]
    preprocessing: Annotated[int, msgspec.Meta(ge=1)]


class TextTower(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the text encoder is fed.

    Attributes:
        input: name of the int64 (1, T) input; output: of the float32 (1, dimension) output.
        context: most tokens, special ones included.
        pad_to_context: whether shorter texts are filled up with the tokenizer's padding id.
    """

    file: GraphName
    input: str
    output: str
    tokenizer: FileName
    context: Annotated[int, msgspec.Meta(ge=3, le=4096)]
    pad_to_context: bool = False


class PackageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a package: its name, size in bytes and lower-case hexadecimal SHA-256."""

    name: FileName
    size: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Manifest(msgspec.Struct, frozen=True):
    """``model.toml``. Unknown keys at the top level are remarks, and ignored.

    Attributes:
        exact_int8: whether the 8-bit weights are stored so that no CPU's sums overflow; of others they are converted
            at loading where that is needed.
    """

    format: int
    id: Identifier
    version: Identifier
    title: str
    languages: list[str]
    licence: str
    source: str
    least_app_version: str
    dimension: Annotated[int, msgspec.Meta(ge=1, le=8192)]
    quantization: str
    image: ImageTower
    text: TextTower
    files: list[PackageFile]
    exact_int8: bool = False

    @property
    def key(self) -> str:
        """What vectors are kept under: another version of a model is another vector space."""
        return f"{self.id}@{self.version}"

    def part_files(self, part: Part) -> tuple[str, ...]:
        """Names of the listed files that one tower needs: its graph, the data beside it, its tokenizer."""
        graph = self.image.file if part == "image" else self.text.file
        wanted = {graph} if part == "image" else {graph, self.text.tokenizer}
        return tuple(f.name for f in self.files if f.name in wanted or f.name.startswith(f"{graph}."))


class _Preface(msgspec.Struct):
    """What must be understood before the rest can be judged."""

    format: int
    least_app_version: str = "0"


class ModelPackage(msgspec.Struct, frozen=True):
    """A package whose files were as the manifest says when it was loaded.

    Attributes:
        folder: where it lies.
        parts: the towers whose files were verified; only these may be opened.
    """

    folder: Path
    manifest: Manifest
    parts: frozenset[Part] = frozenset(PARTS)

    def path(self, name: str) -> Path:
        return self.folder / name


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the package in ``folder``, validated, without reading the files it lists.

    Raises:
        ModelMissing: there is no package there.
        ModelCorrupt: the manifest is not readable, or says what no package may say.
        ModelUnsupported: it is for a newer PocketLens.
    """
    path = folder / MANIFEST_NAME
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelMissing(
            "There is no model package in this folder.",
            thing=str(folder),
            remedy="Choose another model: `pocketlens models` lists those that are installed.",
        ) from error
    except OSError as error:
        raise _corrupt(path, f"The manifest cannot be read ({error.strerror}).") from error
    try:
        _refuse_newer(folder, msgspec.toml.decode(data, type=_Preface))
        manifest = msgspec.toml.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _corrupt(path, f"The manifest is not valid: {error}.") from error
    _refuse_inconsistent(path, manifest)
    return manifest


def load_package(folder: Path, parts: Sequence[Part] = PARTS) -> ModelPackage:
    """The package in ``folder``, after the files of the towers asked for have matched their hashes.

    Raises:
        ModelMissing, ModelUnsupported: as `read_manifest`.
        ModelCorrupt: also when a file is missing, is no plain file in the folder, has another size or
            another hash, or when a graph refers to data that the manifest does not list.
    """
    manifest = read_manifest(folder)
    listed = {file.name: file for file in manifest.files}
    for part in parts:
        for name in manifest.part_files(part):
            _verify(folder, listed[name])
        _refuse_unlisted_data(folder, manifest, part)
    return ModelPackage(folder, manifest, frozenset(parts))


def loading_package(folder: Path, parts: Sequence[Part]) -> Callable[[], ModelPackage]:
    """Begin to load a package on a thread, which hashes its files while this one imports.

    Returns:
        What waits for it.

    Raises:
        as `load_package`, once it is waited for.
    """
    # No executor: importing one takes as long as this saves, some 10 ms of a cold search.
    outcome: list[ModelPackage | Exception] = []

    def load() -> None:
        try:
            outcome.append(load_package(folder, parts))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            outcome.append(error)

    def loaded() -> ModelPackage:
        thread.join()
        (result,) = outcome
        if isinstance(result, Exception):
            raise result
        return result

    thread = threading.Thread(target=load, name="package", daemon=True)
    thread.start()
    return loaded


def _refuse_newer(folder: Path, preface: _Preface) -> None:
    if preface.format != MANIFEST_FORMAT:
        newer = preface.format > MANIFEST_FORMAT
        raise ModelUnsupported(
            f"The package has layout {preface.format}; this version reads layout {MANIFEST_FORMAT}.",
            thing=str(folder),
            remedy="Update PocketLens." if newer else "Install the model again.",
        )
    if _release(preface.least_app_version) > _release(__version__):
        raise ModelUnsupported(
            f"The model needs PocketLens {preface.least_app_version} or later; this is {__version__}.",
            thing=str(folder),
            remedy="Update PocketLens.",
        )


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a dotted version, up to the first part that is none, without trailing zeros."""
    numbers = []
    for part in version.split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        numbers.append(int(digits[0]))
        if digits[0] != part:
            break
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _refuse_inconsistent(path: Path, manifest: Manifest) -> None:
    names = [file.name for file in manifest.files]
    folded = {name.casefold() for name in names}
    if len(folded) != len(names):
        raise _corrupt(path, "The manifest lists a file twice.")
    towers = (manifest.image.file, manifest.text.file, manifest.text.tokenizer)
    for name in towers:
        if name not in names:
            raise _corrupt(path, f"The manifest uses {name} but does not list it under files.")


def _verify(folder: Path, file: PackageFile) -> None:
    path = folder / file.name
    try:
        # A link could lead out of the folder, and a pipe or device would never end.
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise _corrupt(path, "This is not a plain file.")
        if status.st_size != file.size:
            raise _corrupt(path, f"The file has {status.st_size} bytes; the manifest says {file.size}.")
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise _corrupt(path, "The file is missing.") from error
    except OSError as error:
        raise _corrupt(path, f"The file cannot be read ({error.strerror}).") from error
    if digest != file.sha256:
        raise _corrupt(path, "The file's content does not match its hash in the manifest.")


def _refuse_unlisted_data(folder: Path, manifest: Manifest, part: Part) -> None:
    """Refuse a graph that would make onnxruntime open what was not verified."""
    path = folder / (manifest.image.file if part == "image" else manifest.text.file)
    verified = set(manifest.part_files(part))
    try:
        with path.open("rb") as stream:
            # Mapped, not read: a one-file model would be 100 MB of private memory for a moment.
            content = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        locations = external_locations(content)
    except (OSError, ValueError) as error:
        raise _corrupt(path, f"The graph cannot be read ({error}).") from error
    for location in sorted(locations - verified):
        raise _corrupt(path, f"The graph refers to {location!r}, which is not among its verified files.")


def _corrupt(path: Path, what: str) -> ModelCorrupt:
    return ModelCorrupt(what, thing=str(path), remedy="Install the model again.")
