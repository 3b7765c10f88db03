"""``pocketlens models use``: encode what the new model has not seen, then search with it."""

from __future__ import annotations

import msgspec

from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_desktop.cli.indexing import IndexingJob, run_indexing
from pocketlens_desktop.cli.terminal import messages
from pocketlens_models.registry import locate
from pocketlens_models.switching import SwitchPlan, plan_switch, seconds_to_encode, use_model


class SwitchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens models use --json``. ``left`` photos cannot be found with the model yet."""

    model: str
    switched: bool
    encoded: int
    left: int


def run_switch(model: str, home: Home, *, now: bool) -> SwitchRecord:
    """Switch, encoding first unless ``now``. Stopped by Ctrl-C, the old model stays in use.

    Raises:
        ModelMissing: the model is not installed.
        PocketLensError: the indexing job's own errors.
    """
    folder = locate(model, home)
    plan = plan_switch(folder, home)
    say = messages().print
    if plan.left and not now:
        say(f"{plan.left:,} of {plan.encoded + plan.left:,} photos must be encoded for it; searches go on meanwhile.")
        seconds = seconds_to_encode(plan, folder, load_settings(home).threads)
        if seconds is not None:
            say(f"By the model's measured speed that takes {_about(seconds)}.")
        plan, stopped = _encode(plan, home, model)
        if stopped:
            say("Stopped; what was encoded is kept, and the model in use is the old one. Run it again to go on.")
            return SwitchRecord(model=model, switched=False, encoded=plan.encoded, left=plan.left)
    use_model(model, home)
    say(f"Searches use {plan.model} now.")
    if plan.left:
        say(f"{plan.left:,} photos cannot be found with it until they are indexed again.")
    return SwitchRecord(model=model, switched=True, encoded=plan.encoded, left=plan.left)


def _about(seconds: float) -> str:
    """A time to go, as coarse as it can be foretold."""
    if seconds < 90:
        return f"about {max(10, round(seconds, -1)):.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.0f} h"


def _encode(plan: SwitchPlan, home: Home, model: str) -> tuple[SwitchPlan, bool]:
    """Index the folders with the new model. Phones are encoded when they are indexed next."""
    folder = locate(model, home)
    sources = tuple(source for source in plan.to_encode if source.kind == "folder")
    stopped = False
    if sources:
        done, _ = run_indexing(IndexingJob(sources=sources), home=home, model=folder)
        stopped = done.cancelled
    return plan_switch(folder, home), stopped
