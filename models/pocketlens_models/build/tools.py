"""Whether the packages that build models are here. Imports none of them itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from pocketlens.errors import ExportToolsMissing

#: What the ``export`` extra brings; any other missing import is a defect of ours.
_TOOLS: Final = frozenset({"torch", "onnx", "onnxscript", "onnx_ir", "six", "ftfy", "regex"})
#: Upstream's packages by their modules. No extra can name them: they ask for torchvision, timm and an old lmdb, none
#: of which is used here, and pip would exchange torch for one that fits those.
_UPSTREAM: Final = {"cn_clip": "cn-clip==1.6.0", "clip": "openai-clip==1.0.1"}


@contextlib.contextmanager
def export_tools() -> Iterator[None]:
    """A block that imports and uses export tools; a missing one is reported as what it is.

    Raises:
        ExportToolsMissing: naming the package.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in _UPSTREAM:
            remedy = f"Install it alone: `pip install --no-deps {_UPSTREAM[name]}`."
        elif name in _TOOLS:
            remedy = "Install PocketLens with its `export` extra."
        else:
            raise
        raise ExportToolsMissing(f"Building and verifying models needs the package {name}.", remedy=remedy) from error
