"""Showing a photo on the phone's screen: which intent the phone receives."""

from __future__ import annotations

import pytest

from device.rig.desk import STORAGE, Desk, MediaRow, RigPhone
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.errors import PhoneRefused
from pocketlens_desktop.phone.screen import show
from pocketlens_desktop.phone.transport import Transport


def test_a_photo_in_the_gallery_is_opened_by_the_gallerys_own_address(phone: RigPhone, transport: Transport) -> None:
    name = b"DCIM/it's $(reboot); two\nlines.jpg"
    phone.put(name, b"x")
    phone.media_store(
        [MediaRow(5, STORAGE + b"/DCIM/other.jpg"), MediaRow(42, STORAGE + b"/" + name, mime=b"image/png")]
    )
    show(transport, name)
    assert phone.intents() == [
        [
            b"start",
            b"-a",
            b"android.intent.action.VIEW",
            b"-d",
            b"content://media/external/images/media/42",
            b"-t",
            b"image/png",
        ]
    ]


def test_a_photo_the_gallery_does_not_know_is_opened_as_a_file(phone: RigPhone, transport: Transport) -> None:
    phone.put(b"DCIM/a b\xff&#.jpg", b"x")
    show(transport, b"DCIM/a b\xff&#.jpg")
    (intent,) = phone.intents()
    assert intent[-3:] == [b"file:///storage/emulated/0/DCIM/a%20b%FF%26%23.jpg", b"-t", b"image/jpeg"]


def test_a_photo_that_is_gone_is_not_opened(phone: RigPhone, transport: Transport) -> None:
    with pytest.raises(PhoneRefused, match="no longer on the phone"):
        show(transport, b"DCIM/gone.jpg")
    assert phone.intents() == []


def test_a_phone_without_an_app_for_it_says_so(desk: Desk) -> None:
    refusing = "#!/system/bin/sh\nprint 'Error: Activity not started, unable to resolve Intent'\n"
    phone = desk.phone(instead={"am": refusing})
    phone.plug()
    phone.put(b"DCIM/a.jpg", b"x")
    with pytest.raises(PhoneRefused, match="does not open"):
        show(discovery.choose(None), b"DCIM/a.jpg")
