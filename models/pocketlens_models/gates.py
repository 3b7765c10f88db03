"""The figures a package must keep to be released: ``budgets.toml``, and what breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from pocketlens_models.verify.agreement import TowerParity

_BUDGETS: Final = Path(__file__).parent / "budgets.toml"


class ParityGate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The least that a tower, the tokenizer and the preprocessing must agree with upstream."""

    min_cosine: float
    min_centred: float
    top_k_agreement: float
    differing_texts: int
    min_pixel_cosine: float


class RecallGate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``loss_r10``: most points of R@10 that a package may lie below the fp32 reference on the same set."""

    loss_r10: float


class TowerBudget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that one tower may take, in a process of its own, at one thread and batch 1.

    Times are the processor's, not the clock's, which says as much about what else the machine was doing.

    Attributes:
        disk_bytes: its graph, the data beside it and, for text, the tokenizer.
        anon_bytes: private memory (RssAnon) while it is encoding.
        load_cpu_s: opening the session.
        cpu_ms: one item, median.
    """

    disk_bytes: int
    anon_bytes: int
    load_cpu_s: float
    cpu_ms: float


class ModelBudget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one model may take; ``measured_on`` says where the figures come from."""

    measured_on: str
    image: TowerBudget
    text: TowerBudget


class Budgets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of ``budgets.toml``; ``models`` by id."""

    parity: ParityGate
    recall: RecallGate
    models: dict[str, ModelBudget] = {}


def budgets() -> Budgets:
    """The budgets of this release."""
    return msgspec.toml.decode(_BUDGETS.read_bytes(), type=Budgets)


def parity_failures(name: str, parity: TowerParity, gate: ParityGate) -> list[str]:
    """What a tower falls short of, in sentences."""
    return [
        *fall_short(f"the least cosine of the {name}", parity.min_cosine, gate.min_cosine),
        *fall_short(f"the least centred cosine of the {name}", parity.min_centred, gate.min_centred),
        *fall_short(f"the top-10 agreement of the {name}", parity.top_k_agreement, gate.top_k_agreement),
    ]


def fall_short(name: str, value: float, least: float) -> list[str]:
    """A sentence when ``value`` lies below its gate, else nothing."""
    return [f"{name} is {value:.4f}; the gate is {least:.4f}"] if value < least else []


def exceed(name: str, value: float, most: float, unit: str, *, digits: int = 1) -> list[str]:
    """A sentence when ``value`` lies above its budget, else nothing."""
    return [f"{name} is {value:.{digits}f} {unit}; the budget is {most:.{digits}f} {unit}"] if value > most else []
