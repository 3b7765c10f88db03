"""A phone that answers with what no phone may: refused, in bounded time and memory."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.scripted_adb import Answer, ScriptedAdb, endless, endless_shell, raw, receive, scripted_adb, shell
from pocketlens.errors import PocketLensError, UnreadablePhoto
from pocketlens_desktop.phone import discovery, listing, mediastore, sync
from pocketlens_desktop.phone import shell as phone_shell
from pocketlens_desktop.phone.errors import PhoneLost, PhoneMisbehaved, PhoneRefused, PhoneStalled, PhoneUnavailable
from pocketlens_desktop.phone.listing import ListingMethod
from pocketlens_desktop.phone.mediastore import parse
from pocketlens_desktop.phone.source import PhoneSource
from pocketlens_desktop.phone.storage import checked, relative
from pocketlens_desktop.phone.transport import Transport

MB = 1024 * 1024


@pytest.fixture
def adb(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedAdb]:
    with scripted_adb() as adb:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb.port))
        yield adb


@pytest.fixture
def phone(adb: ScriptedAdb) -> Transport:
    return discovery.choose(None)


def entry(name: bytes, *, kind: bytes = b"DNT2", mode: int = 0o100644, length: int | None = None) -> bytes:
    size = len(name) if length is None else length
    return struct.pack("<4sIQQIIIIQqqqI", kind, 0, 0, 0, mode, 1, 0, 0, 5, 0, 0, 0, size) + name


DONE = entry(b"", kind=b"DONE")


@pytest.mark.parametrize(
    "answer",
    [
        entry(b"../../etc/passwd.jpg") + DONE,
        entry(b"/etc/passwd.jpg") + DONE,
        entry(b"") + DONE,
        entry(b"a\0b.jpg") + DONE,
        entry(b"x" * 300) + DONE,
        entry(b"", length=0xFFFFFFFF),
        entry(b"a.jpg", kind=b"WHAT"),
    ],
    ids=["parent", "absolute", "empty", "nul", "long", "giant", "kind"],
)
def test_a_folder_with_impossible_names_is_refused(adb: ScriptedAdb, phone: Transport, answer: bytes) -> None:
    adb.services[b"sync:"] = raw(answer)
    with phone.sync() as session, pytest.raises(PhoneMisbehaved):
        list(session.entries(b"/sdcard/"))


def first_nothing_then(answer: Answer) -> Answer:
    """No folder is closed off by a ``.nomedia``; then the photos come."""
    answers = iter([shell(b""), answer])

    def take_turns(handle: socket.socket) -> None:
        next(answers)(handle)

    return take_turns


@pytest.mark.parametrize("way", [ListingMethod.PRINTF, ListingMethod.WALK])
def test_a_listing_without_an_end_is_refused(
    adb: ScriptedAdb, phone: Transport, way: ListingMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 5000)
    adb.services[b"shell,v2,raw:find"] = first_nothing_then(endless_shell(b"1700000000 5 /sdcard/DCIM/a.jpg\0"))
    adb.services[b"sync:"] = endless(entry(b"a.jpg"))
    with pytest.raises(PhoneMisbehaved, match="does not end"):
        for _row in listing.photos(phone, way):
            pass


def test_closed_folders_without_an_end_are_refused(
    adb: ScriptedAdb, phone: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 5000)
    adb.services[b"shell,v2,raw:find"] = endless_shell(b"/sdcard/DCIM/.nomedia\0")
    with pytest.raises(PhoneMisbehaved, match="does not end"):
        list(listing.photos(phone, ListingMethod.PRINTF))


def test_folders_inside_folders_without_an_end_are_left_at_a_depth_no_phone_has(
    adb: ScriptedAdb, phone: Transport
) -> None:
    def one_folder_deeper(handle: socket.socket) -> None:
        while True:
            _kind, length = struct.unpack("<4sI", receive(handle, 8))
            receive(handle, length)
            handle.sendall(entry(b"d", mode=0o040755) + entry(b"a.jpg") + DONE)

    adb.services[b"sync:"] = one_folder_deeper
    assert len(list(listing.photos(phone, ListingMethod.WALK))) == 65


@pytest.mark.parametrize(
    "row",
    [
        b"1 5 /sdcard/../etc/shadow.jpg",
        b"1 5 /sdcard//etc/shadow.jpg",
        b"1 5 /etc/shadow.jpg",
        b"1 5 relative.jpg",
        b"1 -5 /sdcard/a.jpg",
        b"1 99999999999999999999999 /sdcard/a.jpg",
        b"1 5 /sdcard/a.txt",
        b"1 5 /sdcard/.hidden.jpg",
        b"one 5 /sdcard/a.jpg",
        b"",
        b"1 5 /sdcard/" + b"x/" * 3000 + b"a.jpg",
    ],
)
def test_a_row_that_names_what_cannot_be_is_refused(adb: ScriptedAdb, phone: Transport, row: bytes) -> None:
    adb.services[b"shell,v2,raw:find"] = first_nothing_then(shell(row + b"\0"))
    with pytest.raises(PhoneMisbehaved):
        list(listing.photos(phone, ListingMethod.PRINTF))


def test_rows_without_their_mark_are_refused(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"shell,v2,raw:find"] = first_nothing_then(shell(b"x" * 40 + b" 1 5 /sdcard/DCIM/a.jpg\n"))
    with pytest.raises(PhoneMisbehaved):
        list(listing.photos(phone, ListingMethod.STAT))


def test_closed_folders_that_were_not_asked_for_are_refused(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"shell,v2,raw:find"] = shell(b"/sdcard/DCIM/a.jpg\0")
    with pytest.raises(PhoneMisbehaved):
        list(listing.photos(phone, ListingMethod.PRINTF))


@pytest.mark.parametrize(
    "answer",
    [
        struct.pack("<4sI", b"DATA", 65537),
        struct.pack("<4sI", b"DATA", 0xFFFFFFFF),
        struct.pack("<4sI", b"DATA", 0),
        struct.pack("<4sI", b"FAIL", 0xFFFFFFFF),
        struct.pack("<4sI", b"OKAY", 0),
    ],
    ids=["large", "giant", "empty", "failure", "kind"],
)
def test_a_file_in_impossible_blocks_is_refused(adb: ScriptedAdb, phone: Transport, answer: bytes) -> None:
    adb.services[b"sync:"] = raw(answer)
    with phone.sync() as session, pytest.raises(PhoneMisbehaved):
        session.read(b"/sdcard/a.jpg", MB)


def test_a_photo_at_which_a_connected_phone_fails_again_and_again_is_unreadable(adb: ScriptedAdb) -> None:
    adb.services[b"sync:"] = lambda handle: handle.sendall(struct.pack("<4sI", b"DATA", 1000))
    adb.services[b"shell,v2,raw:getprop ro.product.model"] = shell(b"Pixel 7\n")
    with closing(PhoneSource(discovery.choose(None))) as source:
        with pytest.raises(UnreadablePhoto, match="stops answering at this photo"):
            source.read(b"DCIM/a.jpg")
        adb.services[b"shell,v2,raw:getprop persist.sys.timezone"] = shell(b"\n")
        with pytest.raises(PhoneLost):
            list(source.list())


def test_a_phone_that_can_be_listed_in_no_way_is_refused(adb: ScriptedAdb) -> None:
    adb.features = b"shell_v2,stat_v2"
    adb.services[b"shell,v2,raw:find"] = shell(b"", exit_code=127)
    with pytest.raises(PhoneUnavailable, match="cannot be listed"):
        list(listing.photos(discovery.choose(None)))


def test_a_file_without_an_end_is_given_up_at_the_largest_size_allowed(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"sync:"] = endless(struct.pack("<4sI", b"DATA", 1024) + b"x" * 1024)
    with phone.sync() as session, pytest.raises(PhoneRefused, match="larger than 1 MB"):
        session.read(b"/sdcard/a.jpg", MB)


def test_a_status_of_another_kind_is_refused(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"sync:"] = raw(b"x" * 72)
    with phone.sync() as session, pytest.raises(PhoneMisbehaved):
        session.status(b"/sdcard/a.jpg")


_KINDS = st.sampled_from([b"STA2", b"DNT2", b"DATA", b"DONE", b"FAIL", b"OKAY", b"LIS2", b"QUIT"])
_NUMBERS = st.integers(0, 40) | st.integers(0, 2**32 - 1)
_PIECES = (
    st.binary(max_size=80)
    | st.builds(
        lambda kind, number, rest: struct.pack("<4sI", kind, number) + rest, _KINDS, _NUMBERS, st.binary(max_size=80)
    )
    | st.builds(
        lambda kind, mode: struct.pack("<4sIQQIIIIQqqq", kind, 0, 0, 0, mode, 0, 0, 0, 5, 0, 0, 0), _KINDS, _NUMBERS
    )
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(_PIECES, max_size=5))
def test_any_answer_of_the_file_service_is_read_or_refused(
    adb: ScriptedAdb, phone: Transport, pieces: list[bytes]
) -> None:
    content = b"".join(pieces)
    adb.services[b"sync:"] = lambda handle: handle.sendall(content)  # and hangs up
    with phone.sync() as session:
        for ask in (
            lambda: session.status(b"/sdcard/a.jpg"),
            lambda: list(session.entries(b"/sdcard")),
            lambda: session.read(b"/sdcard/a.jpg", MB),
        ):
            with contextlib.suppress(PocketLensError):
                ask()


def test_a_phone_that_falls_silent_is_given_up(
    adb: ScriptedAdb, phone: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "REPLY_S", 0.2)
    adb.services[b"sync:"] = raw(struct.pack("<4sI", b"DATA", 1000) + b"x" * 10)
    with phone.sync() as session, pytest.raises(PhoneStalled):
        session.read(b"/sdcard/a.jpg", MB)
    with phone.sync() as session, pytest.raises(PhoneStalled):
        session.status(b"/sdcard/a.jpg")


def test_a_command_cut_off_before_its_exit_code_is_a_lost_phone(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"shell,v2,raw:x"] = lambda handle: handle.sendall(struct.pack("<BI", 1, 2) + b"hi")
    with pytest.raises(PhoneLost):
        phone_shell.run(phone, b"x", seconds=5)


def test_a_command_that_says_more_than_it_may_is_given_up(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"shell,v2,raw:x"] = endless_shell(b"y" * 1000)
    with pytest.raises(PhoneMisbehaved, match="does not end"):
        phone_shell.run(phone, b"x", seconds=5)
    adb.services[b"shell,v2,raw:x"] = raw(struct.pack("<BI", 1, 0xFFFFFFFF))
    with pytest.raises(PhoneMisbehaved):
        phone_shell.run(phone, b"x", seconds=5)


def test_a_media_store_row_without_an_end_is_refused_and_ignored_in_a_listing(
    adb: ScriptedAdb, phone: Transport
) -> None:
    adb.services[b"shell,v2,raw:content"] = endless_shell(b"Row: 0 _id=1")
    with pytest.raises(PhoneMisbehaved):
        list(mediastore.entries(phone))
    adb.services[b"shell,v2,raw:getprop persist.sys.timezone"] = shell(b"\n")
    assert mediastore.facts(phone) == {}


def rows_without_an_exit_code() -> bytes:
    known = b"datetaken=5000, is_favorite=0, mime_type=NULL, bucket_display_name=NULL"
    rows = b"".join(b"Row: %d _id=%d, %s, _data=/sdcard/%d.jpg\n" % (n, n, known, n) for n in range(2))
    return struct.pack("<BI", 1, len(rows)) + rows


def test_a_media_store_that_falls_silent_keeps_nothing_from_being_listed(
    adb: ScriptedAdb, phone: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mediastore, "SILENCE_S", 0.5)
    adb.services[b"shell,v2,raw:getprop persist.sys.timezone"] = shell(b"\n")
    adb.services[b"shell,v2,raw:content"] = raw(rows_without_an_exit_code())
    assert set(mediastore.facts(phone)) == {b"0.jpg"}  # the second row may go on


def test_a_phone_unplugged_while_its_media_store_answers_is_a_lost_phone(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[b"shell,v2,raw:getprop persist.sys.timezone"] = shell(b"\n")
    adb.services[b"shell,v2,raw:content"] = lambda handle: handle.sendall(rows_without_an_exit_code())
    with pytest.raises(PhoneLost):
        mediastore.facts(phone)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(b"Asia/Shanghai", 28_805), (b"", 5), (b"Nowhere/Land", 5), (b"../../etc/passwd", 5), (b"Asia", 5), (b"\xff", 5)],
)
def test_a_time_zone_that_nobody_knows_is_taken_for_none(
    adb: ScriptedAdb, phone: Transport, zone: bytes, expected: int
) -> None:
    adb.services[b"shell,v2,raw:getprop persist.sys.timezone"] = shell(zone + b"\n")
    adb.services[b"shell,v2,raw:content"] = shell(
        b"Row: 0 _id=1, datetaken=5000, is_favorite=0, mime_type=NULL, bucket_display_name=NULL, _data=/sdcard/a.jpg\n"
    )
    assert mediastore.facts(phone)[b"a.jpg"].taken_at == expected


@given(st.binary())
def test_a_path_is_either_refused_or_below_the_storage(path: bytes) -> None:
    try:
        checked(path)
    except PhoneMisbehaved:
        return
    assert not path.startswith(b"/")
    assert not {b"", b".", b".."} & set(path.split(b"/"))


@given(st.sampled_from([b"/sdcard/", b"/storage/emulated/0/", b"/", b""]), st.binary())
def test_a_place_on_the_phone_is_either_refused_elsewhere_or_below_the_storage(root: bytes, rest: bytes) -> None:
    try:
        path = relative(root + rest)
    except PhoneMisbehaved:
        return
    assert path is None or b".." not in path.split(b"/")


COLUMNS = (b"_id", b"datetaken", b"is_favorite", b"mime_type", b"bucket_display_name", b"_data")
odd_text = st.text(alphabet="aR0w: ,=\n_id\tdat", max_size=20).map(str.encode) | st.binary(max_size=20)


def harmless(value: bytes) -> bool:
    """Whether a value cannot be taken for the beginning of a column or row, which nobody can tell apart."""
    return b", _data=" not in value and b"\nRow: " not in value and not value.startswith(b"Row: ")


rows = st.lists(
    st.tuples(
        st.integers(0, 10**12),
        st.none() | st.integers(1000, 10**13),
        st.none() | st.booleans(),
        st.none() | st.sampled_from([b"image/jpeg", b"image/heic"]),
        st.none() | odd_text.filter(harmless),
        odd_text.filter(harmless).map(lambda name: name.replace(b"/", b"").replace(b"\0", b"")),
    ),
    max_size=20,
)


@given(rows, st.integers(1, 50))
def test_what_media_store_knows_is_read_whatever_the_names(
    known: list[tuple[int, int | None, bool | None, bytes | None, bytes | None, bytes]], piece: int
) -> None:
    def said(value: object) -> bytes:
        if value is None:
            return b"NULL"
        return value if isinstance(value, bytes) else b"%d" % int(value)  # type: ignore[call-overload]

    text = b""
    for number, row in enumerate(known):
        values = [*row[:-1], b"/sdcard/x" + row[-1]]
        fields = b", ".join(name + b"=" + said(value) for name, value in zip(COLUMNS, values, strict=True))
        text += b"Row: %d " % number + fields + b"\n"
    pieces = [text[start : start + piece] for start in range(0, len(text), piece)]
    entries = list(parse(COLUMNS, pieces))
    assert [(e.id, e.taken_at, e.favourite, e.mime, e.path) for e in entries] == [
        (number, taken // 1000 if taken else None, favourite, mime, b"x" + name)
        for number, taken, favourite, mime, _album, name in known
    ]
    assert [e.album for e in entries] == [None if row[4] == b"NULL" else row[4] for row in known]


@given(st.lists(st.binary() | st.just(b"Row: 0 _id=1, datetaken=") | st.just(b"\nRow: 1 ")))
def test_any_answer_of_media_store_can_be_read(pieces: list[bytes]) -> None:
    for one in parse(COLUMNS, pieces):
        assert one.path is None or not one.path.startswith(b"/")
