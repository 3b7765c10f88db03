"""Index a folder with rclip's own pipeline and a model that lies here; run by the peers' Python.

    index_with_rclip.py FOLDER VISUAL_ONNX SIDE

rclip's loader threads, hashing, preprocessing, batches of eight and database are as it ships them. Two things are not:
the model, which has the shape of ours, and with it the side of its input. Prints one JSON object: seconds of wall-clock
time from the start of `RClip.ensure_index`, the model loaded, to its end; CPU seconds; how many photos it has.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path


def main(folder: str, model: str, side: int) -> None:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    with tempfile.TemporaryDirectory() as data:
        os.environ["RCLIP_DATADIR"] = data
        from rclip import db, model_download
        from rclip.main import RClip
        from rclip.model import Model
        from rclip.utils import preprocess

        preprocess.IMAGE_SIZE = side
        models = Path(data) / model_download.MODEL_SUBDIR
        models.mkdir()
        shutil.copy(model, models / model_download.VISUAL_ONNX)
        loaded = Model()
        _ = loaded._session_visual
        database = db.DB(Path(data) / "db.sqlite3")
        rclip = RClip(loaded, database, indexing_batch_size=8, exclude_dirs=None)
        started, cpu = time.perf_counter(), time.process_time()
        rclip.ensure_index(folder)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        indexed = database._con.execute("SELECT count(*) FROM images WHERE deleted IS NULL").fetchone()[0]
        rclip.close()
        print(json.dumps({"seconds": seconds, "cpu": cpu, "photos": indexed}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
