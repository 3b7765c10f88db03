"""The report of a profile as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from pocketlens_models.gates import ModelBudget, TowerBudget
from pocketlens_models.profile.measurement import Profile, TowerProfile
from pocketlens_models.profile.plots import Bar, bar_plot, memory_plot

_STYLE: Final = """
:root { color-scheme: light dark; --ground: #fcfcfb; --ink: #1c1c1a; --soft: #6b6a65; --grid: #e4e3df;
  --band: #f1f0ec; --anon: #2a6fc9; --rss: #8d8b84; --weak: #a9c3e6; --budget: #b3401f; }
@media (prefers-color-scheme: dark) { :root { --ground: #1a1a19; --ink: #f1f0ec; --soft: #a3a199; --grid: #353431;
  --band: #232321; --anon: #5b9be8; --rss: #8d8b84; --weak: #3c5a80; --budget: #e8845f; } }
body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 900px; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; } p { color: var(--soft); }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .tick, svg .phase, svg .note { fill: var(--soft); } svg .title { font-weight: 600; }
.grid { stroke: var(--grid); } .band0 { fill: transparent; } .band1 { fill: var(--band); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; } .line.anon { stroke: var(--anon); }
.line.rss { stroke: var(--rss); } svg .swatch.anon { fill: var(--anon); } svg .swatch.rss { fill: var(--rss); }
.budget { stroke: var(--budget); stroke-width: 2; stroke-dasharray: 5 4; }
rect.strong { fill: var(--anon); } rect.weak { fill: var(--weak); } rect.over { fill: var(--budget); }
.bars { display: grid; grid-template-columns: repeat(auto-fit, minmax(390px, 1fr)); gap: 1rem 1.5rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } .wide { overflow-x: auto; }
th, td { padding: .25rem .8rem .25rem 0; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } .broken { color: var(--budget); font-weight: 600; }
"""


def report_page(profile: Profile, budget: ModelBudget | None, others: Sequence[Profile] = ()) -> str:
    """The whole page.

    Args:
        budget: of this model, drawn as lines; None when it has none.
        others: earlier releases and models to compare with, oldest first.
    """
    made = datetime.fromtimestamp(profile.made_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    threads = f"{profile.threads} thread{'s' if profile.threads != 1 else ''}"
    with_what = ", ".join(f"{name} {number}" for name, number in profile.made_with.items())
    title = f"{profile.title} ({profile.model})"
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(profile.machine)} · {threads}, batch {profile.batch} · {escape(with_what)} · {made}</p>",
        "<h2>Memory over time</h2>",
        "<p>Each tower in a process of its own. Private memory is what no file backs; the rest of what is resident "
        "is mapped from the model's files, and the system takes it back when memory is short.</p>",
    ]
    for name, tower, limit in _towers(profile, budget):
        body.append(f"<h3>{name.capitalize()} tower</h3>")
        body.append(memory_plot(tower, f"Memory of the {name} tower, MB", limit.anon_bytes if limit else None))
    body += ["<h2>Towers side by side</h2>", '<div class="bars">', *_side_by_side(profile, budget), "</div>"]
    if others:
        body += [
            "<h2>Beside others and earlier releases</h2>",
            '<div class="bars">',
            *_beside(profile, others),
            "</div>",
        ]
    body += ["<h2>The figures</h2>", '<div class="wide">', _table([*others, profile]), "</div>"]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body>\n{chr(10).join(body)}\n</body></html>\n"
    )


def _towers(profile: Profile, budget: ModelBudget | None) -> list[tuple[str, TowerProfile, TowerBudget | None]]:
    return [
        ("image", profile.image, budget.image if budget else None),
        ("text", profile.text, budget.text if budget else None),
    ]


def _figures(tower: TowerProfile) -> dict[str, tuple[float, str]]:
    """What is compared, with units; memory is left out where the system gave none."""
    figures = {
        "On disk": (tower.disk_bytes / 1e6, "MB"),
        "Loading, processor time": (tower.load_cpu_s * 1e3, "ms"),
        "One item, processor time": (tower.cpu_ms, "ms"),
        "One item, elapsed p95": (tower.p95_ms, "ms"),
    }
    if tower.steady and tower.peak_bytes is not None:
        figures["Private memory while encoding"] = (tower.steady.anon / 1e6, "MB")
        figures["Peak resident"] = (tower.peak_bytes / 1e6, "MB")
    return figures


def _limits(limit: TowerBudget | None) -> dict[str, float]:
    if limit is None:
        return {}
    return {
        "On disk": limit.disk_bytes / 1e6,
        "Loading, processor time": limit.load_cpu_s * 1e3,
        "One item, processor time": limit.cpu_ms,
        "Private memory while encoding": limit.anon_bytes / 1e6,
    }


def _side_by_side(profile: Profile, budget: ModelBudget | None) -> list[str]:
    plots = []
    for title, (_, unit) in _figures(profile.image).items():
        bars = [
            Bar(f"{name} tower", _figures(tower)[title][0], _limits(limit).get(title))
            for name, tower, limit in _towers(profile, budget)
            if title in _figures(tower)
        ]
        plots.append(f"<div>{bar_plot(bars, title, unit)}</div>")
    return plots


def _beside(profile: Profile, others: Sequence[Profile]) -> list[str]:
    plots = []
    for name in ("image", "text"):
        for title, (_, unit) in _figures(getattr(profile, name)).items():
            found = [(each.model, _figures(getattr(each, name)).get(title)) for each in [*others, profile]]
            bars = [
                Bar(model, figure[0], strong=model == profile.model) for model, figure in found if figure is not None
            ]
            plots.append(f"<div>{bar_plot(bars, f'{name.capitalize()} tower: {title.lower()}', unit)}</div>")
    return plots


def _table(profiles: Sequence[Profile]) -> str:
    heads = ["Tower", *(_figures(profiles[-1].image))]
    units = ["", *(unit for _, unit in _figures(profiles[-1].image).values())]
    rows = ["<tr>" + "".join(f"<th>{escape(h)} {u}</th>" for h, u in zip(heads, units, strict=True)) + "</tr>"]
    for profile in profiles:
        for name, tower, _ in _towers(profile, None):
            figures = _figures(tower)
            cells = "".join(
                f"<td>{figures[head][0]:.1f}</td>" if head in figures else "<td>–</td>" for head in heads[1:]
            )
            rows.append(f"<tr><td>{escape(profile.model)}, {name}</td>{cells}</tr>")
    return f"<table>{''.join(rows)}</table>"
