"""A model package is believed only after its manifest made sense and its files matched their hashes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.packages import (
    MANIFEST,
    external_tensor,
    image_graph,
    list_files,
    make_package,
    message,
    model,
    node,
    write,
)
from pocketlens.errors import ModelCorrupt, ModelMissing, ModelUnsupported
from pocketlens.external_data import MalformedGraphError, external_locations
from pocketlens.model import load_package, read_manifest


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return make_package(tmp_path / "tiny")


def edit(folder: Path, old: str, new: str) -> None:
    """Change every occurrence of a piece of the manifest."""
    path = folder / "model.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def spoil(path: Path) -> None:
    """Change one bit, and neither the size nor the time."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_whole_package_is_loaded(tiny: Path) -> None:
    package = load_package(tiny)
    assert package.manifest.key == "tiny@1"
    assert package.parts == {"image", "text"}
    assert package.path(package.manifest.text.file) == tiny / "text.onnx"


def test_the_shipped_model_is_whole(starter: Path) -> None:
    package = load_package(starter)
    assert package.manifest.id == "starter"
    assert {path.name for path in starter.iterdir()} >= {file.name for file in package.manifest.files}


@pytest.mark.parametrize("name", ["image.onnx", "image.onnx.data", "text.onnx", "text.onnx.data", "tokenizer.json"])
def test_a_file_that_is_missing_cut_or_changed_is_named(tiny: Path, name: str) -> None:
    path = tiny / name
    whole = path.read_bytes()
    spoil(path)
    with pytest.raises(ModelCorrupt, match="hash") as changed:
        load_package(tiny)
    path.write_bytes(whole[:-1])
    with pytest.raises(ModelCorrupt, match=f"{len(whole) - 1} bytes") as cut:
        load_package(tiny)
    path.unlink()
    with pytest.raises(ModelCorrupt, match="missing") as missing:
        load_package(tiny)
    for raised in (changed, cut, missing):
        assert raised.value.thing == str(path)
        assert raised.value.remedy


def test_only_the_files_of_the_tower_asked_for_are_read(tiny: Path) -> None:
    spoil(tiny / "image.onnx.data")
    assert load_package(tiny, parts=("text",)).parts == {"text"}
    spoil(tiny / "tokenizer.json")
    assert load_package(tiny, parts=()).parts == frozenset()
    with pytest.raises(ModelCorrupt, match=r"tokenizer\.json"):
        load_package(tiny, parts=("text",))
    with pytest.raises(ModelCorrupt, match=r"image\.onnx\.data"):
        load_package(tiny, parts=("image",))


def test_a_folder_without_a_manifest_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(ModelMissing):
            read_manifest(place)


@pytest.mark.parametrize(
    "name",
    [
        "../image.onnx",
        "/etc/passwd.onnx",
        "sub/image.onnx",
        "sub\\image.onnx",
        "C:image.onnx",
        "..",
        ".onnx",
        ".hidden.onnx",
        "image..onnx",
        "image.onnx\\n",
        "image .onnx",
        "",
        "a" * 200 + ".onnx",
        "imäge.onnx",
        "image.ort",
        "image.onnx.ort",
    ],
)
def test_a_graph_can_only_be_an_onnx_file_in_the_folder(tiny: Path, name: str) -> None:
    edit(tiny, '"image.onnx"', f'"{name}"' if "\\" not in name or name.endswith("n") else f"'{name}'")
    with pytest.raises(ModelCorrupt):
        load_package(tiny)


@pytest.mark.parametrize("name", ["../tokenizer.json", "/tokenizer.json", "a/b.json", "..", "."])
def test_no_listed_file_can_be_outside_the_folder(tiny: Path, name: str) -> None:
    (tiny.parent / "tokenizer.json").write_bytes((tiny / "tokenizer.json").read_bytes())
    edit(tiny, '"tokenizer.json"', f'"{name}"')
    with pytest.raises(ModelCorrupt):
        load_package(tiny)


def test_a_link_is_not_followed_even_to_the_right_content(tiny: Path) -> None:
    elsewhere = tiny.parent / "elsewhere"
    (tiny / "image.onnx.data").rename(elsewhere)
    (tiny / "image.onnx.data").symlink_to(elsewhere)
    with pytest.raises(ModelCorrupt, match="not a plain file"):
        load_package(tiny)


def test_a_folder_or_a_pipe_is_no_file(tiny: Path) -> None:
    (tiny / "tokenizer.json").unlink()
    (tiny / "tokenizer.json").mkdir()
    with pytest.raises(ModelCorrupt, match="not a plain file"):
        load_package(tiny)
    (tiny / "tokenizer.json").rmdir()
    os.mkfifo(tiny / "tokenizer.json")
    with pytest.raises(ModelCorrupt, match="not a plain file"):
        load_package(tiny)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format = 1", "format = 2"),
        ("format = 1", "format = 0"),
        ("0.1.0", "99.0"),
        ("0.1.0", "0.1.0.1"),
        ("0.1.0", "0.2"),
    ],
)
def test_a_package_for_another_version_is_unsupported(tiny: Path, old: str, new: str) -> None:
    edit(tiny, f'"{old}"' if old.startswith("0") else old, f'"{new}"' if old.startswith("0") else new)
    with pytest.raises(ModelUnsupported):
        read_manifest(tiny)


@pytest.mark.parametrize("version", ["0", "0.1", "0.1.0", "0.1.0.0", "0.0.99", "0.1.0rc1"])
def test_a_package_for_this_or_an_older_version_is_supported(tiny: Path, version: str) -> None:
    edit(tiny, '"0.1.0"', f'"{version}"')
    assert read_manifest(tiny).least_app_version == version


def test_a_layout_to_come_is_unsupported_whatever_else_it_holds(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text("format = 7\n[towers]\nsound = 'audio.onnx'\n")
    with pytest.raises(ModelUnsupported, match="layout 7") as raised:
        read_manifest(tmp_path)
    assert raised.value.remedy == "Update PocketLens."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dimension = 8", "dimension = 0"),
        ("dimension = 8", "dimension = 1000000"),
        ("dimension = 8", 'dimension = "8"'),
        ("size = 16\n", "size = 100000\n"),
        ('id = "tiny"', 'id = "../tiny"'),
        ('id = "tiny"', 'id = "Tiny"'),
        ('version = "1"', 'version = "1/2"'),
        ('resize = "squash"', 'resize = "stretch"'),
        ("std = [128.0, 128.0, 128.0]", "std = [128.0, 0.0, 128.0]"),
        ("std = [128.0, 128.0, 128.0]", "std = [128.0]"),
        ("std = [128.0, 128.0, 128.0]", "std = [nan, 128.0, 128.0]"),
        ("std = [128.0, 128.0, 128.0]", "std = [inf, 128.0, 128.0]"),
        ("mean = [127.0, 127.0, 127.0]", "mean = [127.0, inf, 127.0]"),
        ("mean = [127.0, 127.0, 127.0]", "mean = [127.0, nan, 127.0]"),
        ("preprocessing = 1", "preprocessing = 1\ngamma = 2.2"),
        ("context = 12", "context = 2"),
        ("context = 12", "context = 12\nlowercase = false"),
        ("[text]", "[sound]"),
        ('name = "image.onnx.data"', 'name = "IMAGE.onnx"'),
        ('name = "tokenizer.json"', 'name = "other.json"'),
        ("sha256 = ", "md5 = "),
        ("format = 1", "format = 1\nformat = 1"),
        ("format = 1", "format ="),
    ],
)
def test_a_manifest_that_cannot_be_is_corrupt(tiny: Path, old: str, new: str) -> None:
    edit(tiny, old, new)
    with pytest.raises(ModelCorrupt, match=r"model\.toml"):
        read_manifest(tiny)


@given(st.binary(max_size=400))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_manifest_of_random_bytes_is_corrupt(tmp_path: Path, noise: bytes) -> None:
    (tmp_path / "model.toml").write_bytes(noise)
    with pytest.raises((ModelCorrupt, ModelUnsupported)):
        read_manifest(tmp_path)


@given(place=st.integers(0, len(MANIFEST)), removed=st.integers(0, 20), inserted=st.text(max_size=8))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_edited_manifest_is_read_or_refused(tiny: Path, place: int, removed: int, inserted: str) -> None:
    path = tiny / "model.toml"
    whole = path.read_text()
    try:
        path.write_text(whole[:place] + inserted + whole[place + removed :], newline="")
        manifest = read_manifest(tiny)
        assert manifest.image.file.endswith(".onnx")
        assert "/" not in manifest.image.file
    except (ModelCorrupt, ModelUnsupported) as error:
        assert error.thing
    finally:
        path.write_text(whole)


@pytest.mark.parametrize(
    "location",
    [
        "../secret",
        "/etc/hostname",
        "image.onnx.data/../../secret",
        "./image.onnx.data",
        "text.onnx.data",
        "tokenizer.json",
        "unlisted.bin",
        "",
        "*/_ORT_MEM_ADDR_/*",
        "image.onnx.data\0",
    ],
)
def test_a_graph_may_only_refer_to_its_own_verified_files(tiny: Path, location: str) -> None:
    (tiny.parent / "secret").write_bytes(bytes(3 * 16 * 16 * 8 * 4))
    write(tiny, "image.onnx", image_graph(location))
    list_files(tiny)
    (tiny / "unlisted.bin").write_bytes(bytes(3 * 16 * 16 * 8 * 4))
    with pytest.raises(ModelCorrupt, match="not among its verified files") as raised:
        load_package(tiny)
    assert raised.value.thing == str(tiny / "image.onnx")
    assert load_package(tiny, parts=("text",)).parts == {"text"}


_SECRET = external_tensor("../secret", (4,))
_IN_NODE = node("Constant", [], "c", (message((1, "value"), (5, _SECRET), (20, 4)),))
_IN_BRANCH = node("If", ["x"], "c", (message((1, "then_branch"), (6, message((1, _IN_NODE))), (20, 5)),))


@pytest.mark.parametrize(
    "graph",
    [
        model([], [_SECRET], [], []),
        model([_IN_NODE], [], [], []),
        model([_IN_BRANCH], [], [], []),
        model([node("C", [], "c", (message((1, "values"), (10, _SECRET), (20, 9)),))], [], [], []),
        model([node("C", [], "c", (message((1, "graphs"), (11, message((5, _SECRET))), (20, 10)),))], [], [], []),
        model([node("C", [], "c", (message((1, "value"), (22, message((1, _SECRET))), (20, 11)),))], [], [], []),
        message((7, message((15, message((2, _SECRET)))))),
        message((25, message((7, _IN_NODE)))),
        message((25, message((11, message((1, "default"), (5, _SECRET), (20, 4)))))),
        message((20, message((1, message((5, _SECRET)))))),
        message((7, message((5, external_tensor("fine", (4,))))), (7, message((5, _SECRET)))),
        message((7, message((5, message((13, message((1, "location"), (2, "fine"), (2, "../secret")))))))),
    ],
    ids=[
        *("weights", "constant", "branch", "tensors", "graphs", "sparse attribute", "sparse weights", "function"),
        *("function default", "training", "second graph", "second value"),
    ],
)
def test_a_reference_is_found_wherever_a_graph_can_hold_one(graph: bytes) -> None:
    assert "../secret" in external_locations(memoryview(graph))


def test_a_file_that_is_no_graph_is_corrupt(tiny: Path) -> None:
    for content in (b"", b"not a graph", b"\x0a\xff\xff\xff\xff\x7f", b"\x3a" + b"\xff" * 20, b"\x0b"):
        write(tiny, "text.onnx", content)
        list_files(tiny)
        with pytest.raises(ModelCorrupt, match=r"text\.onnx: The graph cannot be read"):
            load_package(tiny)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_a_message_or_malformed(noise: bytes) -> None:
    try:
        assert isinstance(external_locations(memoryview(noise)), set)
    except MalformedGraphError as error:
        assert str(error)
