"""Listing a phone's photos, each way it can be done, on the real adbd with a phone's own commands."""

from __future__ import annotations

import os

import pytest

from device.rig.desk import Desk, RigPhone
from pocketlens.source import ListedPhoto, UnlistedFolder
from pocketlens_desktop.phone import discovery, listing
from pocketlens_desktop.phone.errors import PhoneLost, PhoneUnavailable
from pocketlens_desktop.phone.listing import ListingMethod
from pocketlens_desktop.phone.transport import Transport

# An Android 10 phone's `find`, and a phone without one that can be used.
FIND_WITHOUT_PRINTF = """#!/system/bin/sh
for word; do
  [ "$word" = -printf ] && { print -u2 "find: bad arg '-printf'"; exit 1; }
done
exec /adbd/ld.so --library-path /adbd/lib --argv0 find /adbd/toybox "$@"
"""
NO_FIND = '#!/system/bin/sh\nprint -u2 "find: inaccessible or not found"; exit 127\n'
FIND_THAT_STOPS_HALFWAY = """#!/system/bin/sh
for word; do
  [ "$word" = -print0 ] && exit 0
done
printf '1700000000 1 /sdcard/DCIM/1.jpg\\0'
exec sleep 1000
"""
FIND_THAT_FAILS = """#!/system/bin/sh
for word; do
  [ "$word" = -print0 ] && exit 0
done
printf '1700000000 1 /sdcard/DCIM/1.jpg\\0'
print -u2 "find: /sdcard/DCIM/x: I/O error"
print -u2 "Ein Fehler ist aufgetreten"
exit 1
"""
USERLANDS = {
    ListingMethod.PRINTF: {},
    ListingMethod.STAT: {"find": FIND_WITHOUT_PRINTF},
    ListingMethod.WALK: {"find": NO_FIND},
}

ODD_NAMES = (
    b"with space.jpg",
    b"new\nline.jpg",
    b"1700000000 5 /sdcard/DCIM/not me.jpg",
    b"quote ' and \" and `id`.jpg",
    b"$(reboot) $HOME.jpg",
    b"back\\slash.jpg",
    b"-dash.jpg",
    b"star*.jpg",
    "照片 😀.jpg".encode(),
    b"latin \xe9\xff.jpg",
    b"UPPER.JPG",
    b"x.heic",
)


@pytest.fixture(params=ListingMethod, ids=lambda method: method.name.lower())
def any_phone(request: pytest.FixtureRequest, desk: Desk) -> RigPhone:
    phone = desk.phone(instead=USERLANDS[request.param])
    phone.plug()
    assert listing.choose_method(discovery.choose(None)) is request.param
    return phone


def paths(transport: Transport) -> set[bytes]:
    return {row.path for row in listing.photos(transport) if isinstance(row, ListedPhoto)}


def test_every_name_a_phone_can_hold_is_listed_as_it_is(any_phone: RigPhone) -> None:
    for name in ODD_NAMES:
        any_phone.put(b"DCIM/Camera/" + name, b"x")
    assert paths(discovery.choose(None)) == {b"DCIM/Camera/" + name for name in ODD_NAMES}


def test_sizes_times_and_albums_are_those_of_the_files(any_phone: RigPhone) -> None:
    any_phone.put(b"DCIM/Camera/one.jpg", b"12345", mtime_s=1_600_000_001)
    any_phone.put(b"top.png", b"", mtime_s=1)
    assert set(listing.photos(discovery.choose(None))) == {
        ListedPhoto(b"DCIM/Camera/one.jpg", 5, 1_600_000_001_000_000_000, b"DCIM/Camera"),
        ListedPhoto(b"top.png", 0, 1_000_000_000, b""),
    }


def test_a_file_larger_than_4_gb_has_its_real_size(any_phone: RigPhone) -> None:
    any_phone.put(b"DCIM/huge.png", b"")
    os.truncate(any_phone.place(b"DCIM/huge.png"), 5 << 30)
    (row,) = listing.photos(discovery.choose(None))
    assert isinstance(row, ListedPhoto)
    assert row.size == 5 << 30


def test_what_is_no_photo_of_the_album_is_left_out(any_phone: RigPhone) -> None:
    for path in (
        b"DCIM/Camera/.trashed-1700000000-IMG.jpg",
        b"DCIM/Camera/.pending-1700000000-IMG.jpg",
        b"DCIM/.thumbnails/1.jpg",
        b"Pictures/.hidden/deep/1.jpg",
        b"Android/data/com.app/cache/1.jpg",
        b"Android/obb/com.app/1.jpg",
        b"Stickers/.nomedia",
        b"Stickers/1.webp",
        b"Stickers/below/2.webp",
        b"Music/cover.txt",
        b"Movies/film.mp4",
    ):
        any_phone.put(path, b"x")
    for path in (b"DCIM/Camera/IMG.jpg", b"Android/media/com.whatsapp/WhatsApp Images/1.jpg", b"Stickers2/1.webp"):
        any_phone.put(path, b"x")
    any_phone.place(b"DCIM/folder.jpg").mkdir()
    assert paths(discovery.choose(None)) == {
        b"DCIM/Camera/IMG.jpg",
        b"Android/media/com.whatsapp/WhatsApp Images/1.jpg",
        b"Stickers2/1.webp",
    }


def test_a_nomedia_file_at_the_top_does_not_hide_the_whole_album(any_phone: RigPhone) -> None:
    any_phone.put(b".nomedia", b"")
    any_phone.put(b"DCIM/1.jpg", b"x")
    assert paths(discovery.choose(None)) == {b"DCIM/1.jpg"}


def test_a_phone_without_photos_has_an_empty_listing(any_phone: RigPhone) -> None:
    assert list(listing.photos(discovery.choose(None))) == []


def test_a_storage_that_is_still_locked_is_not_an_empty_album(any_phone: RigPhone) -> None:
    for folder in (b"Android/data", b"Android", b"DCIM"):
        any_phone.place(folder).rmdir()
    with pytest.raises(PhoneUnavailable, match="not unlocked"):
        list(listing.photos(discovery.choose(None)))


def test_a_folder_closed_to_us_is_reported_and_the_rest_is_listed(any_phone: RigPhone) -> None:
    any_phone.put(b"DCIM/1.jpg", b"x")
    any_phone.put(b"Secure Folder/it's/2.jpg", b"x")
    os.chown(any_phone.place(b"Secure Folder/it's"), 0, 0)
    any_phone.place(b"Secure Folder/it's").chmod(0o700)
    rows = list(listing.photos(discovery.choose(None)))
    assert {row.path for row in rows if isinstance(row, ListedPhoto)} == {b"DCIM/1.jpg"}
    assert [row.path for row in rows if isinstance(row, UnlistedFolder)] == [b"Secure Folder/it's"]


def test_an_empty_folder_is_not_one_that_is_closed_to_us(any_phone: RigPhone) -> None:
    any_phone.put(b"Trip/1.jpg", b"x")
    any_phone.place(b"Trip/1.jpg").unlink()
    assert list(listing.photos(discovery.choose(None))) == []


def test_a_folder_too_deep_for_adb_is_reported_by_a_walk_and_the_rest_is_listed(
    phone: RigPhone, transport: Transport
) -> None:
    deep = b"/".join([b"DCIM", *[b"x" * 250] * 4, b"and more"])
    phone.put(b"DCIM/1.jpg", b"x")
    phone.put(deep + b"/2.jpg", b"x")
    rows = list(listing.photos(transport, ListingMethod.WALK))
    assert {row.path for row in rows if isinstance(row, ListedPhoto)} == {b"DCIM/1.jpg"}
    (left_out,) = [row.path for row in rows if isinstance(row, UnlistedFolder)]
    assert deep.startswith(left_out)


def test_a_storage_that_cannot_be_opened_at_all_is_not_an_empty_album(any_phone: RigPhone) -> None:
    any_phone.put(b"DCIM/1.jpg", b"x")
    os.chown(any_phone.storage, 0, 0)
    any_phone.storage.chmod(0o700)
    with pytest.raises(PhoneUnavailable, match="not unlocked"):
        list(listing.photos(discovery.choose(None)))


def test_a_find_that_fails_in_words_nobody_knows_lets_nothing_be_concluded(desk: Desk) -> None:
    phone = desk.phone(instead={"find": FIND_THAT_FAILS})
    phone.plug()
    rows = list(listing.photos(discovery.choose(None), ListingMethod.PRINTF))
    assert [row.path for row in rows] == [b"DCIM/1.jpg", b"DCIM/x", b""]


def test_half_a_listing_is_never_taken_for_a_whole_one(desk: Desk) -> None:
    phone = desk.phone(instead={"find": FIND_THAT_STOPS_HALFWAY})
    phone.plug()
    rows = listing.photos(discovery.choose(None), ListingMethod.PRINTF)
    assert isinstance(next(rows), ListedPhoto)
    phone.unplug()
    with pytest.raises(PhoneLost):
        list(rows)
