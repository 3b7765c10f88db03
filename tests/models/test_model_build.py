"""Building packages from checkpoints in upstream's own formats."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.errors import ExportToolsMissing, ModelCorrupt, ModelMissing, ModelRejected, ModelUnsupported
from pocketlens.model import load_package
from pocketlens_models.build.tools import export_tools
from pocketlens_models.gates import ParityGate, budgets
from pocketlens_models.manifest import file_sha256
from pocketlens_models.registry import KnownModel
from pocketlens_models.verify.agreement import unit
from pocketlens_models.verify.pixels import model_input
from pocketlens_models.verify.samples import QUERIES, drawn_pictures

if TYPE_CHECKING:
    from pocketlens_models.build.chinese_clip import ChineseClip


def lenient(min_cosine: float) -> ParityGate:
    """A gate that looks at the plain cosine alone."""
    return ParityGate(
        min_cosine=min_cosine, min_centred=0.0, top_k_agreement=0.0, differing_texts=0, min_pixel_cosine=0.0
    )


def test_a_missing_tool_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(ExportToolsMissing, match="torch") as raised, export_tools():
        raise ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn")
    assert "export" in raised.value.remedy
    with pytest.raises(ExportToolsMissing) as raised, export_tools():
        raise ModuleNotFoundError("No module named 'cn_clip'", name="cn_clip")
    assert "pip install --no-deps cn-clip==1.6.0" in raised.value.remedy


def test_a_missing_module_of_our_own_is_not_taken_for_a_tool() -> None:
    with pytest.raises(ModuleNotFoundError), export_tools():
        raise ModuleNotFoundError("No module named 'pocketlens.colour'", name="pocketlens.colour")


def test_a_built_package_encodes_as_upstream_does(tiny_package: Path, tiny_upstream: ChineseClip) -> None:
    package = load_package(tiny_package)
    images, texts = ImageEncoder(package), TextEncoder(package)
    for picture in drawn_pictures(4, side=64):
        pixels = np.asarray(picture)
        reference = unit(tiny_upstream.encode_images(model_input(pixels, package.manifest.image)[np.newaxis]))[0]
        assert reference @ images.encode(pixels) > 0.99
    for query in QUERIES[:8]:
        assert unit(tiny_upstream.encode_texts([query]))[0] @ texts.encode(query) > 0.98


def test_weights_lie_beside_a_small_graph_in_eight_bits(tiny_package: Path) -> None:
    import onnx

    for tower in ("image", "text"):
        graph = onnx.load(tiny_package / f"{tower}.onnx", load_external_data=False).graph
        inside = {tensor.name: tensor for tensor in graph.initializer}
        large = [tensor for tensor in inside.values() if np.prod(tensor.dims) >= 4096]
        assert all(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in large)
        products = [node for node in graph.node if node.op_type == "MatMulInteger"]
        assert {onnx.TensorProto.INT8} == {inside[node.input[1]].data_type for node in products}
        assert not [node.op_type for node in graph.node if node.op_type in ("ConvInteger", "Gemm")]


def test_the_embedding_table_has_a_scale_for_each_row(tiny_package: Path) -> None:
    import onnx

    graph = onnx.load(tiny_package / "text.onnx", load_external_data=False).graph
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer if tensor.dims[:1] == [21128]}
    assert sorted(shapes.values()) == [(21128, 1), (21128, 64)]


def test_nothing_of_the_machine_it_was_built_on_is_in_a_package(tiny_package: Path) -> None:
    for path in tiny_package.iterdir():
        content = path.read_bytes()
        assert b"site-packages" not in content
        assert str(Path.home()).encode() not in content


def test_the_version_says_which_checkpoint_and_which_way_of_storing(tiny_package: Path, tiny_checkpoint: Path) -> None:
    checkpoint = file_sha256(tiny_checkpoint)[:8]
    assert load_package(tiny_package).manifest.key == f"tiny@2-{checkpoint}-ii"


def test_a_tower_that_fails_its_gate_is_stored_the_next_way(
    tiny_entry: KnownModel, tiny_upstream: ChineseClip, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    from pocketlens_models.build.package import build_package

    said: list[str] = []
    # Between what int8 (.9991 image, .9974 text) and 8-bit weights (.9999, .9987) reach on this checkpoint.
    built = build_package(
        tiny_entry,
        tiny_upstream,
        tiny_checkpoint,
        tmp_path / "tiny",
        pictures=drawn_pictures(8),
        gate=lenient(min_cosine=0.998),
        say=said.append,
    )
    assert [line.split(":")[0] for line in said[2:]] == ["Exporting the text tower", "As int8", "As weights8"]
    assert built.key.endswith("-iw")
    assert "text: 8-bit MatMul weights" in load_package(built.folder).manifest.quantization


def test_a_package_that_fails_every_way_is_not_left_behind(
    tiny_entry: KnownModel, tiny_upstream: ChineseClip, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    from pocketlens_models.build.package import build_package
    from pocketlens_models.build.quantize import Quantization

    with pytest.raises(ModelRejected, match=r"image tower as int8 is 0\.99\d\d; the gate is 1\.0000"):
        build_package(
            tiny_entry, tiny_upstream, tiny_checkpoint, tmp_path / "tiny", pictures=drawn_pictures(8),
            gate=lenient(min_cosine=1.0), attempts=[Quantization.INT8],
        )  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [".tiny.lock"]


def test_a_resnet_with_attention_pooling_is_built_too(
    tiny_entry: KnownModel, tmp_path: Path, export_tools: None
) -> None:
    from models.random_checkpoint import TINY_CHINESE_RESNET, save_chinese_clip
    from pocketlens_models.build.chinese_clip import ChineseClip
    from pocketlens_models.build.package import build_package

    checkpoint = save_chinese_clip(tmp_path / "resnet.pt", TINY_CHINESE_RESNET)
    upstream = ChineseClip.load(checkpoint, TINY_CHINESE_RESNET)
    built = build_package(
        tiny_entry, upstream, checkpoint, tmp_path / "tiny", pictures=drawn_pictures(8), gate=lenient(0.99)
    )
    assert built.image.parity.min_cosine > 0.99


def test_openai_clip_is_built_from_the_archive_its_authors_publish(
    tiny_entry: KnownModel, tmp_path: Path, export_tools: None
) -> None:
    from models.random_checkpoint import TINY_OPENAI_CLIP, save_openai_clip
    from pocketlens_models.build.openai_clip import OpenAiClip
    from pocketlens_models.build.package import build_package

    checkpoint = save_openai_clip(tmp_path / "clip.pt", TINY_OPENAI_CLIP)
    upstream = OpenAiClip.load(checkpoint)
    built = build_package(
        tiny_entry, upstream, checkpoint, tmp_path / "tiny", pictures=drawn_pictures(8), gate=budgets().parity
    )
    assert load_package(built.folder).manifest.image.resize == "crop"
    assert TextEncoder(load_package(built.folder)).encode("a dog " * 100).shape == (32,), "longer than the context"


def test_a_torchscript_archive_and_a_dictionary_hold_the_same_weights(tmp_path: Path, export_tools: None) -> None:
    from models.random_checkpoint import TINY_OPENAI_CLIP, save_openai_clip
    from pocketlens_models.build.checkpoint import read_state_dict

    archive = read_state_dict(save_openai_clip(tmp_path / "archive.pt", TINY_OPENAI_CLIP))
    plain = read_state_dict(save_openai_clip(tmp_path / "plain.pt", TINY_OPENAI_CLIP, torchscript=False))
    assert plain.keys() <= archive.keys()
    assert all(np.array_equal(plain[name].half(), archive[name]) for name in plain)


def test_a_checkpoint_of_another_architecture_is_refused(tiny_checkpoint: Path) -> None:
    from models.random_checkpoint import TINY_CHINESE_CLIP
    from pocketlens_models.build.chinese_clip import ChineseClip

    with pytest.raises(ModelUnsupported, match="another architecture: 24 weights are missing"):
        ChineseClip.load(tiny_checkpoint, TINY_CHINESE_CLIP | {"vision_layers": 4})


def test_a_model_without_a_recipe_says_why(tiny_checkpoint: Path) -> None:
    from pocketlens_models.build.upstream import load_upstream
    from pocketlens_models.registry import known_model

    with pytest.raises(ModelUnsupported, match="Gemma"):
        load_upstream(known_model("siglip2-base-patch16-224"), tiny_checkpoint)


class _Trap:
    """Unpickling it would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_code_in_a_checkpoint_is_refused_and_never_run(tmp_path: Path, export_tools: None) -> None:
    import torch

    from pocketlens_models.build.checkpoint import read_state_dict

    evidence = tmp_path / "it ran"
    torch.save({"state_dict": {"weight": torch.zeros(2), "trap": _Trap(evidence)}}, tmp_path / "trap.pt")
    with pytest.raises(ModelCorrupt, match="plain weights"):
        read_state_dict(tmp_path / "trap.pt")
    assert not evidence.exists()


def test_code_in_a_torchscript_archive_is_refused_and_never_run(tmp_path: Path, export_tools: None) -> None:
    import zipfile

    from pocketlens_models.build.checkpoint import read_state_dict

    evidence = tmp_path / "it ran"
    with zipfile.ZipFile(tmp_path / "trap.pt", "w") as archive:
        archive.writestr("trap/constants.pkl", b"")
        archive.writestr("trap/data.pkl", pickle.dumps({"trap": _Trap(evidence)}))
    with pytest.raises(ModelCorrupt, match="asks for"):
        read_state_dict(tmp_path / "trap.pt")
    assert not evidence.exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 half an archive"])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path, export_tools: None, content: bytes) -> None:
    from pocketlens_models.build.checkpoint import read_state_dict

    path = tmp_path / "noise.pt"
    path.write_bytes(content)
    with pytest.raises(ModelCorrupt) as raised:
        read_state_dict(path)
    assert raised.value.thing == str(path)


def test_a_checkpoint_that_is_not_there_is_missing(tmp_path: Path, export_tools: None) -> None:
    from pocketlens_models.build.checkpoint import read_state_dict

    with pytest.raises(ModelMissing):
        read_state_dict(tmp_path / "nowhere.pt")


def test_plain_attention_computes_what_upstreams_does(export_tools: None) -> None:
    import torch

    from pocketlens_models.build.attention import PlainAttention

    torch.manual_seed(0)
    original = torch.nn.MultiheadAttention(32, 4)
    torch.nn.init.normal_(original.in_proj_bias)
    tokens = torch.randn(7, 3, 32)
    mask = torch.full((9, 9), float("-inf")).triu(1)
    with torch.no_grad():
        expected = original(tokens, tokens, tokens, need_weights=False, attn_mask=mask[:7, :7])[0]
        found = PlainAttention(original)(tokens, tokens, tokens, need_weights=False, attn_mask=mask)[0]
    assert torch.allclose(expected, found, atol=1e-6)


def test_layer_norms_become_plain_operations_that_compute_the_same(export_tools: None, tmp_path: Path) -> None:
    import onnx
    import onnxruntime
    import torch
    from torch import nn

    from pocketlens_models.build.graph import image_graph, save

    torch.manual_seed(0)
    tower = nn.Sequential(nn.Flatten(2), nn.LayerNorm(64), nn.LayerNorm(64, bias=False), nn.Flatten(1))
    for layer in (tower[1], tower[2]):
        nn.init.normal_(layer.weight)
    nn.init.normal_(tower[1].bias)
    graph = image_graph(tower, 8)
    assert "LayerNormalization" not in {node.op_type for node in graph.graph.node}
    save(graph, tmp_path / "tower.onnx")
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "tower.onnx", options, providers=["CPUExecutionProvider"])
    kept = {node.op_type for node in onnx.load(tmp_path / "optimized.onnx").graph.node}
    assert "Sqrt" in kept and "LayerNormalization" not in kept, "onnxruntime did not fuse them again"
    pixels = torch.randn(3, 3, 8, 8)
    (found,) = session.run(None, {session.get_inputs()[0].name: pixels.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(found, tower(pixels).numpy(), atol=1e-5)


def test_the_transforms_lent_to_upstream_are_gone_afterwards(export_tools: None) -> None:
    import sys

    from pocketlens_models.build.pil_transforms import Resize, lent_as_torchvision

    before = sys.modules.get("torchvision")
    with lent_as_torchvision():
        from torchvision.transforms import Resize as Lent
    assert Lent is Resize
    assert sys.modules.get("torchvision") is before
