"""What a model costs, measured on a real package in real processes; and the page that shows it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketlens.errors import ModelCorrupt, ModelMissing, ModelUnsupported
from pocketlens_models.gates import ModelBudget, TowerBudget
from pocketlens_models.profile.measurement import (
    Profile,
    Sample,
    _thinned,
    profile_package,
    read_profile,
    write_profile,
)
from pocketlens_models.profile.memory import memory_of
from pocketlens_models.profile.page import report_page
from pocketlens_models.profile.plots import _ticks
from pocketlens_models.release import budget_failures

linux_only = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory figures need /proc")
ROOMY = TowerBudget(disk_bytes=10**9, anon_bytes=10**9, load_cpu_s=60.0, cpu_ms=60_000.0)


@pytest.fixture(scope="module")
def profile(starter: Path) -> Profile:
    return profile_package(starter, runs=4)


@linux_only
def test_memory_is_that_of_the_process_asked_about() -> None:
    holder = [sys.executable, "-c", "held = bytes(range(256)) * (64 << 12); print(flush=True); input()"]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            found = memory_of(child.pid)
            assert found is not None
            assert found.peak >= found.rss >= found.anon > 64 << 20
        finally:
            child.kill()
    assert memory_of(child.pid) is None, "a process that has ended has none"


@linux_only
def test_every_phase_is_timed_and_weighed_in_order(profile: Profile) -> None:
    for tower in (profile.image, profile.text):
        assert [phase.name for phase in tower.phases] == ["baseline", "check", "load", "first run", "steady", "unload"]
        assert tower.phases[0].begin == 0.0
        assert all(phase.begin <= phase.end for phase in tower.phases)
        assert tower.baseline is not None
        assert tower.steady is not None
        assert tower.steady.rss > tower.baseline.rss, "a loaded model is resident"
        assert tower.p50_ms <= tower.p95_ms
        assert tower.peak_bytes is not None
        assert tower.peak_bytes >= tower.steady.rss
        assert tower.samples


def test_disk_is_what_each_tower_needs(profile: Profile, starter: Path) -> None:
    image = sum(path.stat().st_size for path in starter.glob("image.onnx*"))
    text = sum(path.stat().st_size for path in (*starter.glob("text.onnx*"), starter / "tokenizer.json"))
    assert (profile.image.disk_bytes, profile.text.disk_bytes) == (image, text)


def test_a_package_that_cannot_be_loaded_is_reported_by_its_tower(starter: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(starter, tmp_path / "broken"))
    (broken / "text.onnx").write_bytes(b"changed")
    with pytest.raises(ModelUnsupported, match="text tower could not be measured"):
        profile_package(broken, runs=3)


def test_a_profile_is_read_back_from_its_file_and_from_its_package(profile: Profile, tmp_path: Path) -> None:
    write_profile(profile, tmp_path / "profile.json")
    assert read_profile(tmp_path) == read_profile(tmp_path / "profile.json") == profile
    with pytest.raises(ModelMissing):
        read_profile(tmp_path / "nowhere.json")
    (tmp_path / "profile.json").write_text("{}")
    with pytest.raises(ModelCorrupt):
        read_profile(tmp_path)


class _Links(HTMLParser):
    """Collects everything on a page that could load something, and its visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [tag for name, _ in attrs if name in ("src", "href", "srcset", "data")]
        if tag in ("script", "link", "iframe", "img", "object"):
            self.loads.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_but_itself_and_shows_the_budgets(profile: Profile) -> None:
    tight = msgspec.structs.replace(ROOMY, anon_bytes=1_000_000)
    page = report_page(profile, ModelBudget(measured_on="here", image=tight, text=ROOMY), [profile])
    reader = _Links()
    reader.feed(page)
    assert reader.loads == []
    assert "url(" not in page
    assert "@import" not in page
    assert "budget 1 MB" in reader.text
    assert "over" in reader.text
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) > 10
    for plot in plots:
        ET.fromstring(plot)


def test_titles_on_the_page_are_text_and_not_markup(profile: Profile) -> None:
    page = report_page(msgspec.structs.replace(profile, title='<script>alert("1")</script>', model='"><b>'), None)
    assert "<script" not in page
    assert '"><b>' not in page


def test_a_system_without_memory_figures_still_gets_a_page(profile: Profile) -> None:
    blind = msgspec.structs.replace(
        profile.image, baseline=None, steady=None, unloaded=None, peak_bytes=None, samples=()
    )
    page = report_page(msgspec.structs.replace(profile, image=blind, text=blind), None)
    assert "gives no memory figures" in page


def test_budgets_are_broken_by_each_figure_alone(profile: Profile) -> None:
    roomy = ModelBudget(measured_on="here", image=ROOMY, text=ROOMY)
    if profile.image.steady is not None:
        assert list(budget_failures(profile, roomy)) == []
    for field, value, word in (
        ("disk_bytes", 1, "on disk"),
        ("anon_bytes", 1, "private memory"),
        ("load_cpu_s", 0.0, "loading"),
        ("cpu_ms", 0.0, "one item"),
    ):
        tight = msgspec.structs.replace(ROOMY, **{field: value})
        (failure,) = budget_failures(profile, ModelBudget(measured_on="here", image=ROOMY, text=tight))
        assert word in failure
        assert "text tower" in failure
        assert "the budget is" in failure


def test_a_profile_of_another_setting_is_not_held_against_a_budget(profile: Profile) -> None:
    roomy = ModelBudget(measured_on="here", image=ROOMY, text=ROOMY)
    assert any("1 thread" in line for line in budget_failures(msgspec.structs.replace(profile, threads=2), roomy))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=3000))
def test_thinning_keeps_the_peak_and_the_order(weights: list[int]) -> None:
    samples = [Sample(float(at), 0, anon) for at, anon in enumerate(weights)]
    kept = _thinned(samples)
    assert len(kept) <= 400
    assert max(sample.anon for sample in kept) == max(weights)
    assert [sample.at for sample in kept] == sorted(sample.at for sample in kept)


@given(st.floats(1e-4, 1e6))
def test_ticks_start_at_zero_and_cover_the_highest_value(highest: float) -> None:
    ticks = _ticks(highest)
    assert ticks[0] == 0.0
    assert ticks[-1] >= highest * (1 - 1e-9)
    assert 2 <= len(ticks) <= 12
