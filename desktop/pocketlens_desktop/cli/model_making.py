"""``pocketlens models build``, ``verify``, ``profile`` and ``release``: for those who make packages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pocketlens.atomic import replacing
from pocketlens.errors import AlbumMissing
from pocketlens.model import read_manifest
from pocketlens.paths import Home
from pocketlens.source import PHOTO_SUFFIXES
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.model_tables import InstalledRecord, package_folder
from pocketlens_desktop.cli.terminal import messages, results, write_record
from pocketlens_models.gates import budgets
from pocketlens_models.registry import known_model

if TYPE_CHECKING:
    from PIL import Image
    from rich.table import Table

    from pocketlens_models.build.upstream import Upstream
    from pocketlens_models.profile.measurement import Profile
    from pocketlens_models.verify.verification import Verification

#: A ViT-B/16 takes half a second a photo, fp32 and int8 together: 64 are half a minute.
_PHOTOS: Final = 64
#: The build's own gate is a first look; `verify` is the examination.
_BUILD_PICTURES: Final = 12


def run_build(
    model: str,
    checkpoint: Path,
    home: Home,
    *,
    out: Path | None,
    photos: Path | None,
    quantization: str | None,
    json: bool,
) -> int:
    """Build a package; see `pocketlens_desktop.cli.models.build`."""
    from pocketlens_models.build.tools import export_tools

    entry = known_model(model)
    with export_tools():
        from pocketlens_models.build.package import ATTEMPTS, build_package
        from pocketlens_models.build.quantize import Quantization
        from pocketlens_models.build.upstream import load_upstream

        messages().print(f"Reading {checkpoint.name}")
        built = build_package(
            entry,
            load_upstream(entry, checkpoint),
            checkpoint,
            (out or home.models) / entry.id,
            pictures=_pictures(photos),
            gate=budgets().parity,
            attempts=[Quantization(quantization)] if quantization else ATTEMPTS,
            say=messages().print,
        )
    if json:
        write_record(InstalledRecord(id=entry.id, key=built.key))
    else:
        size = sum(file.size for file in read_manifest(built.folder).files) / 1e6
        messages().print(f"Built {built.key}, {size:.0f} MB, in {built.folder}.")
        messages().print(f"Next: pocketlens models verify {built.folder} --checkpoint {checkpoint} --captions FILE")
    return ExitCode.OK


def run_verify(
    model: str, checkpoint: Path, home: Home, *, photos: Path | None, captions: Path | None, json: bool
) -> int:
    """Verify a package; see `pocketlens_desktop.cli.models.verify`."""
    from pocketlens_models.build.tools import export_tools
    from pocketlens_models.verify.pixels import readable_photos
    from pocketlens_models.verify.recall import read_captions
    from pocketlens_models.verify.verification import verify_package

    folder = package_folder(model, home)
    tower = read_manifest(folder).image
    given = readable_photos(_photo_paths(photos, _PHOTOS), tower) if photos else []
    lines = dict(read_captions(captions)) if captions else {}
    captioned = [(data, lines[path]) for path, data in readable_photos(list(lines), tower)]
    with export_tools():
        upstream = _upstream_of(folder, checkpoint)
        verification = verify_package(
            folder,
            upstream,
            budgets(),
            photos=[(path.name, data) for path, data in given],
            captioned=captioned,
            say=messages().print,
        )
    if json:
        write_record(verification)
    else:
        results().print(_verification_table(verification))
    for failure in verification.failures:
        messages().print(f"Fails: {failure}.", style="red")
    return ExitCode.FAILED if verification.failures else ExitCode.OK


def run_profile(
    model: str,
    home: Home,
    *,
    threads: int,
    batch: int,
    runs: int,
    compare: Sequence[str],
    releases: Path | None,
    html: Path | None,
    json: bool,
) -> int:
    """Profile a package; see `pocketlens_desktop.cli.models.profile`."""
    from pocketlens_models.profile.measurement import profile_package, read_profile
    from pocketlens_models.profile.page import report_page
    from pocketlens_models.release import budget_failures, earlier_releases

    folder = package_folder(model, home)
    model_id = read_manifest(folder).id
    others = [release.profile for release in earlier_releases(releases, model_id)] if releases else []
    others += [read_profile(_profile_place(name, home)) for name in compare]
    messages().print("Measuring each tower in a process of its own")
    profile = profile_package(folder, threads=threads, batch=batch, runs=runs)
    budget = budgets().models.get(model_id)
    if html:
        with replacing(html) as file:
            file.write(report_page(profile, budget, others).encode())
        messages().print(f"The report is in {html}.")
    if json:
        write_record(profile)
    else:
        results().print(_profile_table([*others, profile]))
    broken = list(budget_failures(profile, budget)) if budget and (threads, batch) == (1, 1) else []
    for failure in broken:
        messages().print(f"Over budget: {failure}.", style="red")
    return ExitCode.FAILED if broken else ExitCode.OK


def run_release(model: str, home: Home, *, out: Path, json: bool) -> int:
    """Release a package; see `pocketlens_desktop.cli.models.release`."""
    from pocketlens_models.profile.measurement import profile_package
    from pocketlens_models.release import release_package

    folder = package_folder(model, home)
    messages().print("Measuring each tower in a process of its own")
    release = release_package(folder, out, budgets(), profile_package(folder))
    if json:
        write_record(release)
    else:
        messages().print(f"{out / release.archive}: {release.size / 1e6:.1f} MB, sha256 {release.sha256}")
    return ExitCode.OK


def _profile_place(name: str, home: Home) -> Path:
    return Path(name) if Path(name).exists() else package_folder(name, home)


def _upstream_of(folder: Path, checkpoint: Path) -> Upstream:
    from pocketlens_models.build.upstream import load_upstream

    return load_upstream(known_model(read_manifest(folder).id), checkpoint)


def _photo_paths(folder: Path, most: int) -> list[Path]:
    """Photos below a folder, spread evenly over them when there are more than ``most``.

    Raises:
        AlbumMissing: there are none.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower().encode() in PHOTO_SUFFIXES)
    if not found:
        raise AlbumMissing("There are no photos in this folder.", thing=str(folder))
    stride = -(-len(found) // most)
    return found[::stride]


def _pictures(photos: Path | None) -> list[Image.Image]:
    from PIL import Image, ImageOps

    from pocketlens_models.verify.samples import drawn_pictures

    if photos is None:
        return drawn_pictures(_BUILD_PICTURES)
    return [ImageOps.exif_transpose(Image.open(path)) for path in _photo_paths(photos, _BUILD_PICTURES)]


def _verification_table(found: Verification) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("", "items", "least cosine", "mean removed", "top-10 agreement", "worst"):
        table.add_column(head, justify="left" if head in ("", "worst") else "right")
    for name, tower in (("image tower", found.image), ("text tower", found.text)):
        table.add_row(
            name,
            str(tower.items),
            f"{tower.min_cosine:.4f}",
            f"{tower.min_centred:.4f}",
            f"{tower.top_k_agreement:.3f}",
            ", ".join(f"{item.item} {item.cosine:.4f}" for item in tower.worst[:3]),
        )
    pixels, tokens = found.pixels, found.tokenizer
    table.add_row(
        "preprocessing", str(pixels.photos), f"{pixels.min_cosine:.4f}", "", "", f"PSNR {pixels.min_psnr_db:.1f} dB"
    )
    table.add_row("tokenizer", str(tokens.texts), "", "", "", f"{tokens.differing} differ {' '.join(tokens.examples)}")
    for pair in found.recall:
        before, after = (f"{each.r1:.1f}/{each.r5:.1f}/{each.r10:.1f}" for each in (pair.reference, pair.package))
        name, captions = f"recall, {pair.package.language}", str(pair.package.captions)
        table.add_row(name, captions, "", "", "", f"R@1/5/10 {after}, fp32 {before}")
    return table


def _profile_table(profiles: Sequence[Profile]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    heads = ("tower", "disk MB", "check s", "load s", "first ms", "p50 ms", "p95 ms", "cpu ms", "private MB", "peak MB")
    for head in heads:
        table.add_column(head, justify="left" if head == "tower" else "right")
    for profile in profiles:
        for name, tower in (("image", profile.image), ("text", profile.text)):
            memory = (tower.steady.anon, tower.steady.peak) if tower.steady else (None, None)
            table.add_row(
                f"{profile.model} {name}",
                f"{tower.disk_bytes / 1e6:.1f}",
                f"{tower.check_s:.2f}",
                f"{tower.load_s:.3f}",
                *(f"{value:.1f}" for value in (tower.first_ms, tower.p50_ms, tower.p95_ms, tower.cpu_ms)),
                *("–" if value is None else f"{value / 1e6:.1f}" for value in memory),
            )
    return table
