"""What kind of picture a photo is: by its place, its header and its shape, and by its looks where they do not tell."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The kinds of picture that people tell apart. The values are stored and typed: they stay as they are."""

    PHOTO = "photo"
    SCREENSHOT = "screenshot"
    DOCUMENT = "document"
    SELFIE = "selfie"
    PANORAMA = "panorama"
    VIDEO_FRAME = "video-frame"
    VIDEO = "video"


#: What people may also call a kind, in lower case. The first Chinese name is the usual one.
KIND_NAMES: Final = {
    "photo": Kind.PHOTO, "photos": Kind.PHOTO, "照片": Kind.PHOTO, "相片": Kind.PHOTO,
    "screenshot": Kind.SCREENSHOT, "screenshots": Kind.SCREENSHOT, "截图": Kind.SCREENSHOT, "截屏": Kind.SCREENSHOT,
    "屏幕截图": Kind.SCREENSHOT,
    "document": Kind.DOCUMENT, "documents": Kind.DOCUMENT, "文档": Kind.DOCUMENT, "文件": Kind.DOCUMENT,
    "扫描": Kind.DOCUMENT, "证件": Kind.DOCUMENT,
    "selfie": Kind.SELFIE, "selfies": Kind.SELFIE, "自拍": Kind.SELFIE,
    "panorama": Kind.PANORAMA, "panoramas": Kind.PANORAMA, "全景": Kind.PANORAMA,
    "video-frame": Kind.VIDEO_FRAME, "视频截图": Kind.VIDEO_FRAME,
    "video": Kind.VIDEO, "videos": Kind.VIDEO, "视频": Kind.VIDEO, "影片": Kind.VIDEO, "录像": Kind.VIDEO,
}  # fmt: skip

# Names of files and folders, in English as whole words so that "Panama" says nothing. Order matters: a frame grabbed
# from a video is often called a screenshot of it as well.
_WORD: Final = r"(?:^|[^a-z])(?:{})(?:$|[^a-z])"
_BY_PATH: Final = tuple(
    (kind, re.compile(_WORD.format(english) + "|" + chinese))
    for kind, english, chinese in (
        (
            Kind.VIDEO_FRAME,
            r"video[ _-]?(?:frames?|snapshots?|captures?|stills?)|vlcsnap|mpv-shot|motion[ _-]?still",
            "视频截图|视频帧|影片截图",
        ),
        (
            Kind.SCREENSHOT,
            r"screen[ _-]?shots?|screen[ _-]?captures?|screencaps?|screengrabs?",
            "截屏|截图|屏幕快照|螢幕擷取|螢幕快照",
        ),
        (Kind.SELFIE, "selfies?|front[ _-]?camera", "自拍|前置"),
        (Kind.PANORAMA, "pano|panoramas?|panoramic|photosphere", "全景"),
        (
            Kind.DOCUMENT,
            "scans?|scanned|documents?|receipts?|invoices?|certificates?|diplomas?|camscanner|adobe[ _-]?scan|"
            "office[ _-]?lens|genius[ _-]?scan",
            "扫描|掃描|文档|文檔|证件|證件|证书|證書|发票|發票|收据|收據|票据|合同|身份证|护照|毕业证|病历",
        ),
    )
)
_DOCUMENT_SOFTWARE: Final = re.compile("camscanner|adobe scan|office lens|genius scan|scanner|vuescan|naps2|simplescan")

# Pixels across of phone screens held upright, as makers have sold them since 2012, and how much taller they are.
_SCREEN_WIDTHS: Final = frozenset(
    {640, 720, 750, 828, 1080, 1125, 1170, 1179, 1200, 1206, 1220, 1224, 1240, 1242, 1256, 1260, 1284, 1290, 1320, 1440}
)
_LEAST_SCREEN, _MOST_SCREEN = 16 / 9, 21.5 / 9

#: Longer than this is a panorama: the widest mode of a camera that is not one, and of a film, is 21:9.
_PANORAMA: Final = 2.5


def kind_of_header(*, software: str, lens: str, comment: str) -> Kind | None:
    """The kind that a photo's own header names; None when it does not.

    Args:
        software: EXIF Software, the program that wrote the file.
        lens: EXIF LensModel; phones name the camera on their front there.
        comment: EXIF UserComment; iOS writes "Screenshot" there.
    """
    if "screenshot" in comment.lower() or "screenshot" in software.lower():
        return Kind.SCREENSHOT
    if _DOCUMENT_SOFTWARE.search(software.lower()):
        return Kind.DOCUMENT
    if re.search(r"\bfront\b", lens.lower()):
        return Kind.SELFIE
    return None


def kind_of(
    path: str,
    *,
    by_header: Kind | None = None,
    camera: str | None = None,
    image_format: str | None = None,
    width: int | None = None,
    height: int | None = None,
    by_looks: Kind | None = None,
) -> Kind:
    """The kind of a photo: what its name or folder says, else its header, else its shape, else its looks.

    The file's own name speaks before its folder, and an inner folder before an outer one.

    Args:
        path: relative to its source, ``/`` between the parts; camera, image_format, width, height: see
            `pocketlens.metadata.PhotoMetadata`; each None where unknown.
        by_looks: see `pocketlens.kind_probe`; None where it looks like an ordinary photo or nobody has looked.
    """
    for part in reversed(path.lower().split("/")):
        for kind, names in _BY_PATH:
            if names.search(part):
                return kind
    return by_header or _kind_of_shape(camera, image_format, width or 0, height or 0) or by_looks or Kind.PHOTO


def _kind_of_shape(camera: str | None, image_format: str | None, width: int, height: int) -> Kind | None:
    short, long = sorted((width, height))
    # No camera writes PNG, and no scanner the width of a phone.
    screen = short in _SCREEN_WIDTHS and _LEAST_SCREEN - 0.01 <= long / short <= _MOST_SCREEN
    if screen and image_format == "PNG" and camera is None:
        return Kind.SCREENSHOT
    # Without a camera a long picture is a banner or a scrolled screenshot as likely.
    if camera is not None and short and long / short >= _PANORAMA:
        return Kind.PANORAMA
    return None
