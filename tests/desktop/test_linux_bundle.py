"""The folder that is handed out to Linux desktops: whole, and the same wherever it lies."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from linux import build, deb, qt, system_files
from PIL import Image
from pinned import Inputs, sha256

from pocketlens import __version__
from pocketlens_desktop.cli.window import LIBRARIES

_PACKAGING = Path(__file__).parents[2] / "packaging"
Run = Callable[..., subprocess.CompletedProcess[str]]

_WINDOW = """
import importlib, pkgutil, sys
import pocketlens_desktop.gui as gui
from PySide6.QtGui import QGuiApplication, QImageReader
application = QGuiApplication([])
for module in pkgutil.iter_modules(gui.__path__):
    importlib.import_module(f"{gui.__name__}.{module.name}")
assert b"svg" in [bytes(one) for one in QImageReader.supportedImageFormats()]
print("all imported")
"""

#: Reads a photo as the window and as the indexing process do, and ends as they would.
_PHOTO = """
import sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from pocketlens.decoding import decode
from pocketlens_desktop.gui.photo_image import load_photo, read_jpeg
application = QGuiApplication([])
for name in sys.argv[1:]:
    shown = load_photo(name)
    assert shown is not None and (shown.width, shown.height) == (96, 64), name
    thumbnail = decode(Path(name).read_bytes(), size=32, resize="crop", name=name).thumbnail
    assert not read_jpeg(thumbnail).isNull(), name
print("all shown")
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, built and then moved to a place with a space and Chinese in its name."""
    out = tmp_path_factory.mktemp("bundle")
    built = subprocess.run(
        [sys.executable, _PACKAGING / "bundle.py", "linux", "--folder-only", "--out", out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-3000:]
    moved = out / "我的 programs"
    shutil.move(out / f"pocketlens-{__version__}-linux-x86_64", moved)
    return moved


@pytest.fixture
def run(bundle: Path, tmp_path: Path) -> Run:
    """One of the bundle's programs, with an empty home and an environment that another Python would trip over."""

    def run(program: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "/nonexistent",
            "PYTHONHOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            [bundle / "bin" / program, *words],
            env={key: value for key, value in (environment | more).items() if value},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.timeout(900)
def test_every_library_is_in_the_bundle_or_in_a_package_that_the_deb_depends_on(bundle: Path) -> None:
    assert deb.unsatisfied(bundle) == set()


@pytest.mark.timeout(900)
def test_doctor_knows_every_library_that_the_window_asks_of_the_system(bundle: Path) -> None:
    inside = {file.name: file for file in bundle.rglob("*.so*")}
    ahead = [name for name in inside if re.match(r"libqxcb\.|Qt\w+\.abi3", name)]
    wanted, seen = set[str](), set(ahead)
    while ahead:
        asked = set(qt.needed(inside[ahead.pop()]))
        wanted |= asked - inside.keys()
        ahead += (asked & inside.keys()) - seen
        seen |= asked
    assert len(wanted) > 20
    c_and_gcc = {
        one for package in ("libc6 (>= 2.35)", "libstdc++6", "libgcc-s1") for one in deb.SYSTEM_LIBRARIES[package]
    }
    assert wanted - c_and_gcc - LIBRARIES.keys() == set()


@pytest.mark.timeout(900)
def test_it_finds_photos_from_a_folder_it_was_moved_to(run: Run) -> None:
    done = run("pocketlens", "demo", "--no-window")
    assert done.returncode == 0, done.stderr
    assert "A brown horse in front of snowy mountains" in done.stdout
    assert "1 could not be read: the album holds damaged files on purpose." in done.stderr


@pytest.mark.timeout(900)
def test_the_licences_of_what_is_in_it_come_along(bundle: Path) -> None:
    texts = {file.name for file in (bundle / "LICENCES").iterdir()}
    assert {"LGPL-3.txt", "GPL-2.txt", "debian-python3.11-minimal.txt", "debian-libssl3.txt"} <= texts
    assert any("pillow_heif" in name for name in texts) and any("onnxruntime" in name for name in texts)


@pytest.mark.timeout(900)
def test_the_page_of_what_others_made_names_all_that_is_in_it(bundle: Path) -> None:
    page = (_PACKAGING.parent / "THIRD_PARTY.md").read_text(encoding="utf-8")
    part = page.partition("## The bundle for Linux desktops\n")[2].partition("\n## ")[0]
    site = bundle / build.SITE
    names = {folder.name.partition("-")[0] for folder in site.glob("*.dist-info")} - {"pocketlens"}
    names |= {re.split(r"[-.]", library.name)[0] for library in site.glob("*.libs/*")} - {"libx265"}
    names |= {text.stem.removeprefix("debian-") for text in (bundle / "LICENCES").glob("debian-*")}
    assert len(names) > 50
    named = set(re.findall(r"[\w.+-]+", part))
    assert names - named == set()


@pytest.mark.timeout(900)
def test_nothing_of_x265_is_in_it(bundle: Path) -> None:
    (library,) = bundle.rglob("libx265*")
    assert library.stat().st_size < 50_000


@pytest.mark.timeout(900)
def test_no_distribution_is_in_it_by_name_alone(bundle: Path) -> None:
    site = bundle / build.SITE
    empty = {
        folder.name
        for folder in site.glob("*.dist-info")
        if not any((site / package).exists() for package in _packages(folder))
    }
    assert empty == set()


def _packages(folder: Path) -> list[str]:
    """Where the modules of a distribution may be, by its name."""
    name = folder.name.partition("-")[0]
    others = {"attrs": "attr", "pillow": "PIL", "pyside6_essentials": "PySide6", "retry2": "retry"}
    return [others.get(name, name).removesuffix("_py"), f"{name}.pyc"]


@pytest.mark.timeout(900)
def test_it_says_what_it_is(run: Run) -> None:
    assert f"PocketLens {__version__}\nbuild   Linux bundle" in run("pocketlens", "--version").stdout


@pytest.mark.timeout(900)
def test_its_doctor_finds_its_own_adb_and_advises_nothing_that_a_bundle_cannot_do(run: Run) -> None:
    checks = {check["name"]: check for check in json.loads(run("pocketlens", "doctor", "--json").stdout)["checks"]}
    assert checks["adb"]["ok"] and "adbutils/binaries/adb" in checks["adb"]["detail"], checks["adb"]
    assert checks["videos"]["remedy"].startswith("A Linux bundle cannot be added to.")
    assert not [name for name, check in checks.items() if check["remedy"].startswith("pip")]


@pytest.mark.timeout(900)
def test_all_of_the_window_can_be_loaded(run: Run) -> None:
    done = run("python3", "-P", "-c", _WINDOW, QT_QPA_PLATFORM="offscreen", PYTHONHOME="", PYTHONPATH="")
    assert done.stdout.strip() == "all imported", done.stderr


@pytest.mark.timeout(900)
def test_every_kind_of_photo_is_indexed_and_shown(run: Run, tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    photos = [tmp_path / f"photo.{suffix}" for suffix in ("jpg", "png", "gif", "bmp", "tiff", "webp", "avif", "heic")]
    for photo in photos:
        Image.new("RGB", (96, 64), "teal").save(photo)
    done = run("python3", "-P", "-c", _PHOTO, *photos, QT_QPA_PLATFORM="offscreen", PYTHONHOME="", PYTHONPATH="")
    assert done.stdout.strip() == "all shown", done.stderr
    assert done.returncode == 0


@pytest.mark.timeout(900)
def test_packages_in_a_persons_home_are_not_let_in(run: Run, tmp_path: Path) -> None:
    foreign = tmp_path / ".local" / "lib" / "python3.11" / "site-packages"
    foreign.mkdir(parents=True)
    (foreign / "numpy.py").write_text("raise SystemExit('a foreign numpy')")
    assert run("pocketlens", "doctor").returncode == 0


def test_a_debian_package_that_left_the_archive_gives_way_to_its_successor(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = {"version": "0.1", "file": "libffi8_0.1_amd64.deb", "sha256": "0" * 64}
    pins = tmp_path / "pins.json"
    pins.write_text(json.dumps({"x86_64": {"debian": {"libffi8": gone}, "wheels": {}}}))
    brought = Inputs(build.X86_64, ("libffi8",), pins, tmp_path).fetch()["debian"]["libffi8"]
    assert brought["version"] != "0.1"
    assert sha256(tmp_path / "inputs" / brought["file"]) == brought["sha256"]
    assert f"libffi8 0.1 has left the archive: taking {brought['version']}" in capfd.readouterr().err


def test_the_sums_of_a_package_are_of_files_and_not_of_links(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr" / "照片").write_bytes(b"1\n")
    (tmp_path / "usr" / "link").symlink_to("照片")
    assert deb.sums(tmp_path) == "b026324c6904b2a9cb4b88d6d61c81d1  usr/照片\n"


def test_the_engine_for_phones_is_a_package_with_its_licence_and_what_changed(tmp_path: Path) -> None:
    engine = tmp_path / "phones" / "arm64-v8a"
    engine.mkdir(parents=True)
    (engine / "runtime.tar").write_bytes(b"what is pushed")
    words = ["--phone", "arm64-v8a", "--phones", str(engine.parent), "--out", str(tmp_path)]
    assert deb.main(words) == 0
    package = tmp_path / f"pocketlens-phone-engine_{__version__}_all.deb"
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "--raw-extract", package, root], check=True)
    assert f"Depends: pocketlens (= {__version__})\n" in (root / "DEBIAN" / "control").read_text()
    subprocess.run(["md5sum", "--check", "--strict", "--quiet", "DEBIAN/md5sums"], cwd=root, check=True)
    documents = root / "usr/share/doc/pocketlens-phone-engine"
    assert "Apache License" in (documents / "copyright").read_text()
    assert gzip.decompress((documents / "changelog.gz").read_bytes()).startswith(b"# Changelog")
    assert (root / deb.PREFIX / "share/pocketlens/phone/arm64-v8a/runtime.tar").read_bytes() == b"what is pushed"


def test_only_modules_that_the_window_imports_are_kept() -> None:
    assert (
        {"QtCore", "QtGui", "QtWidgets"} <= qt.window_modules() <= {"QtCore", "QtDBus", "QtGui", "QtSvg", "QtWidgets"}
    )


def test_the_menu_entry_icons_and_metadata_are_valid(tmp_path: Path) -> None:
    system_files.lay_out(tmp_path, "2026-01-01")
    subprocess.run(["desktop-file-validate", *tmp_path.glob("applications/*")], check=True)
    subprocess.run(["appstreamcli", "validate", "--no-net", *tmp_path.glob("metainfo/*")], check=True)
    for size in system_files.ICON_SIZES:
        with Image.open(tmp_path / f"icons/hicolor/{size}x{size}/apps/pocketlens.png") as icon:
            assert icon.size == (size, size)
            assert icon.getchannel("A").getextrema()[1] == 255
    assert {file.name for file in tmp_path.rglob("*pocketlens*")} >= {
        "pocketlens.1.gz",
        "_pocketlens",
        "pocketlens.fish",
    }
