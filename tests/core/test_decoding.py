"""Every kind of picture in people's albums is decoded upright, in sRGB and close to the full decode."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL.Image import Resampling, Transpose
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from core.scenes import SIDE, decoded, exif, files, psnr, saved, scene, squared
from pocketlens.decoding import THUMBNAIL_SIDE, decode
from pocketlens.errors import UnreadablePhoto

#: How the camera's picture must have been turned for the orientation to be what makes it upright.
AS_STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


def thumbnail_of(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(decoded(data).thumbnail))


def mean_colour(data: bytes) -> list[int]:
    return [round(float(value)) for value in decoded(data).pixels.mean(axis=(0, 1))]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", AS_STORED)
def test_a_turned_photo_is_upright(file_format: str, orientation: int) -> None:
    upright = scene(400, 240)
    turn = AS_STORED[orientation]
    stored = upright if turn is None else upright.transpose(turn)

    photo = decoded(saved(stored, file_format, exif=exif(Orientation=orientation)))

    assert psnr(photo.pixels, squared(upright)) > 30  # 40 to 45; a wrong turn gives 14 at most
    assert (photo.metadata.width, photo.metadata.height) == (400, 240)
    thumbnail = Image.open(io.BytesIO(photo.thumbnail))
    assert thumbnail.size == (320, 192)
    assert psnr(thumbnail, upright.resize((320, 192), Resampling.BICUBIC)) > 30


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_means_nothing_leaves_the_photo_as_it_is(orientation: int) -> None:
    upright = scene(400, 240)
    photo = decoded(saved(upright, "JPEG", exif=exif(Orientation=orientation)))
    assert psnr(photo.pixels, squared(upright)) > 30


@pytest.mark.parametrize("kind", files())
def test_every_kind_of_file_is_decoded(kind: str) -> None:
    photo = decoded(files()[kind])
    assert photo.pixels.shape == (SIDE, SIDE, 3)
    assert photo.pixels.dtype == np.uint8
    family = kind.split(maxsplit=1)[0]
    assert photo.metadata.format == {"WebP": "WEBP", "HEIC": "HEIF"}.get(family, family)
    assert thumbnail_of(files()[kind]).mode == "RGB"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "GIF", "BMP"])
def test_any_kind_may_be_the_first_that_a_process_meets(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(files()[kind])
    program = (
        "import sys, pathlib; from pocketlens.decoding import decode;"
        "data = pathlib.Path(sys.argv[1]).read_bytes();"
        "print(decode(data, size=64, resize='squash', name='photo').metadata.format)"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(path)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stderr) == (0, "")


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_decoded_at_a_smaller_scale_is_close_to_the_full_decode(mode: str) -> None:
    data = saved(scene(3000, 2250).convert(mode), "JPEG", quality=90)
    with Image.open(io.BytesIO(data)) as whole:
        full = squared(whole.convert("RGB"), 336)
    # At a quarter, 1.7 pixels for each of the model's: 49 to 51 dB; at an eighth, with fewer than it has, 41 to 44.
    assert psnr(decoded(data, size=336).pixels, full) > 47


@pytest.mark.parametrize(
    ("size", "part"), [((1440, 1080), 4), ((1080, 1440), 4), ((1060, 1440), 2), ((1080, 1080), 2), ((4000, 3000), 8)]
)
def test_a_jpeg_is_decoded_as_small_as_the_model_and_the_thumbnail_let_it(
    size: tuple[int, int], part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded_at = []
    draft = JpegImageFile.draft

    def watched(self: JpegImageFile, mode: str | None, at: tuple[int, int] | None) -> object:
        done = draft(self, mode, at)
        decoded_at.append(self.size)
        return done

    monkeypatch.setattr(JpegImageFile, "draft", watched)
    picture = scene(*size)
    data = saved(picture, "JPEG", quality=95)
    photo = decoded(data, size=224)
    assert decoded_at == [(size[0] // part, size[1] // part)]
    assert max(Image.open(io.BytesIO(photo.thumbnail)).size) == 320
    assert psnr(photo.pixels, squared(picture, 224)) > 38


def test_strips_at_one_place_of_a_tiff_are_not_read_whole_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = []
    load = TiffImageFile.load

    def watched(self: TiffImageFile) -> object:
        blocks.append(self.decodermaxblock)
        return load(self)

    monkeypatch.setattr(TiffImageFile, "load", watched)
    decoded(saved(scene(800, 600), "TIFF"))
    assert blocks[0] == ImageFile.MAXBLOCK


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
def test_a_large_picture_of_another_format_is_close_to_the_full_decode(file_format: str) -> None:
    picture = scene(1500, 1125)
    data = saved(picture, file_format, **({"lossless": True, "method": 0} if file_format == "WEBP" else {}))
    assert psnr(decoded(data, size=224).pixels, squared(picture, 224)) > 46


def test_cropping_keeps_the_centre_as_torchvision_does() -> None:
    picture = scene(300, 200)
    scaled = picture.resize((96, 64), Resampling.BICUBIC)
    centre = scaled.crop((16, 0, 80, 64))
    assert psnr(decoded(saved(picture, "PNG"), resize="crop").pixels, centre) > 45


def test_a_panorama_is_cropped_without_being_scaled_at_full_length() -> None:
    picture = scene(8000, 70)
    centre = picture.crop((3965, 0, 4035, 70)).resize((SIDE, SIDE), Resampling.BICUBIC)
    assert psnr(decoded(saved(picture, "PNG"), resize="crop").pixels, centre) > 40


def test_bilinear_is_another_filter() -> None:
    data = saved(scene(300, 200), "PNG")
    linear = decode(data, size=SIDE, resize="squash", name="photo", interpolation="bilinear").pixels
    assert np.array_equal(linear, np.asarray(scene(300, 200).resize((SIDE, SIDE), Resampling.BILINEAR)))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1200, 800), (320, 213)),
        ((800, 1200), (213, 320)),
        ((40, 30), (40, 30)),
        ((1, 1), (1, 1)),
        ((3000, 2), (320, 1)),
    ],
)
def test_a_thumbnail_keeps_the_proportions_and_is_never_enlarged(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert thumbnail_of(saved(scene(*size), "PNG")).size == expected


def test_a_thumbnail_carries_no_metadata() -> None:
    position = {1: "N", 2: (39.0, 54.0, 0.0), 3: "E", 4: (116.0, 24.0, 0.0)}
    data = saved(scene(640, 480), "JPEG", exif=exif(Make="Maker", gps=position), comment=b"secret", icc_profile=p3())
    assert decoded(data).metadata.camera == "Maker"
    assert set(thumbnail_of(data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert max(thumbnail_of(data).size) == THUMBNAIL_SIDE


def test_what_is_transparent_is_white() -> None:
    see_through = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    half = Image.new("RGBA", (80, 80), (0, 0, 0, 128))
    grey = Image.new("LA", (80, 80), (0, 0))
    palette = Image.new("P", (80, 80), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    assert mean_colour(saved(see_through, "PNG")) == [255, 255, 255]
    assert mean_colour(saved(half, "PNG")) == [127, 127, 127]
    assert mean_colour(saved(grey, "PNG")) == [255, 255, 255]
    assert mean_colour(saved(palette, "PNG", transparency=0)) == [255, 255, 255]
    assert mean_colour(saved(palette, "PNG")) == [0, 0, 0]
    assert mean_colour(saved(palette, "GIF", transparency=0)) == [255, 255, 255]
    assert mean_colour(saved(see_through, "WEBP", lossless=True)) == [255, 255, 255]


def test_a_large_transparent_picture_has_no_dark_fringe() -> None:
    # Averaging colour and opacity apart would let the black of what is transparent through.
    values = np.zeros((1024, 1024, 4), np.uint8)
    values[::2, ::2] = 255
    assert mean_colour(saved(Image.fromarray(values), "PNG")) == [255, 255, 255]


def test_sixteen_bits_keep_their_full_range() -> None:
    for value in (0, 0x1234, 0x8000, 0xFFFF):
        grey = Image.fromarray(np.full((80, 80), value, np.uint16))
        for file_format in ("PNG", "TIFF"):
            assert mean_colour(saved(grey, file_format)) == [value >> 8] * 3


def test_numbers_without_a_defined_white_are_stretched_between_their_extremes() -> None:
    ramp = np.linspace(-5.0, 1e6, SIDE, dtype=np.float32) * np.ones((SIDE, 1), np.float32)
    pixels = decoded(saved(Image.fromarray(ramp), "TIFF")).pixels
    assert (pixels[:, 0].max(), pixels[:, -1].min()) == (0, 255)
    whole = decoded(saved(Image.fromarray(ramp.astype(np.int32)), "TIFF")).pixels
    assert np.abs(whole.astype(int) - pixels).max() <= 1


def test_numbers_that_are_none_do_no_harm() -> None:
    values = np.full((SIDE, SIDE), 7.0, np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    assert decoded(saved(Image.fromarray(values), "TIFF")).pixels.max() == 0
    values[1, 1] = 8.0
    assert decoded(saved(Image.fromarray(values), "TIFF")).pixels.max() == 255
    assert decoded(saved(Image.fromarray(values * np.nan), "TIFF")).pixels.max() == 0


def test_only_the_first_picture_of_an_animation_counts() -> None:
    red, blue = Image.new("RGB", (80, 80), "red"), Image.new("RGB", (80, 80), "blue")
    for file_format in ("GIF", "PNG", "WEBP", "TIFF", "MPO", "AVIF"):
        first = mean_colour(saved(red, file_format, save_all=True, append_images=[blue]))
        assert np.abs(np.array(first) - [255, 0, 0]).max() <= 6, file_format


def test_inverted_cmyk_of_adobes_jpegs_has_the_right_colours() -> None:
    # Pillow writes CMYK JPEGs as Adobe does: inverted, with an Adobe mark.
    for colour in ((200, 40, 40), (30, 180, 60), (250, 250, 250), (5, 5, 5)):
        data = saved(Image.new("RGB", (80, 80), colour).convert("CMYK"), "JPEG", quality=95)
        assert b"Adobe" in data[:40]
        assert np.abs(np.array(mean_colour(data)) - colour).max() <= 3


def test_a_ycck_jpeg_has_the_right_colours() -> None:
    picture = scene(200, 150)
    # No library writes YCCK. In it the inks are the red, green and blue that Y, Cb and Cr stand for (Adobe's inversion
    # and libjpeg's cancel each other), and Pillow inverts what it writes.
    inks = ImageOps.invert(picture).convert("YCbCr").split()
    data = bytearray(saved(Image.merge("CMYK", [*map(ImageOps.invert, inks), Image.new("L", (200, 150))]), "JPEG"))
    transform = data.index(b"Adobe") + 11
    assert data[transform] == 0
    data[transform] = 2  # YCCK: Adobe technical note 5116, section 18
    assert psnr(decoded(bytes(data)).pixels, squared(picture)) > 30


def p3() -> bytes:
    """The Display P3 profile: sRGB's curve, with the primaries of SMPTE EG 432-1, adapted to D50 (Bradford)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table = bytearray(profile.replace("sRGB".encode("utf-16-be"), "P3p3".encode("utf-16-be")))
    primaries = {b"rXYZ": (0.51512, 0.24120, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189)}
    primaries[b"bXYZ"] = (0.15710, 0.06657, 0.78407)
    for tag, values in primaries.items():
        entry = table.index(tag)
        start = int.from_bytes(table[entry + 4 : entry + 8])
        for number, value in enumerate(values):
            at = start + 8 + 4 * number
            table[at : at + 4] = round(value * 65536).to_bytes(4, signed=True)
    return bytes(table)


def test_a_wide_gamut_photo_is_turned_into_srgb() -> None:
    # Computed from the two matrices of CSS Color 4: display-p3 (200, 100, 50) in sRGB.
    colour = Image.new("RGB", (80, 80), (200, 100, 50))
    for file_format, options in (("PNG", {}), ("JPEG", {"quality": 100}), ("HEIF", {"quality": -1}), ("TIFF", {})):
        plain = mean_colour(saved(colour, file_format, **options))
        wide = mean_colour(saved(colour, file_format, icc_profile=p3(), **options))
        assert np.abs(np.array(plain) - [200, 100, 50]).max() <= 2, file_format
        assert np.abs(np.array(wide) - [215, 93, 31]).max() <= 3, file_format


def test_an_srgb_profile_changes_nothing_and_a_broken_one_is_ignored() -> None:
    picture = scene(80, 80)
    plain = decoded(saved(picture, "PNG"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (srgb, lab, b"", b"no profile", p3()[:200], bytes(200)):
        assert np.array_equal(decoded(saved(picture, "PNG", icc_profile=profile)).pixels, plain.pixels)


def test_what_the_bytes_are_counts_and_not_what_the_file_is_called(tmp_path: Path) -> None:
    misnamed = tmp_path / "holiday.jpg"
    misnamed.write_bytes(files()["PNG"])
    photo = decode(misnamed.read_bytes(), size=SIDE, resize="squash", name=misnamed.name)
    assert photo.metadata.format == "PNG"


def test_eight_threads_decode_the_same_pixels_and_thumbnails_as_one() -> None:
    work = [saved(scene(200, 150), "PNG", icc_profile=p3()), *files().values()] * 4
    alone = [decoded(data) for data in work]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(decoded, work))
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
        assert (one.thumbnail, one.metadata) == (other.thumbnail, other.metadata)


def test_an_error_names_the_photo() -> None:
    with pytest.raises(UnreadablePhoto) as raised:
        decode(b"", size=SIDE, resize="squash", name="旅行/IMG_1.jpg")
    assert raised.value.thing == "旅行/IMG_1.jpg"
