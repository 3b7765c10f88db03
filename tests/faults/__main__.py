"""The fault campaign: ``PYTHONPATH=tests python -m faults --rounds N --seed S`` prints a table; see README.md."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from faults.faults import FAULTS, CannotHere, Fault
from faults.stand import Broken, Stand


def main() -> int:
    """Try every fault; the exit status is 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="how often each fault is tried")
    parser.add_argument("--kills", type=int, help="rounds of four kills each, where another number is wanted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", action="append", choices=[fault.__name__ for fault in FAULTS], help="this fault alone"
    )
    options = parser.parse_args()
    # Ended from outside it still ends its processes and gives its small disk back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    random = Random(options.seed)
    broken = 0
    print("| fault | rounds | seconds | what happened | not as undisturbed |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        stand = Stand(Path(folder), random)
        try:
            for fault in FAULTS:
                if options.only and fault.__name__ not in options.only:
                    continue
                rounds = options.kills if fault.__name__ == "killed" and options.kills is not None else options.rounds
                broken += _try(stand, fault, rounds)
        finally:
            stand.end_all()
    return 1 if broken else 0


def _try(stand: Stand, fault: Fault, rounds: int) -> int:
    """Try one fault and print its line, even when ended from outside. Returns how often something was lost."""
    began, said, wrong, done = time.monotonic(), Counter[str](), [], 0
    try:
        while done < rounds:
            try:
                said.update(fault(stand).split(", "))
                if fault.__name__ != "disk_full":  # which looked before its disk went away
                    stand.check_end()
            except CannotHere as error:
                said[str(error)] += 1
                break
            except (Broken, AssertionError) as error:
                wrong.append(f"round {done}: {error}")
                print(f"{fault.__name__}, {wrong[-1]}", file=sys.stderr, flush=True)
            finally:
                stand.end_all()
                stand.fresh()
            done += 1
    finally:
        happened = ", ".join(f"{count} × {what}" for what, count in sorted(said.items()) if what)
        print(
            f"| {fault.__name__.replace('_', ' ')} | {done} | {time.monotonic() - began:.0f} | {happened}"
            f" | {'; '.join(wrong) or 0} |",
            flush=True,
        )
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
