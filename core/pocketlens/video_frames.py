"""A few frames of a video, in a process of its own: ``python -m pocketlens.video_frames`` with the video on stdin.

FFmpeg parses what anybody may have sent. Here a crash, an endless loop or a bomb costs this process and one video, no
more. It reads what is on stdin and nothing else: no other file and no address that the video may name.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from PIL import Image

#: Frames of a video, evenly spaced. Chosen, not measured: a holiday clip of a minute shows two or three scenes.
MOST_FRAMES: Final = 5
#: The longer side of a frame: more than any model sees, and all that a viewer's preview needs.
FRAME_SIDE: Final = 1280
#: Mean grey, 0..255, below which a frame shows nothing: fades from black, lens caps.
_BLACK: Final = 12
#: Seconds of processor time, and bytes of memory, that one video may take; 8K frames take 0.5 GB.
CPU_SECONDS: Final = 60
_MEMORY: Final = 3 << 30
#: The two containers of phones, cameras and browsers; FFmpeg knows hundreds, some of which open other files.
_FORMATS: Final = {b"ftyp": "mov", b"moov": "mov", b"mdat": "mov", b"wide": "mov", b"free": "mov", b"skip": "mov"}
_MATROSKA: Final = b"\x1aE\xdf\xa3"


class Frame(msgspec.Struct, frozen=True):
    """``at_ms``: milliseconds from the video's beginning; ``jpeg``: upright, at most `FRAME_SIDE` long."""

    at_ms: int
    jpeg: bytes


class VideoFrames(msgspec.Struct, frozen=True):
    """What was read of a video.

    Attributes:
        duration_ms: 0 when the file does not say.
        width, height: pixels, upright.
        format: "MP4" (with MOV and 3GP) or "MKV" (with WebM).
        taken_at: seconds since 1970 in UTC, as phones write it; None when unknown.
        frames: one at least, in their order; those that are nearly black are left out unless all are.
    """

    duration_ms: int
    width: int
    height: int
    format: str
    taken_at: int | None
    frames: list[Frame]


class NoVideo(Exception):
    """Nothing can be shown of it; the message is a sentence for people."""


def read_frames(file: Any) -> VideoFrames:
    """The frames of a seekable binary file.

    Raises:
        NoVideo, and whatever FFmpeg meets.
    """
    import av

    start = file.read(12)
    file.seek(0)
    name = "matroska" if start[:4] == _MATROSKA else _FORMATS.get(start[4:8])
    if name is None:
        raise NoVideo("The file is not a video of a format that PocketLens reads, or its beginning is damaged.")
    with av.open(file, format=name) as container:
        if not container.streams.video:
            raise NoVideo("There is no picture in this video.")
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        duration = (container.duration or 0) / 1_000_000
        pictures = dict(_pictures(container, stream, duration))
    if not pictures:
        raise NoVideo("No frame of this video can be read.")
    lit = {at: one for at, one in pictures.items() if _brightness(one) >= _BLACK}
    first = next(iter(pictures.values()))
    return VideoFrames(
        duration_ms=round(duration * 1000),
        width=first.info["full"][0],
        height=first.info["full"][1],
        format="MKV" if name == "matroska" else "MP4",
        taken_at=_taken_at(container.metadata.get("creation_time", "")),
        frames=[Frame(at, _jpeg(one)) for at, one in (lit or dict([next(iter(pictures.items()))])).items()],
    )


def _pictures(container: Any, stream: Any, duration: float) -> Iterator[tuple[int, Image.Image]]:
    import av

    # The frame that every decoder can begin with before each of evenly spaced moments.
    for number in range(MOST_FRAMES if duration > 1 else 1):
        moment = duration * (number + 0.5) / MOST_FRAMES if duration > 1 else 0.0
        with contextlib.suppress(av.FFmpegError):
            container.seek(int(moment * 1_000_000), backward=True)
            frame = next(container.decode(stream), None)
            if frame is not None:
                yield max(0, round(1000 * float(frame.time or 0.0))), _upright(frame)


def _upright(frame: Any) -> Image.Image:
    scale = min(1.0, FRAME_SIDE / max(frame.width, frame.height))
    size = (max(2, round(frame.width * scale)), max(2, round(frame.height * scale)))
    picture: Image.Image = frame.reformat(width=size[0], height=size[1], format="rgb24").to_image()
    turned = round(getattr(frame, "rotation", 0) / 90) % 4
    full = (frame.width, frame.height)
    if turned:
        picture = picture.rotate(90 * turned, expand=True)
    picture.info["full"] = full[::-1] if turned % 2 else full
    return picture


def _brightness(picture: Image.Image) -> float:
    small = picture.convert("L").resize((16, 16))
    return sum(small.tobytes()) / 256


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=92)
    return stream.getvalue()


def _taken_at(text: str) -> int | None:
    from datetime import UTC, datetime

    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
        # What a camera without a clock writes.
        if moment.year > 1970:
            return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())
    return None


def _hold_limits() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read stdin, write one `VideoFrames` as msgpack to stdout; 1 and a sentence when there is none."""
    _hold_limits()
    import av

    av.logging.set_level(None)
    try:
        answer = msgspec.msgpack.encode(read_frames(sys.stdin.buffer))
    except NoVideo as error:
        sys.stdout.buffer.write(str(error).encode())
        return 1
    except Exception:  # noqa: BLE001 - hostile bytes raise whatever they tripped over
        sys.stdout.buffer.write(b"The video is damaged.")
        return 1
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
