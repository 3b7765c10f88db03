"""What can go wrong with a phone. Codes are stable, as in `pocketlens.errors`."""

from __future__ import annotations

from pocketlens.errors import AlbumMissing, PocketLensError


class AdbUnavailable(PocketLensError):
    """There is no adb program, or its server cannot be started or does not answer."""

    code = "adb-unavailable"


class PhoneUnavailable(AlbumMissing):
    """No phone to work with: none plugged in, not the one asked for, or not in a state that lets us in."""

    code = "phone-unavailable"


class PhoneAmbiguous(PocketLensError):
    """Several phones are plugged in, and it was not said which one is meant."""

    code = "phone-ambiguous"


class PhoneLost(PocketLensError):
    """The connection to the phone ended in the middle of something: unplugged, rebooted, or adb died."""

    code = "phone-lost"


class PhoneStalled(PhoneLost):
    """The phone is still connected, but does not answer in time."""

    code = "phone-stalled"


class PhoneMisbehaved(PocketLensError):
    """The phone's answer breaks the protocol or names what cannot be: it is refused, not repaired."""

    code = "phone-misbehaved"


class PhoneRefused(PocketLensError):
    """The phone said no to one request: a missing file, a permission, a full storage."""

    code = "phone-refused"


class ReadingStopped(PocketLensError):
    """Reading was cancelled from this side."""

    code = "reading-stopped"


class EngineRefused(PocketLensError):
    """The phone does not let the engine be installed or run: no space, no permission, the wrong kind of processor."""

    code = "phone-engine-refused"


class EngineMissing(PocketLensError):
    """There is no bundle to install for this phone, or no engine on it."""

    code = "phone-engine-missing"
