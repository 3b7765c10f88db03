"""``pocketlens settings``: what the window's settings page shows, and changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
from cyclopts import App

from pocketlens.errors import QueryInvalid
from pocketlens.paths import Home, default_home
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record

#: What people write for "no choice of mine".
_NONE: Final = frozenset({"none", "auto", "automatic", "usual", "unlimited"})
#: Settings that have a command of their own, which does more than to write them down.
_ELSEWHERE: Final = {"model": "Use `pocketlens models use`, which encodes what the new model has not seen."}

app = App(name="settings", help="Show and change what the window's settings page does.", help_format="plaintext")


class SettingsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens settings --json``. What nobody chose is null; ``cache`` is the folder in use just now."""

    model: str
    threads: int | None
    theme: str
    language: str
    thumbnail_limit_mb: int | None
    cache_folder: str | None
    index_phones_on: str
    read_text: bool
    cache: str


@app.default
def show(*, json: Flag = False) -> int:
    """Show every setting.

    Parameters
    ----------
    json
        Write one JSON object in place of text.
    """
    home = default_home()
    record = SettingsRecord(**msgspec.structs.asdict(load_settings(home)), cache=shown(str(home.cache)))
    if json:
        write_record(record)
    else:
        for name, value in msgspec.structs.asdict(record).items():
            results().print(f"{name.replace('_', '-'):<20} {shown(str(value)) if value is not None else '-'}")
    return ExitCode.OK


@app.command(name="set")
def change(name: str, value: str, /) -> int:
    """Change one setting. It holds for the window too, once that is opened again.

    Parameters
    ----------
    name
        threads, theme (system, light, dark), language (system, en, zh_CN), thumbnail-limit-mb, cache-folder,
        index-phones-on (pc, phone, fastest), or read-text (true, false).
    value
        What it shall be; "none" takes the choice back.
    """
    home = default_home()
    field = name.replace("-", "_")
    if field in _ELSEWHERE:
        raise QueryInvalid("This is not changed here.", thing=name, remedy=_ELSEWHERE[field])
    if field not in Settings.__struct_fields__:
        known = ", ".join(one.replace("_", "-") for one in Settings.__struct_fields__ if one not in _ELSEWHERE)
        raise QueryInvalid("There is no such setting.", thing=name, remedy=f"There are: {known}.")
    if field == "cache_folder":
        home = _move(home, value)
    else:
        save_settings(home, _changed(load_settings(home), field, value))
    if field == "thumbnail_limit_mb":
        from pocketlens.cache import hold_limit

        hold_limit(home)
    messages().print(f"{name}: {shown(value)}")
    return ExitCode.OK


def _move(home: Home, value: str) -> Home:
    from pocketlens.cache import move_cache

    moved = move_cache(home, None if value.casefold() in _NONE else Path(value))
    messages().print(f"Thumbnails and index copies are in {shown(str(moved.cache))} now.")
    return moved


def _changed(settings: Settings, field: str, value: str) -> Settings:
    """The settings with another value for one of them.

    Raises:
        QueryInvalid: it cannot have this value.
    """
    said: Any = None if value.casefold() in _NONE else value
    before = msgspec.structs.asdict(settings)
    try:
        return msgspec.convert(before | {field: said}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise QueryInvalid(f"This cannot be its value: {error}", thing=f"{field.replace('_', '-')} {value}") from error
