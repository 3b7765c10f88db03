"""Plots as inline SVG, with nothing to load and no script. Colours are CSS variables of the page around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pocketlens_models.profile.measurement import TowerProfile

_WIDTH, _HEIGHT = 860, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 150, 30, 40
_MB = 1e6


@dataclass(frozen=True)
class Bar:
    """One bar of a comparison: its label, its value, and the budget it must not exceed, if there is one."""

    label: str
    value: float
    budget: float | None = None
    strong: bool = True


def memory_plot(tower: TowerProfile, title: str, budget_bytes: int | None) -> str:
    """Resident and private memory over time, the phases as bands, the budget of private memory as a dashed line.

    The figures beside the lines are those of the steady phase.
    """
    if not tower.samples or not tower.phases:
        return f"<p>{escape(title)}: this system gives no memory figures.</p>"
    span = max(tower.phases[-1].end, 1e-3)
    highest = max([sample.rss / _MB for sample in tower.samples] + [(budget_bytes or 0) / _MB])
    ticks = _ticks(highest)
    plot = _HEIGHT - _TOP - _BOTTOM

    def x(seconds: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(seconds, span) / span

    def y(megabytes: float) -> float:
        return _TOP + plot * (1 - megabytes / ticks[-1])

    parts = [_open(_WIDTH, _HEIGHT, title)]
    parts += [_gridline(y(tick), f"{tick:g}") for tick in ticks]
    parts += _bands(tower, x, plot)
    if budget_bytes:
        at = y(budget_bytes / _MB)
        parts.append(f'<line class="budget" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(
            f'<text class="note" x="{_WIDTH - _RIGHT + 8}" y="{at - 5:.1f}">budget {budget_bytes / _MB:.0f} MB</text>'
        )
    steady = tower.steady or tower.samples[-1]
    series = (
        ("rss", "resident", [(s.at, s.rss / _MB) for s in tower.samples], steady.rss / _MB),
        ("anon", "private", [(s.at, s.anon / _MB) for s in tower.samples], steady.anon / _MB),
    )
    for style, name, points, level in series:
        path = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in points)
        parts.append(f'<polyline class="line {style}" points="{path}"><title>{name}, MB</title></polyline>')
        parts.append(
            f'<text class="direct" x="{_WIDTH - _RIGHT + 8}" y="{y(level) + 4:.1f}">'
            f'<tspan class="swatch {style}">●</tspan> {name} {level:.0f} MB</text>'
        )
    seconds = _ticks(span)
    parts += [
        f'<text class="tick" text-anchor="middle" x="{x(tick):.1f}" y="{_HEIGHT - 14}">{tick:g} s</text>'
        for tick in seconds
        if tick <= span
    ]
    return "\n".join([*parts, "</svg>"])


def _bands(tower: TowerProfile, x: object, plot: float) -> list[str]:
    """A band for every other phase, and the name of each that is wide enough to hold it."""
    assert callable(x)
    parts = []
    for number, phase in enumerate(tower.phases):
        begin, end = x(phase.begin), x(phase.end)
        seconds = phase.end - phase.begin
        parts.append(
            f'<rect class="band{number % 2}" x="{begin:.1f}" y="{_TOP}" width="{max(end - begin, 0.5):.1f}" '
            f'height="{plot:.1f}"><title>{escape(phase.name)}: {seconds:.3f} s</title></rect>'
        )
        if end - begin > 7 * len(phase.name):
            parts.append(
                f'<text class="phase" text-anchor="middle" x="{(begin + end) / 2:.1f}" y="{_TOP - 8}">'
                f"{escape(phase.name)}</text>"
            )
    return parts


def bar_plot(bars: Sequence[Bar], title: str, unit: str) -> str:
    """Horizontal bars from zero with their values, and a tick where each one's budget lies."""
    row, left, right, width = 26, 190, 90, 420
    height = 34 + row * len(bars)
    highest = max([bar.value for bar in bars] + [bar.budget or 0.0 for bar in bars] + [1e-9])

    def length(value: float) -> float:
        return (width - left - right) * value / highest

    parts = [_open(width, height, title), f'<text class="title" x="0" y="14">{escape(title)}, {escape(unit)}</text>']
    for number, bar in enumerate(bars):
        top = 26 + row * number
        over = bar.budget is not None and bar.value > bar.budget
        style = "over" if over else "strong" if bar.strong else "weak"
        label = bar.label if len(bar.label) <= 27 else f"{bar.label[:26]}…"
        parts.append(
            f'<text class="label" text-anchor="end" x="{left - 8}" y="{top + 14}">{escape(label)}'
            f"<title>{escape(bar.label)}</title></text>"
        )
        across = max(length(bar.value), 1.0)
        parts.append(
            f'<rect class="{style}" x="{left}" y="{top + 3}" width="{across:.1f}" height="{row - 10}" rx="3">'
            f"<title>{escape(bar.label)}: {bar.value:.4g} {escape(unit)}</title></rect>"
        )
        furthest = max(bar.value, bar.budget or 0.0)
        parts.append(
            f'<text class="value" x="{left + length(furthest) + 7:.1f}" y="{top + 14}">{bar.value:.4g}'
            f"{' over' if over else ''}</text>"
        )
        if bar.budget is not None:
            at = left + length(bar.budget)
            parts.append(
                f'<line class="budget" x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{top + row - 4}">'
                f"<title>budget {bar.budget:.4g} {escape(unit)}</title></line>"
            )
    return "\n".join([*parts, "</svg>"])


def _open(width: int, height: int, title: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(title, quote=True)}">'


def _gridline(at: float, label: str) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        f'<text class="tick" text-anchor="end" x="{_LEFT - 8}" y="{at + 4:.1f}">{label}</text>'
    )


def _ticks(highest: float, about: int = 4) -> list[float]:
    """Round numbers from zero to the first at or above ``highest``, some ``about`` of them."""
    rough = max(highest, 1e-9) / about
    power = 10.0 ** len(str(int(rough))) / 10 if rough >= 1 else 10.0 ** -len(f"{1 / rough:.0f}")
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10, 20, 50, 100) if factor * power >= rough)
    count = int(-(-highest // step))
    return [round(step * number, 10) for number in range(count + 1)]
