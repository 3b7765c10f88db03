"""8-bit weights whose sums overflow on no CPU.

x86 CPUs without VNNI (Intel before Ice Lake, AMD before Zen 4) multiply an unsigned activation by a signed weight with
VPMADDUBSW, which adds the two products of neighbours along the inner axis in 16 bits and saturates: 255 times 127,
twice, is nearly twice what fits. Where two neighbouring weights together stay within 128, 255 times their sum does fit,
and the same instruction is exact. (Intel's manual, volume 2, "PMADDUBSW"; that onnxruntime pairs neighbours so is held
by a test against sums in 32 bits.)
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

#: Real sums up to 127 may round to 128: 255 x 128 = 32,640, of the 32,767 that 16 bits hold.
_PAIR_LIMIT: Final = 127.0
_INT8_LIMIT: Final = 127.0


def pair_limited(weights: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Quantize per output channel so that no two neighbours along the inner axis sum to more than 128 in magnitude.

    The step of a channel is the one at which its greatest pair fits whole. Finer ones that clip the greatest pairs
    were tried, and lowered the squared error of normally distributed weights by a tenth only.

    Args:
        weights: (inner, outer) right-hand side of a MatMul.

    Returns:
        int8 (inner, outer) and the scales, float32 (outer,); zero points are 0.
    """
    magnitudes = np.abs(weights)
    even, odd = magnitudes[0::2], magnitudes[1::2]
    pairs = even.copy()
    pairs[: len(odd)] += odd
    scales = np.maximum(magnitudes.max(axis=0) / _INT8_LIMIT, pairs.max(axis=0) / _PAIR_LIMIT)
    scales = np.maximum(scales, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(weights / scales).astype(np.int8), scales


def limit_pairs(quantized: onnx.ModelProto, weights: dict[str, npt.NDArray[np.float32]]) -> None:
    """Store the weights of `quantize_dynamic`'s MatMuls anew, pair-limited, in place.

    Args:
        quantized: its output; ``NAME_quantized`` and ``NAME_scale`` stand for the fp32 weight ``NAME``.
        weights: the fp32 ones by name.
    """
    initializers = {tensor.name: tensor for tensor in quantized.graph.initializer}
    for name, values in weights.items():
        stored = initializers.get(f"{name}_quantized")
        if stored is None:
            continue
        numbers, scales = pair_limited(values)
        stored.CopyFrom(numpy_helper.from_array(numbers, stored.name))
        scale = initializers[f"{name}_scale"]
        scale.CopyFrom(numpy_helper.from_array(scales.reshape(tuple(scale.dims)), scale.name))
