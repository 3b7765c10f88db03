"""What the person chose, in one JSON file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pocketlens.atomic import replacing
from pocketlens.paths import Home


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes:
    model: id of the model package in use.
    threads: encoding workers; None lets the engine choose.
    language: of the window, "system" follows the desktop.
    """

    model: str = "starter"
    threads: Annotated[int, msgspec.Meta(ge=1)] | None = None
    theme: Literal["system", "light", "dark"] = "system"
    language: Literal["system", "en", "zh_CN"] = "system"


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
