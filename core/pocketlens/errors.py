"""Every error PocketLens raises on purpose.

Each says what happened, to which thing, and what to do about it. ``code`` is stable: it travels over the
engine protocol and in ``--json`` output. Wording for people and exit codes live at the edges (cli, gui).
"""

from __future__ import annotations


class PocketLensError(Exception):
    """Base of all typed errors.

    Args:
        what: one sentence, what happened.
        thing: the file, model, album or device it happened to, as text fit to show.
        remedy: one sentence, what the person can do; empty when there is nothing to do.
    """

    #: An error of a kind that only the engine knows (a phone's) keeps its code when it comes over the wire.
    code: str = "error"

    def __init__(self, what: str, *, thing: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.thing = thing
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.thing}: " if self.thing else ""
        then = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.what}{then}"


class UnreadablePhoto(PocketLensError):
    """One photo cannot be decoded. It becomes a row with its reason and never stops the others."""

    code = "unreadable-photo"


class AlbumMissing(PocketLensError):
    """The folder or phone to index, or the album named in a search, is not there."""

    code = "album-missing"


class PhotoMissing(PocketLensError):
    """No photo of that number in the catalogue."""

    code = "photo-missing"


class ModelMissing(PocketLensError):
    """No model package of that name or at that place."""

    code = "model-missing"


class ModelCorrupt(PocketLensError):
    """A model package whose manifest cannot be read or whose files do not match their hashes."""

    code = "model-corrupt"


class ModelUnsupported(PocketLensError):
    """A well-formed model package that this version cannot run."""

    code = "model-unsupported"


class CatalogueTooNew(PocketLensError):
    """The catalogue was written by a newer PocketLens."""

    code = "catalogue-too-new"


class CatalogueDamaged(PocketLensError):
    """SQLite says the catalogue file is not a database or is malformed."""

    code = "catalogue-damaged"


class CatalogueBusy(PocketLensError):
    """Another process is indexing, or holds the catalogue's write lock for too long."""

    code = "catalogue-busy"


class StorageFull(PocketLensError):
    """The disk filled up while something was being written. What was committed before is kept."""

    code = "storage-full"


class VectorFileDamaged(PocketLensError):
    """A derived vector file is truncated, stale or of another model. It is rebuilt, never trusted."""

    code = "vector-file-damaged"


class QueryInvalid(PocketLensError):
    """A search that cannot be carried out as written. ``position``: the character that is to blame, counted from 0."""

    code = "query-invalid"

    def __init__(self, what: str, *, thing: str = "", remedy: str = "", position: int | None = None) -> None:
        super().__init__(what, thing=thing, remedy=remedy)
        self.position = position


class NothingIndexed(PocketLensError):
    """A search before any photo was indexed with the model in use."""

    code = "nothing-indexed"


class PictureNotIndexed(QueryInvalid):
    """A picture file to compare with that is not in the catalogue: it has to be encoded first (`EmbedRequest`)."""

    code = "picture-not-indexed"


class SearchMissing(PocketLensError):
    """No search is saved under that name."""

    code = "search-missing"


class EngineMismatch(PocketLensError):
    """Client and engine speak different protocol versions, or were made by different releases."""

    code = "engine-mismatch"


class EngineDied(PocketLensError):
    """The engine process ended without answering."""

    code = "engine-died"


class ProtocolViolation(PocketLensError):
    """A line on the engine's pipe that is not a message of the protocol."""

    code = "protocol-violation"


class Cancelled(PocketLensError):
    """The person stopped it. What was done so far is kept, and it goes on from there when asked again."""

    code = "cancelled"


class DownloadFailed(PocketLensError):
    """No mirror gave the whole, right file. What arrived is kept for another try unless it was wrong."""

    code = "download-failed"


class ModelBusy(PocketLensError):
    """Another process is downloading or installing the same model."""

    code = "model-busy"


class ModelRejected(PocketLensError):
    """A model package that fails a gate: parity, recall, memory, latency or size. ``what`` holds the figures."""

    code = "model-rejected"


class ExportToolsMissing(PocketLensError):
    """Building or verifying a model needs packages that only the ``export`` extra installs."""

    code = "export-tools-missing"


def refused(error: Exception, thing: str = "") -> PocketLensError:
    """What the machine refuses (too many open files, a folder that cannot be written) is no bug of ours."""
    reason = getattr(error, "strerror", None) or error
    return PocketLensError(f"The system refused: {reason}.", thing=thing or str(getattr(error, "filename", None) or ""))
