"""Builds, verifies and profiles known models at their real size, from checkpoints with weights at random.

``python tests/bench/model_build_real_size.py FOLDER [MODEL …]`` needs the export extra, and in FOLDER some 4 GB a
model. Random weights have the size and the cost of trained ones; their parity is a lower bound for well-behaved
checkpoints and says nothing of those with outlier channels; their recall says nothing at all. Prints a table
against the targets of `budgets.toml`, and writes each model's profile page beside its package.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from models.random_checkpoint import save_chinese_clip, save_openai_clip
from pocketlens_models.build.package import build_package
from pocketlens_models.build.upstream import load_upstream
from pocketlens_models.gates import Budgets, budgets
from pocketlens_models.profile.measurement import Profile, profile_package, write_profile
from pocketlens_models.profile.page import report_page
from pocketlens_models.registry import KnownModel, known_model
from pocketlens_models.release import budget_failures
from pocketlens_models.verify.samples import drawn_pictures
from pocketlens_models.verify.verification import Verification, verify_package

DEFAULT = ("chinese-clip-vit-b-16", "chinese-clip-rn50")
#: Layers keep the length of what passes through them, as trained ones roughly do.
GAIN = 1.0
OPENAI_SHAPES = {
    "ViT-B/32": {"vision_patch_size": 32},
    "ViT-B/16": {"vision_patch_size": 16},
}
OPENAI_TEXT = {
    "embed_dim": 512,
    "image_resolution": 224,
    "vision_layers": 12,
    "vision_width": 768,
    "context_length": 77,
    "vocab_size": 49408,
    "transformer_width": 512,
    "transformer_heads": 8,
    "transformer_layers": 12,
}
HEAD = (
    f"{'model, tower':<32}{'disk MB':>9}{'private MB':>12}{'load s':>8}{'of it cpu':>10}{'cpu ms':>8}{'p50 ms':>8}"
    f"{'p95 ms':>8}{'min cos':>9}{'centred':>9}{'top-10':>8}"
)


def main(arguments: list[str]) -> int:
    """Go through the models one by one. Non-zero when one breaks its budget."""
    folder, names = Path(arguments[0]), arguments[1:] or DEFAULT
    gates, broken = budgets(), False
    for name in names:
        entry = known_model(name)
        begin = time.monotonic()
        verification, profile = run(entry, folder, gates)
        print(HEAD if name == names[0] else "", flush=True)
        print_rows(entry, verification, profile)
        budget = gates.models.get(entry.id)
        failures = [*verification.failures, *(budget_failures(profile, budget) if budget else ())]
        broken |= bool(failures)
        verdict = "; ".join(failures) or ("inside its budget" if budget else "it has no budget")
        print(f"  {verdict}; {time.monotonic() - begin:.0f} s in all", flush=True)
    return int(broken)


def run(entry: KnownModel, folder: Path, gates: Budgets) -> tuple[Verification, Profile]:
    """Checkpoint, package, verification and profile of one model, all in ``folder``."""
    checkpoint = folder / f"{entry.id}.pt"
    if not checkpoint.exists():
        save_random(entry, checkpoint)
    upstream = load_upstream(entry, checkpoint)
    built = build_package(
        entry, upstream, checkpoint, folder / entry.id, pictures=drawn_pictures(8), gate=gates.parity, say=say
    )
    verification = verify_package(built.folder, upstream, gates)
    profile = profile_package(built.folder)
    write_profile(profile, built.folder / "profile.json")
    page = report_page(profile, gates.models.get(entry.id))
    (folder / f"{entry.id}.html").write_text(page, encoding="utf-8")
    return verification, profile


def save_random(entry: KnownModel, checkpoint: Path) -> None:
    """A checkpoint of a known model's real shapes."""
    if entry.family == "chinese-clip":
        from pocketlens_models.build.chinese_clip import upstream_configuration

        save_chinese_clip(checkpoint, upstream_configuration(entry.architecture), gain=GAIN)
    else:
        configuration = OPENAI_TEXT | OPENAI_SHAPES[entry.architecture]
        save_openai_clip(checkpoint, configuration, torchscript=True, gain=GAIN)


def say(sentence: str) -> None:
    print(f"  {sentence}", file=sys.stderr, flush=True)


def print_rows(entry: KnownModel, verification: Verification, profile: Profile) -> None:
    """One line a tower."""
    for name, tower, parity in (
        ("image", profile.image, verification.image),
        ("text", profile.text, verification.text),
    ):
        private = tower.steady.anon / 1e6 if tower.steady else float("nan")
        print(
            f"{entry.id + ', ' + name:<32}{tower.disk_bytes / 1e6:>9.1f}{private:>12.1f}{tower.load_s:>8.3f}"
            f"{tower.load_cpu_s:>10.3f}{tower.cpu_ms:>8.1f}{tower.p50_ms:>8.1f}{tower.p95_ms:>8.1f}"
            f"{parity.min_cosine:>9.4f}{parity.min_centred:>9.4f}{parity.top_k_agreement:>8.3f}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
