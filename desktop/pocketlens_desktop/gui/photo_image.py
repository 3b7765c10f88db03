"""A whole photo as the viewer shows it: upright, in sRGB, with smaller versions for smaller scales."""

from __future__ import annotations

import io
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QBuffer, QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QColorSpace, QImage, QImageIOHandler, QImageReader

from pocketlens.decoding import MOST_PIXELS

#: Qt refuses to allocate more for one picture than this many MB: 4 bytes for each of the most pixels.
_ALLOCATION_MB = 4 * MOST_PIXELS // (1024 * 1024)
#: The photo in view and its two neighbours.
_KEPT = 3
#: A picture of more pixels is decoded at a half, a quarter, … of its width: 64 megapixels are 256 MB, and the largest
#: that phones take, of 200, would be 800. Chosen, not measured.
MOST_DECODED = 64 * 1024 * 1024
#: How the files begin that Qt reads without a doubt, and its names for them; the rest is Pillow's.
_BEGINNINGS = {
    b"\xff\xd8": b"jpeg",
    b"\x89PNG": b"png",
    b"GIF8": b"gif",
    b"BM": b"bmp",
    b"II*\0": b"tiff",
    b"MM\0*": b"tiff",
}
_LONGEST_START = 16
#: Halving goes on until a version is below this: no window is smaller.
_SMALLEST = 800


class Unshown(StrEnum):
    """Why there is nothing to show of a photo."""

    AWAY = "its folder is not there"
    GONE = "it is not in its folder"
    TOO_LARGE = "it has too many pixels"
    DAMAGED = "it cannot be decoded"


@dataclass(frozen=True)
class PhotoImage:
    """A decoded photo.

    ``levels[i]`` has 1/2**(i + halved) of the full size: scaling down from the nearest is fast and smooth. Only a huge
    photo was halved before it was decoded.
    """

    levels: tuple[QImage, ...]
    width: int
    height: int
    halved: int = 0

    def level_for(self, scale: float) -> int:
        """The smallest level that still has a pixel for every device pixel at ``scale`` (1 = 100%)."""
        level = 0
        while level + 1 < len(self.levels) and scale <= 0.5 ** (self.halved + level + 1):
            level += 1
        return level


def load_photo(photo: str | bytes) -> PhotoImage | None:
    """Decode a file, or a file's content; None when it cannot be read (any more): see `why_unshown`."""
    image_format = _format_of(photo)
    size, halved = QSize(), 0
    if image_format:
        image, size, halved = _read_with_qt(photo, image_format)
    else:
        image = _read_with_pillow(photo)
    if image.isNull():
        return None
    if not halved:
        size = image.size()
    if image.colorSpace().isValid() and image.colorSpace() != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    wanted = QImage.Format.Format_RGB32
    if image.hasAlphaChannel():
        wanted = QImage.Format.Format_ARGB32_Premultiplied
    return PhotoImage(tuple(_levels(image.convertToFormat(wanted))), size.width(), size.height(), halved)


def why_unshown(photo: str | bytes, folder: str | None = None) -> Unshown:
    """Why `load_photo` gave nothing. ``folder``: the indexed one that a file is below."""
    if isinstance(photo, str) and not Path(photo).exists():
        return Unshown.AWAY if folder is not None and not Path(folder).is_dir() else Unshown.GONE
    image_format = _format_of(photo)
    if image_format:
        buffer = QBuffer()
        size = _reader(_opened(photo, buffer), image_format).size()
        if size.width() * size.height() > MOST_PIXELS:
            return Unshown.TOO_LARGE
    return Unshown.DAMAGED


def read_jpeg(data: bytes) -> QImage:
    """The picture of a JPEG; a null one when it cannot be decoded."""
    return _read_with_qt(data, b"jpeg")[0]


def read_small(file: str, side: int) -> QImage:
    """A photo of which the shorter side has at least ``side`` pixels, decoded no larger than that needs."""
    image_format = _format_of(file)
    if not image_format:
        photo = load_photo(file)
        return photo.levels[-1] if photo else QImage()
    reader = _reader(file, image_format)
    size = reader.size()
    if size.isValid() and min(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()


def _format_of(photo: str | bytes) -> bytes | None:
    """Qt's name of the format, by content: a PNG that is called .jpg is common on phones."""
    if isinstance(photo, str):
        try:
            with Path(photo).open("rb") as file:
                start = file.read(_LONGEST_START)
        except OSError:
            return None
    else:
        start = photo[:_LONGEST_START]
    return next((name for beginning, name in _BEGINNINGS.items() if start.startswith(beginning)), None)


def _read_with_qt(photo: str | bytes, image_format: bytes) -> tuple[QImage, QSize, int]:
    """The picture (of an animated one the first), its full upright size, and how often it was halved."""
    buffer = QBuffer()
    reader = _reader(_opened(photo, buffer), image_format)
    size, halved = reader.size(), 0
    while size.width() * size.height() > MOST_DECODED * 4**halved:
        halved += 1
    if size.width() * size.height() > MOST_PIXELS:
        return QImage(), size, 0
    if halved:
        reader.setScaledSize(QSize(max(1, size.width() >> halved), max(1, size.height() >> halved)))
    image = reader.read()
    turned = reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90
    return image, size.transposed() if turned else size, halved


def _opened(photo: str | bytes, buffer: QBuffer) -> str | QBuffer:
    """What Qt reads a photo from: its file, else ``buffer`` filled with its content."""
    if isinstance(photo, str):
        return photo
    buffer.setData(photo)
    return buffer


def _reader(photo: str | QBuffer, image_format: bytes) -> QImageReader:
    reader = QImageReader(photo)
    # Left to find the format out, Qt asks every plugin. The SVG one connects a signal, for which it waits, holding
    # Python's lock, for one of Qt's that another thread may hold while it waits for Python's: both wait for ever.
    reader.setAutoDetectImageFormat(False)
    reader.setFormat(image_format)
    reader.setAutoTransform(True)
    return reader


def _levels(image: QImage) -> list[QImage]:
    levels = [image]
    while max(levels[-1].width(), levels[-1].height()) >= 2 * _SMALLEST:
        last = levels[-1]
        smooth = Qt.TransformationMode.SmoothTransformation
        ignore = Qt.AspectRatioMode.IgnoreAspectRatio
        levels.append(last.scaled(max(1, last.width() // 2), max(1, last.height() // 2), ignore, smooth))
    return levels


def _read_with_pillow(photo: str | bytes) -> QImage:
    """HEIC and AVIF, which Qt does not read, and WebP, whose orientation it does not see."""
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    opened_from = photo if isinstance(photo, str) else io.BytesIO(photo)
    try:
        with warnings.catch_warnings(), Image.open(opened_from, formats=("HEIF", "AVIF", "WEBP")) as opened:
            warnings.simplefilter("ignore")
            if opened.width * opened.height > MOST_PIXELS:
                return QImage()
            # Before the orientation is read: these decoders turn the picture themselves and then say it is upright.
            opened.load()
            profile = opened.info.get("icc_profile")
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, RuntimeError, MemoryError):
        return QImage()
    pixels = picture.tobytes()
    # A copy, since a QImage over borrowed memory does not keep it alive.
    image = QImage(pixels, picture.width, picture.height, QImage.Format.Format_RGBA8888).copy()
    image.setColorSpace(QColorSpace.fromIccProfile(profile) if profile else QColorSpace())
    return image


class PhotoLoader(QObject):
    """Decodes photos off the main thread and keeps the last few.

    Signals:
        previewed: a file and its thumbnail, sooner than the photo itself.
        loaded: a file and its `PhotoImage`, or why there is none: an `Unshown`.
    """

    loaded = Signal(str, object)
    previewed = Signal(str, QImage)
    _decoded = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        QImageReader.setAllocationLimit(_ALLOCATION_MB)
        self._kept: OrderedDict[str, PhotoImage] = OrderedDict()
        self._pool = QThreadPool(self)
        # One at a time: two large photos at once would double the peak for nothing the person sees.
        self._pool.setMaxThreadCount(1)
        self._under_way: set[str] = set()
        self._decoded.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def kept(self, file: str) -> PhotoImage | None:
        return self._kept.get(file)

    def preview(self, key: str, read: Callable[[], QImage]) -> None:
        """Have the thumbnail of a photo that is no file here read; `previewed` follows."""
        self._pool.start(lambda: self.previewed.emit(key, read()))

    def request(self, file: str, preview: Callable[[], QImage] | None = None, *, folder: str | None = None) -> None:
        """Have ``file`` decoded; `loaded` follows, later even when it is here already.

        ``preview`` is called first, on the decoding thread, and its picture handed on as `previewed`. ``folder``: the
        indexed one that the file is below.
        """
        if file in self._kept:
            self._decoded.emit(file, self._kept[file])
        elif file not in self._under_way:
            self._under_way.add(file)
            self._pool.start(_Decoding(file, self, preview, folder=folder))

    def decode(self, key: str, data: bytes) -> None:
        """Have a photo decoded that is no file here; `loaded` follows with ``key``."""
        if key not in self._under_way:
            self._under_way.add(key)
            self._pool.start(_Decoding(key, self, None, data))

    def drop(self) -> None:
        """Give the memory back: nothing is being looked at."""
        self._pool.clear()
        self._under_way.clear()
        self._kept.clear()

    def close(self) -> None:
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(str, object)
    def _keep(self, file: str, image: PhotoImage | Unshown) -> None:
        self._under_way.discard(file)
        if isinstance(image, PhotoImage):
            self._kept[file] = image
            self._kept.move_to_end(file)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self.loaded.emit(file, image)


class _Decoding(QRunnable):
    def __init__(
        self,
        file: str,
        loader: PhotoLoader,
        preview: Callable[[], QImage] | None,
        data: bytes | None = None,
        folder: str | None = None,
    ) -> None:
        super().__init__()
        self._file, self._loader, self._preview, self._data, self._folder = file, loader, preview, data, folder

    def run(self) -> None:
        if self._preview is not None:
            self._loader.previewed.emit(self._file, self._preview())
        photo = self._file if self._data is None else self._data
        self._loader._decoded.emit(self._file, load_photo(photo) or why_unshown(photo, self._folder))
