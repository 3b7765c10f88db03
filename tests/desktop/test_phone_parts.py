"""The parts that are pushed to a phone: the same bytes for the same content, and nothing that is not whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from pocketlens_desktop.phone.errors import EngineMissing
from pocketlens_desktop.phone.parts import VARIABLE, core_part, find_bundle, model_part, read_bundle, write_tar


def test_a_tar_depends_on_names_and_contents_alone(tmp_path: Path) -> None:
    made: list[bytes] = []
    for folder, order in ((tmp_path / "a", "xy"), (tmp_path / "b", "yx")):
        folder.mkdir()
        for name in order:
            (folder / name).write_text(f"content of {name}")
            os.utime(folder / name, (len(made), len(made)))
            (folder / name).chmod(0o644 if made else 0o600)
        stream = io.BytesIO()
        write_tar([(name, folder / name) for name in order], stream)
        made.append(stream.getvalue())
    assert made[0] == made[1]


def test_the_core_part_is_all_of_the_core_and_the_script_that_starts_it() -> None:
    part = core_part()
    with part.open() as stream:
        data = stream.read()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (part.size, part.sha256)
    files = part.files()
    assert {b"launch", b"pocketlens/engine.py", b"pocketlens/onboard/relay.py"} <= files.keys()
    assert all(name.endswith(b".py") or name == b"launch" for name in files)
    with part.open() as stream, tarfile.open(fileobj=stream) as tar:
        assert all(member.mode & 0o077 == 0 and member.uid == 0 and member.mtime == 0 for member in tar)


def test_the_model_part_is_what_the_image_encoder_needs(starter: Path) -> None:
    part = model_part(starter)
    with part.open() as stream:
        assert len(stream.read()) == part.size
    assert set(part.files()) == {b"model.toml", b"image.onnx", b"image.onnx.data"}


def bundle(folder: Path, content: bytes, size: int) -> Path:
    folder.mkdir(parents=True)
    (folder / "runtime.tar").write_bytes(content)
    about = {"abi": "arm64-v8a", "runtime": "0" * 64, "size": size, "versions": {"libc6": "2.36"}}
    (folder / "bundle.json").write_text(json.dumps(about))
    return folder


def test_a_bundle_is_found_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle(tmp_path / "arm64-v8a", b"12345", 5)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert find_bundle("arm64-v8a").versions == {"libc6": "2.36"}
    with pytest.raises(EngineMissing, match="x86_64"):
        find_bundle("x86_64")


def test_a_bundle_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="not whole"):
        read_bundle(bundle(tmp_path / "short", b"1234", 5))
    (tmp_path / "short" / "bundle.json").write_text("{")
    with pytest.raises(EngineMissing, match="not whole"):
        read_bundle(tmp_path / "short")
