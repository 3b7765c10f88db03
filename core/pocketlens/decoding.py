"""One photo's bytes to what the catalogue keeps of it: model pixels, a thumbnail and its metadata.

Everything comes from one decode. A JPEG is decoded at the smallest scale that still has `_SPARE` times the model's
pixels, which its DCT gives almost free: a 12-megapixel photo takes 25 ms on one core instead of 300.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from pocketlens.errors import UnreadablePhoto
from pocketlens.fingerprint import fingerprint
from pocketlens.metadata import PhotoMetadata, read_metadata, read_orientation

if TYPE_CHECKING:
    from PIL import ImageCms

#: Photos only. Pillow knows some forty formats more, and one of them (EPS) starts another program.
_PILLOWS_OWN: Final = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")
#: What Pillow calls a JPEG; the second has more pictures behind the first.
_JPEGS: Final = ("JPEG", "MPO")
#: What an ISO media file may hold; the first is a plugin's, and unknown to Pillow before a first such file.
_ISO_MEDIA: Final = ("HEIF", "AVIF")
#: The largest picture a phone takes has 200 megapixels; decoded, this many are 1 GB.
MOST_PIXELS: Final = 256 * 1024 * 1024
#: Longest side of a thumbnail, pixels: a grid cell at twice the density.
THUMBNAIL_SIDE: Final = 320
_THUMBNAIL_QUALITY: Final = 80
#: Pixels on the shorter side of a JPEG before the last resizing, for each of the model's. 74 photos decoded at half
#: their size, which was 1.2, 1.33, 1.5 and 2 times what was then made of them, against whole ones: PSNR 41, 42, 44 and
#: 49 dB, and vectors of the starter model at a median cosine of .9986, .9985, .9988 and .9988, which is what any small
#: change makes of an int8 model; saving at JPEG quality 95 makes .990. For a model of 224
#: pixels 1.2 takes 1,440 x 1,080, which messengers send, at a quarter of each side: 2 megapixels in 8 ms, not 12.
_SPARE: Final = 1.2
#: The same of what is averaged over whole pixels, which is less exact: 1.5, 1.7 and 2 gave 43, 45 and 47 dB.
_SPARE_AVERAGED: Final = 1.4

Resize = Literal["squash", "crop"]
Interpolation = Literal["bicubic", "bilinear"]
Pixels = npt.NDArray[np.uint8]

_FILTERS: Final = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
#: EXIF 2.32, 4.6.4, "Orientation".
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_set_up: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """One photo, upright and in sRGB.

    Attributes:
        pixels: uint8 (size, size, 3), what the image model sees.
        thumbnail: a JPEG, longest side at most 320 pixels, without any metadata.
        fingerprint: see `pocketlens.fingerprint`.
    """

    pixels: Pixels
    thumbnail: bytes
    metadata: PhotoMetadata
    fingerprint: bytes


def decode(
    data: bytes,
    *,
    size: int,
    resize: Resize,
    name: str,
    interpolation: Interpolation = "bicubic",
) -> DecodedPhoto:
    """Decode a photo. Thread-safe; most of the time is spent outside the interpreter lock.

    Nothing is printed or warned of, but for libtiff, which has remarks on stderr for damaged files.

    Args:
        data: the whole file.
        size: side of the model's square input, pixels.
        resize: "squash" the whole picture into the square, or scale its shorter side and "crop" the centre.
        name: the photo as text fit to show; only for the error.
        interpolation: the filter of the model's own preprocessing.

    Raises:
        UnreadablePhoto: the bytes are no whole photo of a known format, or it has over 256 megapixels.
    """
    with _reasons(data, name):
        return _decode(data, size, resize, _FILTERS[interpolation])


def decode_picture(data: bytes, *, short_side: int, name: str) -> Pixels:
    """The whole picture, upright, uint8 (height, width, 3), its shorter side from ``short_side`` to twice that.

    A smaller picture comes as it is. Thread-safe. Colours are not converted: for what looks at shapes.

    Raises:
        UnreadablePhoto: as `decode`.
    """
    with _reasons(data, name), _opened(data) as image:
        image.draft("RGB", (short_side, short_side))
        image.load()
        orientation = read_orientation(image)
        return np.asarray(_upright(_rgb(image, short_side), orientation))


@contextmanager
def _reasons(data: bytes, name: str) -> Iterator[None]:
    _prepare(data)
    try:
        yield
    except UnreadablePhoto as error:
        raise UnreadablePhoto(error.what, thing=name, remedy=error.remedy) from error.__cause__
    # Decoders meet hostile bytes here and raise whatever they tripped over: the photo gets a reason,
    # the job goes on.
    except Exception as error:
        raise UnreadablePhoto(_reason(data, error), thing=name) from error


@contextmanager
def _opened(data: bytes) -> Iterator[ImageFile.ImageFile]:
    with Image.open(io.BytesIO(data), formats=_ISO_MEDIA if _is_iso_media(data) else _PILLOWS_OWN) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise UnreadablePhoto(
                f"The picture has {width} x {height} pixels; at most {MOST_PIXELS >> 20} megapixels are read."
            )
        if image.format in _JPEGS:
            # All at once: libjpeg goes back to the last whole block at the end of each piece, 5 % of its time. Others
            # would only copy more: a TIFF with a thousand strips at the same place, a thousand times the file.
            image.decodermaxblock = max(len(data), image.decodermaxblock)
        yield image


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def _decode(data: bytes, size: int, resize: Resize, resampling: Image.Resampling) -> DecodedPhoto:
    # A model smaller than the thumbnail must still leave enough for it.
    enough = max(round(_SPARE_AVERAGED * size), THUMBNAIL_SIDE)
    with _opened(data) as image:
        width, height = image.size
        short = round(_SPARE * size)
        long = max(short, THUMBNAIL_SIDE)
        image.draft("RGB", (long, short) if width > height else (short, long))
        image.load()
        # Only now: HEIC, AVIF and TIFF decoders turn the picture themselves and then say it is upright.
        orientation = read_orientation(image)
        if orientation >= 5:
            width, height = height, width
        metadata = read_metadata(image, width=width, height=height)
        profile = image.info.get("icc_profile")
        picture = _upright(_rgb(image, enough), orientation)
    # Colours are converted last, on few pixels: a Display P3 photo costs under 1 ms that way.
    square = _srgb(_square(picture, size, resize, resampling), profile)
    small = _srgb(_thumbnail(picture), profile)
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=_THUMBNAIL_QUALITY)
    return DecodedPhoto(np.asarray(square), jpeg.getvalue(), metadata, fingerprint(small))


def _prepare(data: bytes) -> None:
    """Pillow's process-wide settings, and the HEIC plugin when a first HEIC comes along."""
    with _set_up:
        # Our own cap is checked instead, from the header; Pillow's only warns up to twice its limit.
        Image.MAX_IMAGE_PIXELS = None
        # Remarks on corrupt EXIF and the like are no news here. Installed at every photo, since a test
        # runner or an application may have reset the filters; `catch_warnings` is not thread-safe.
        if not _quiet or warnings.filters[:1] != _quiet:
            warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)(\.|$)")
            _quiet[:] = warnings.filters[:1]
        if _is_iso_media(data) and "HEIF" not in Image.OPEN:
            _register_heif()


def _is_iso_media(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


_quiet: list[object] = []


def _register_heif() -> None:
    import pillow_heif

    # An embedded thumbnail may be stale (edited photos), and would make vectors depend on the writer.
    # One thread a photo: the pipeline's workers already use every core.
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _rgb(image: Image.Image, enough: int) -> Image.Image:
    """A small RGB picture of any Pillow image; what is transparent becomes white.

    Made small before anything is computed: the largest pictures would take gigabytes more.
    """
    if image.mode.startswith("I;16"):
        # The full range of 16 bits. A narrower one is not guessed: neighbouring frames would then differ.
        eight_bits = (np.asarray(image) >> 8).astype(np.uint8)
        return _shrunk(Image.fromarray(eight_bits), enough).convert("RGB")
    if image.mode in ("I", "F"):
        return Image.fromarray(_stretched(np.asarray(_shrunk(image, enough)))).convert("RGB")
    if image.has_transparency_data:
        picture = _shrunk(image if image.mode == "RGBA" else image.convert("RGBA"), enough)
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture)
        return paper.convert("RGB")
    if image.mode == "L":
        return _shrunk(image, enough).convert("RGB")
    return _shrunk(image if image.mode == "RGB" else image.convert("RGB"), enough)


def _stretched(values: npt.NDArray[np.generic]) -> Pixels:
    """8 bits of numbers that have no defined white (32-bit scans): darkest to lightest, as viewers do."""
    numbers = values.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if high <= low:
        return np.zeros(numbers.shape, np.uint8)
    grey = np.nan_to_num((numbers - low) * (255.0 / (high - low)), nan=0.0)
    return np.clip(grey, 0.0, 255.0).astype(np.uint8)


def _shrunk(picture: Image.Image, enough: int) -> Image.Image:
    """The picture averaged over whole pixels to the size a JPEG would have been decoded at."""
    factor = min(picture.size) // enough
    return picture.reduce(factor) if factor > 1 else picture


def _square(picture: Image.Image, size: int, resize: Resize, resampling: Image.Resampling) -> Image.Image:
    if resize == "squash":
        return picture.resize((size, size), resampling)
    width, height = picture.size
    # As torchvision's Resize(size) and CenterCrop(size): the longer side is cut to whole pixels.
    short = min(width, height)
    scaled = (size * width // short, size * height // short)
    left, top = round((scaled[0] - size) / 2), round((scaled[1] - size) / 2)
    x, y = width / scaled[0], height / scaled[1]
    # Only what is kept is computed: a panorama would otherwise be scaled at full length.
    box = (left * x, top * y, (left + size) * x, (top + size) * y)
    return picture.resize((size, size), resampling, box=box)


def _thumbnail(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    scale = min(1.0, THUMBNAIL_SIDE / max(width, height))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Half of what bicubic costs, and for making smaller as good.
    return picture.resize(small, Image.Resampling.HAMMING)


def _srgb(picture: Image.Image, profile: object) -> Image.Image:
    """The picture with its embedded profile's colours turned into sRGB; a bad profile is ignored."""
    transform = _to_srgb(profile) if isinstance(profile, bytes) else None
    if transform is None:
        return picture
    from PIL import ImageCms

    return ImageCms.applyTransform(picture, transform) or picture


# Phones embed the same one or two profiles in every photo.
@lru_cache(maxsize=16)
def _to_srgb(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != "RGB" or "sRGB" in (source.profile.profile_description or ""):
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _reason(data: bytes, error: Exception) -> str:
    """Why a photo could not be read, in a sentence for people."""
    if not data:
        return "The file is empty."
    if isinstance(error, UnidentifiedImageError):
        return "The file is not a picture of a format that PocketLens reads, or its beginning is damaged."
    if isinstance(error, MemoryError):
        return "There is not enough memory to decode this picture."
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return "The file ends before the picture does."
    return "The picture is damaged."
