"""``python -m pocketlens_models.starter``: build the starter model package."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
# Sums in one order, so that a rerun gives the same bytes. Before anything imports numpy.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"


def main() -> None:
    """Read the command line and run the recipe."""
    parser = argparse.ArgumentParser(prog="pocketlens_models.starter", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with photos/ and captions.jsonl")
    parser.add_argument("--out", type=Path, help="folder of the model package to write")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path.home() / ".cache/pocketlens-starter",
        help="features of photos, kept between runs",
    )
    parser.add_argument("--golden", type=Path, help="write the tokenizer test's golden file there")
    parser.add_argument("--readme", type=Path, help="put the held-out figures between this file's marks")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--store-again", type=Path, metavar="PACKAGE", help="only store a package's matrices as now")
    arguments = parser.parse_args()
    if arguments.store_again:
        from pocketlens_models.starter.package import store_again

        store_again(arguments.store_again)
        return
    if not (arguments.data and arguments.out):
        parser.error("--data and --out are needed")
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)8d ms  %(message)s")
    # What the quantizer warns of are channels that hold nothing; onnxruntime repeats itself for each of them.
    logging.getLogger("onnxruntime").setLevel(logging.ERROR)
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    from pocketlens_models.starter.recipe import build

    build(arguments.data, arguments.out, arguments.cache, arguments.threads, arguments.golden)
    if arguments.readme:
        from pocketlens_models.starter.readme_table import write_into

        write_into(arguments.readme, arguments.out)


if __name__ == "__main__":
    main()
