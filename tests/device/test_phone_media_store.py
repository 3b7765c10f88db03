"""What the phone's gallery knows, asked through the real adbd of a `content` that answers like Android's."""

from __future__ import annotations

from contextlib import closing

import pytest

from device.rig.desk import STORAGE, Desk, MediaRow, RigPhone
from pocketlens.source import ListedPhoto
from pocketlens_desktop.phone import discovery, mediastore
from pocketlens_desktop.phone.mediastore import MediaEntry
from pocketlens_desktop.phone.source import PhoneSource
from pocketlens_desktop.phone.transport import Transport


def row(number: int, path: bytes, **known: object) -> MediaRow:
    return MediaRow(number, STORAGE + b"/" + path, **known)  # type: ignore[arg-type]


def test_every_column_comes_through_and_any_may_be_unknown(phone: RigPhone, transport: Transport) -> None:
    phone.media_store(
        [
            row(7, b"DCIM/a.jpg", taken_ms=1_600_000_000_999, bucket=b"Camera", favourite=True),
            row(8, b"DCIM/b.jpg", mime=None, favourite=False),
            MediaRow(9, b"/storage/1234-ABCD/DCIM/c.jpg", bucket=b"Card"),
        ]
    )
    assert list(mediastore.entries(transport)) == [
        MediaEntry(7, b"DCIM/a.jpg", 1_600_000_000, True, b"image/jpeg", b"Camera"),
        MediaEntry(8, b"DCIM/b.jpg", None, False, None, None),
        MediaEntry(9, None, None, None, b"image/jpeg", b"Card"),
    ]


def test_names_that_look_like_the_answers_own_words_are_read_as_names(phone: RigPhone, transport: Transport) -> None:
    names = [
        b"a, b.jpg",
        b"_id=9, _data=x.jpg",
        b"two\nlines.jpg",
        b"Row: 9 .jpg",
        b"it's 100%.jpg",
        b"\xff.jpg",
        b"NULL",
    ]
    phone.media_store([row(n, b"DCIM/" + name, bucket=b"me, you = us") for n, name in enumerate(names)])
    found = list(mediastore.entries(transport))
    assert [entry.path for entry in found] == [b"DCIM/" + name for name in names]
    assert {entry.album for entry in found} == {b"me, you = us"}


def test_one_photo_is_found_by_its_path(phone: RigPhone, transport: Transport) -> None:
    phone.media_store([row(1, b"DCIM/it's one.jpg"), row(2, b"DCIM/other.jpg")])
    (entry,) = mediastore.entries(transport, at=STORAGE + b"/DCIM/it's one.jpg")
    assert entry.id == 1
    assert list(mediastore.entries(transport, at=STORAGE + b"/DCIM/' or 1=1 --.jpg")) == []


def test_an_older_android_without_favourites_still_tells_the_rest(phone: RigPhone, transport: Transport) -> None:
    phone.media_store([row(1, b"DCIM/a.jpg", taken_ms=5000)], old=True)
    assert list(mediastore.entries(transport)) == [MediaEntry(1, b"DCIM/a.jpg", 5, None, b"image/jpeg", None)]


def test_a_phone_without_an_answer_adds_nothing(transport: Transport) -> None:
    assert list(mediastore.entries(transport)) == []
    assert mediastore.facts(transport) == {}


def test_a_gallery_that_hangs_keeps_no_photo_from_being_listed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mediastore, "SILENCE_S", 0.2)
    phone = desk.phone(instead={"content": "#!/system/bin/sh\nexec sleep 1000\n"})
    phone.plug()
    phone.put(b"DCIM/a.jpg", b"x")
    with closing(PhoneSource(discovery.choose(None))) as source:
        assert [row.path for row in source.list()] == [b"DCIM/a.jpg"]


def test_a_listing_carries_what_the_gallery_knows_in_the_phones_own_time(desk: Desk) -> None:
    phone = desk.phone(properties={"persist.sys.timezone": "Asia/Shanghai"})
    phone.plug()
    phone.put(b"DCIM/a.jpg", b"x", mtime_s=9)
    phone.put(b"DCIM/b.jpg", b"x", mtime_s=9)
    phone.media_store([row(1, b"DCIM/a.jpg", taken_ms=1_600_000_000_000, favourite=True)])
    with closing(PhoneSource(discovery.choose(None))) as source:
        assert set(source.list()) == {
            ListedPhoto(b"DCIM/a.jpg", 1, 9 * 10**9, b"DCIM", 1_600_000_000 + 8 * 3600, True),
            ListedPhoto(b"DCIM/b.jpg", 1, 9 * 10**9, b"DCIM"),
        }
