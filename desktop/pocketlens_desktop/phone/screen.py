"""Showing a photo on the phone's own screen, in the phone's own gallery."""

from __future__ import annotations

import mimetypes
from typing import Final
from urllib.parse import quote as percent_encode

from pocketlens_desktop.phone import mediastore, shell
from pocketlens_desktop.phone.errors import PhoneRefused
from pocketlens_desktop.phone.quoting import command
from pocketlens_desktop.phone.storage import ROOT_NAMES, absolute, checked
from pocketlens_desktop.phone.sync import REPLY_S
from pocketlens_desktop.phone.transport import Transport

# Where MediaStore and gallery apps believe the shared storage to be.
_GALLERY_ROOT: Final = ROOT_NAMES[0]


def show(phone: Transport, path: bytes) -> None:
    """Open a photo on the phone. ``path`` is relative to the shared storage.

    Raises:
        PhoneRefused: the photo is not there, or no app shows it.
        PhoneLost: the phone was unplugged.
    """
    thing = path.decode(errors="backslashreplace")
    with phone.sync() as session:
        if session.status(absolute(path)) is None:
            raise PhoneRefused("This photo is no longer on the phone.", thing=thing, remedy="Index the phone again.")
    address, kind = _address(phone, _GALLERY_ROOT + checked(path))
    words = (b"am", b"start", b"-a", b"android.intent.action.VIEW", b"-d", address, b"-t", kind)
    said = shell.run(phone, command(*words), seconds=REPLY_S)
    # `am` tells of its failures in words, and ends with 0.
    if said.exit_code != 0 or b"Error" in said.output + said.errors:
        raise PhoneRefused("The phone does not open this photo.", thing=thing, remedy="Unlock the phone and try again.")


def _address(phone: Transport, place: bytes) -> tuple[bytes, bytes]:
    """What an app can open, and its type: MediaStore's own address where it knows the photo, else the file's."""
    guessed = mimetypes.guess_type(place.decode(errors="replace"))[0] or "image/*"
    for entry in mediastore.entries(phone, at=place):
        return b"%s/%d" % (mediastore.IMAGES, entry.id), entry.mime or guessed.encode()
    return b"file://" + percent_encode(place).encode(), guessed.encode()
