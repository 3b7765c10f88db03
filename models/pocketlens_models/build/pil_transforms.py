"""The five torchvision transforms that CLIP packages build their preprocessing from, for PIL pictures.

Upstream packages import torchvision merely to compose these. The torchvision that a package registry offers is
built against one exact torch, and does not load beside a CPU torch of the same number; so the transforms are
restated here after torchvision 0.2x's own PIL code path (``torchvision/transforms/_functional_pil.py``) and
lent to the upstream package while it is imported.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from types import ModuleType

import numpy as np
import torch
from PIL import Image

Picture = Image.Image


class InterpolationMode(Enum):
    """torchvision's names for Pillow's filters."""

    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


_FILTERS = {
    InterpolationMode.BILINEAR: Image.Resampling.BILINEAR,
    InterpolationMode.BICUBIC: Image.Resampling.BICUBIC,
}


class Compose:
    """Transforms one after another."""

    def __init__(self, transforms: Sequence[Callable[..., object]]) -> None:
        self.transforms = transforms

    def __call__(self, picture: Picture) -> torch.Tensor:
        result: object = picture
        for transform in self.transforms:
            result = transform(result)
        assert isinstance(result, torch.Tensor)
        return result


class Resize:
    """To exactly (height, width), or, for one number, to that shorter side."""

    def __init__(self, size: int | Sequence[int], interpolation: InterpolationMode) -> None:
        self.size = size
        self.filter = _FILTERS[interpolation]

    def __call__(self, picture: Picture) -> Picture:
        if isinstance(self.size, Sequence):
            height, width = self.size
            return picture.resize((width, height), self.filter)
        width, height = picture.size
        # The longer side is cut, not rounded: torchvision's `_compute_resized_output_size`.
        long = int(self.size * max(width, height) / min(width, height))
        new = (self.size, long) if width <= height else (long, self.size)
        return picture if new == picture.size else picture.resize(new, self.filter)


class CenterCrop:
    """The middle ``size`` by ``size`` of a picture that is at least that large."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, picture: Picture) -> Picture:
        left = round((picture.width - self.size) / 2.0)
        top = round((picture.height - self.size) / 2.0)
        return picture.crop((left, top, left + self.size, top + self.size))


class ToTensor:
    """An RGB picture to float32 (3, H, W) on 0..1."""

    def __call__(self, picture: Picture) -> torch.Tensor:
        pixels = np.array(picture, dtype=np.uint8)
        return torch.from_numpy(pixels).permute(2, 0, 1).to(torch.float32) / 255


class Normalize:
    """Per channel ``(value - mean) / std``."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        self.mean = torch.tensor(mean).reshape(-1, 1, 1)
        self.std = torch.tensor(std).reshape(-1, 1, 1)

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        return (pixels - self.mean) / self.std


@contextlib.contextmanager
def lent_as_torchvision() -> Iterator[None]:
    """While this lasts, ``import torchvision.transforms`` finds the classes above.

    Only while it lasts: torch's own exporter looks torchvision up and trips over anything that merely looks
    like it.
    """
    lent = {"torchvision": ModuleType("torchvision"), "torchvision.transforms": ModuleType("torchvision.transforms")}
    for each in (Compose, Resize, CenterCrop, ToTensor, Normalize, InterpolationMode):
        setattr(lent["torchvision.transforms"], each.__name__, each)
    lent["torchvision"].transforms = lent["torchvision.transforms"]  # type: ignore[attr-defined]
    before = {name: sys.modules.get(name) for name in lent}
    sys.modules.update(lent)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
