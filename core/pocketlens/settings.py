"""What the person chose, in one JSON file."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from pocketlens.atomic import replacing
from pocketlens.paths import Home
from pocketlens.protocol import Place

#: Room for the thumbnails of some 500 photos, a few screens full.
SMALLEST_LIMIT_MB: Final = 10


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes:
    model: id of the model package in use.
    threads: encoding workers; None lets the engine choose.
    language: of the window, "system" follows the desktop.
    thumbnail_limit_mb: millions of bytes that the thumbnails may take; None for as many as there are photos.
    cache_folder: where thumbnails and derived files are kept; None for the usual place.
    index_phones_on: where the photos of a phone are encoded.
    read_text: read the words in photos after indexing, where the extra that does it is installed.
    """

    model: str = "starter"
    threads: Annotated[int, msgspec.Meta(ge=1)] | None = None
    theme: Literal["system", "light", "dark"] = "system"
    language: Literal["system", "en", "zh_CN"] = "system"
    thumbnail_limit_mb: Annotated[int, msgspec.Meta(ge=SMALLEST_LIMIT_MB)] | None = None
    cache_folder: str | None = None
    index_phones_on: Place = Place.PC
    read_text: bool = True

    @property
    def thumbnail_limit(self) -> int | None:
        """In bytes."""
        return None if self.thumbnail_limit_mb is None else self.thumbnail_limit_mb * 1_000_000


def load_settings(home: Home) -> Settings:
    """The saved settings; the defaults where there are none, or none that can be read."""
    try:
        return msgspec.json.decode(home.settings.read_bytes(), type=Settings)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        # A damaged preference is not worth an error: the person sees the defaults and sets it again.
        return Settings()


def save_settings(home: Home, settings: Settings) -> None:
    home.make()
    with replacing(home.settings) as file:
        file.write(msgspec.json.format(msgspec.json.encode(settings)))
