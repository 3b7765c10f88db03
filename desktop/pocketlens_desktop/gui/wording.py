"""Sentences for people: typed errors, stages and remaining time in the window's language."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from pocketlens.catalogue import PlaceName
from pocketlens.errors import PocketLensError
from pocketlens.kinds import Kind
from pocketlens.protocol import Progress, Stage

#: A short name that `lupdate` knows.
translate = QCoreApplication.translate


def number(value: int) -> str:
    """A count with the language's own grouping of digits."""
    return QLocale().toString(value)


def moment_text(seconds: int) -> str:
    """A moment in seconds since 1970, in this computer's time zone."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(seconds), QLocale.FormatType.ShortFormat)


def size_text(count: int) -> str:
    """Bytes in the unit people read them in, by thousands as disks and shops count."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def language_names(codes: Iterable[str]) -> str:
    """Languages by their own names: "English, 中文"."""
    own = {"zh": "中文", "en": "English"}
    return ", ".join(own.get(code) or QLocale(code).nativeLanguageName() or code for code in codes)


def kind_name(kind: Kind) -> str:
    """What photos of a kind are called."""
    return {
        Kind.PHOTO: translate("wording", "Photos"),
        Kind.SCREENSHOT: translate("wording", "Screenshots"),
        Kind.DOCUMENT: translate("wording", "Documents"),
        Kind.SELFIE: translate("wording", "Selfies"),
        Kind.PANORAMA: translate("wording", "Panoramas"),
        Kind.VIDEO_FRAME: translate("wording", "Video frames"),
        Kind.VIDEO: translate("wording", "Videos"),
    }[kind]


def error_title(error: PocketLensError) -> str:
    """What happened, by the error's code; its own English sentence for a code that has no translation."""
    titles = {
        "album-missing": translate("wording", "This folder or album is not there."),
        "model-missing": translate("wording", "The model is not installed."),
        "model-corrupt": translate("wording", "The model's files are damaged."),
        "model-unsupported": translate("wording", "This model needs another version of PocketLens."),
        "catalogue-too-new": translate("wording", "Your catalogue was made by a newer PocketLens."),
        "catalogue-damaged": translate("wording", "The catalogue is damaged."),
        "catalogue-busy": translate("wording", "Another PocketLens is indexing already."),
        "storage-full": translate("wording", "The disk is full."),
        "query-invalid": translate("wording", "This cannot be searched for."),
        "nothing-indexed": translate("wording", "No photo is indexed with this model yet."),
        "unreadable-photo": translate("wording", "This picture cannot be read."),
        "photo-missing": translate("wording", "This photo is not in the catalogue any more."),
        "search-missing": translate("wording", "This search is not saved any more."),
        "engine-mismatch": translate("wording", "Parts of PocketLens are of different versions. Install it again."),
        "engine-died": translate("wording", "The engine stopped unexpectedly."),
        "protocol-violation": translate("wording", "The engine stopped unexpectedly."),
        "download-failed": translate("wording", "The download failed."),
        "model-busy": translate("wording", "Another PocketLens is fetching or installing this model."),
        "model-rejected": translate("wording", "This model does not pass its checks."),
        "cancelled": translate("wording", "Stopped. What arrived is kept."),
        "adb-unavailable": translate("wording", "The program that talks to phones (adb) does not start."),
        "phone-unavailable": translate("wording", "This phone is not plugged in, or not ready."),
        "phone-ambiguous": translate("wording", "Several phones are plugged in."),
        "phone-lost": translate("wording", "The phone was unplugged."),
        "phone-stalled": translate("wording", "The phone does not answer in time."),
        "phone-misbehaved": translate("wording", "The phone gave an answer that cannot be right."),
        "phone-engine-refused": translate("wording", "The phone does not let the engine be installed or run."),
        "phone-engine-missing": translate("wording", "There is no engine for this phone."),
        "phone-refused": translate("wording", "The phone does not give this photo out, or has it no longer."),
    }
    return titles.get(error.code, error.what)


def error_detail(error: PocketLensError) -> str:
    """What it happened to and what to do."""
    remedies = {
        "album-missing": translate(
            "wording", "Check that the disk it is on is plugged in. What was indexed before is kept."
        ),
        "model-missing": translate("wording", "Install PocketLens again to get the starter model back."),
        "model-corrupt": translate("wording", "Install PocketLens again to get the starter model back."),
        "catalogue-too-new": translate("wording", "Update PocketLens on this computer."),
        "catalogue-damaged": translate(
            "wording",
            "Repairing puts what can be read of it into a new one, and keeps the damaged file beside it."
            " Your photos are not touched.",
        ),
        "catalogue-busy": translate("wording", "Try again when it is done."),
        "storage-full": translate("wording", "Free some space and go on. What was indexed so far is kept."),
        "nothing-indexed": translate("wording", "Choose a folder of photos first."),
        "engine-died": translate("wording", "Try again. What was indexed so far is kept."),
        "download-failed": translate("wording", "Try again later: what arrived is kept."),
        "model-busy": translate("wording", "Try again when it is done."),
        "adb-unavailable": translate("wording", "Install Android's platform tools, then try again."),
        "phone-unavailable": translate("wording", "The Phone page shows what to do."),
        "phone-lost": translate("wording", "Plug it in and try again."),
        "phone-stalled": translate("wording", "Unlock it, plug it in again and try again."),
        "phone-misbehaved": translate("wording", "Unplug it and plug it in again."),
        "phone-engine-refused": translate("wording", "Index it on this computer instead, on the Phone page."),
        "phone-engine-missing": translate("wording", "Index it on this computer instead, on the Phone page."),
        "phone-refused": translate("wording", "Unlock the phone; if the photo is gone from it, index the phone again."),
    }
    return "\n".join(part for part in (remedies.get(error.code, error.remedy), error.thing) if part)


def copy_reason(reason: str) -> str:
    """Why a photo could not be copied; reasons that the phone or the disk gives are shown as they are."""
    known = {
        "It is not on the phone.": translate("wording", "It is not on the phone."),
        "It is not there any more.": translate("wording", "It is not there any more."),
    }
    return known.get(reason, reason)


def unreadable_reason(code: str, reason: str) -> str:
    """Why a photo could not be read. The reasons of core/decoding.py are few; others are shown as they are."""
    known = {
        "The file is empty.": translate("wording", "The file is empty."),
        "The file is not a picture of a format that PocketLens reads, or its beginning is damaged.": translate(
            "wording", "The file is not a picture of a format that PocketLens reads, or its beginning is damaged."
        ),
        "There is not enough memory to decode this picture.": translate(
            "wording", "There is not enough memory to decode this picture."
        ),
        "The file ends before the picture does.": translate("wording", "The file ends before the picture does."),
        "The picture is damaged.": translate("wording", "The picture is damaged."),
    }
    return known.get(reason, reason or code)


def place_text(place: PlaceName | None) -> str:
    """A city's name in the window's language, where it has one."""
    if place is None:
        return ""
    return place.name_zh or place.name if QLocale().language() is QLocale.Language.Chinese else place.name


def stage_text(progress: Progress) -> str:
    """What an indexing job is doing, with its counts."""
    done = number(progress.done)
    total = number(progress.total) if progress.total is not None else ""
    if progress.stage is Stage.LISTING:
        return translate("wording", "Looking for photos: {done} found").format(done=done)
    if progress.stage is Stage.COMPARING:
        return translate("wording", "Checking what is new")
    if progress.stage is Stage.INSTALLING:
        done, total = size_text(progress.done), size_text(progress.total or 0)
        return translate("wording", "Putting the engine on the phone: {done} of {total}").format(done=done, total=total)
    if progress.stage is Stage.ENCODING:
        return translate("wording", "Looking at photos: {done} of {total}").format(done=done, total=total)
    if progress.stage is Stage.READING:
        return translate("wording", "Reading the words in photos: {done} of {total}").format(done=done, total=total)
    return translate("wording", "Finishing")


def pace_text(progress: Progress) -> str:
    """How fast it goes and how long it will take; empty while that is unknown."""
    parts = []
    if progress.rate:
        rate = QLocale().toString(progress.rate, "f", 1)
        parts.append(translate("wording", "{rate} photos a second").format(rate=rate))
    if progress.eta_s is not None:
        parts.append(remaining_text(progress.eta_s))
    return " · ".join(parts)


def remaining_text(seconds: float) -> str:
    """A time to go, as coarse as it can be foretold."""
    if seconds < 10:
        return translate("wording", "a few seconds left")
    if seconds < 90:
        return translate("wording", "about {count} s left").format(count=round(seconds / 10) * 10)
    if seconds < 5400:
        return translate("wording", "about {count} min left").format(count=round(seconds / 60))
    return translate("wording", "about {count} h left").format(count=round(seconds / 3600))


def duration_text(seconds: float) -> str:
    """How long something will take, as coarse as it can be foretold."""
    if seconds < 90:
        return translate("wording", "about {count} s").format(count=max(10, round(seconds / 10) * 10))
    if seconds < 5400:
        return translate("wording", "about {count} min").format(count=round(seconds / 60))
    return translate("wording", "about {count} h").format(count=round(seconds / 3600))
