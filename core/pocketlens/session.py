"""The one place that knows onnxruntime and its options."""

from __future__ import annotations

import os
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pocketlens.errors import ModelUnsupported
from pocketlens.model import ModelPackage, Part

Array = npt.NDArray[Any]

#: onnxruntime's severities: 0 verbose … 4 fatal. Errors are raised as well as logged: once is enough.
_FATAL: Final = 4
#: Weights of an image tower up to which prepacking is worth its memory: the starter's convolutions take 19 ms a
#: photo with it and 34 without, for 17 MB more of RssAnon. A text tower runs once a search: loading is what counts.
_PREPACKED_BYTES: Final = 32 * 1024 * 1024
_REMEDY: Final = "Install the model again or choose another."


class Session:
    """One tower, loaded. Safe to share between threads: a run keeps its state to itself."""

    def __init__(self, session: Any, *, name: str, input_name: str, output_name: str) -> None:
        self._session = session
        self._name = name
        self._input = input_name
        self._output = output_name

    def run(self, batch: Array) -> npt.NDArray[np.float32]:
        """The tower's output, float32 (N, dimension), for a batch of its input.

        Raises:
            ModelUnsupported: onnxruntime could not run the graph on this input.
        """
        try:
            (output,) = self._session.run([self._output], {self._input: batch})
        except Exception as error:
            raise _unsupported(self._name, "The model could not be run", error) from error
        return np.asarray(output, dtype=np.float32)


def open_session(package: ModelPackage, tower: Part, threads: int = 1) -> Session:
    """Load one tower of a verified package.

    Args:
        threads: computing threads of one run. With several workers sharing the session, 1.

    Raises:
        ModelUnsupported: onnxruntime cannot load the graph, or it has not the inputs and outputs that the
            manifest names.
    """
    manifest = package.manifest
    spec = manifest.image if tower == "image" else manifest.text
    path = package.path(spec.file)
    needed = manifest.part_files(tower)
    weights = sum(file.size for file in manifest.files if file.name in needed)
    prepack = tower == "image" and weights <= _PREPACKED_BYTES
    runtime = onnxruntime()
    try:
        convert = not manifest.exact_int8 and not _adds_whole()
        session = _loaded(runtime, str(path), threads, prepack=prepack, convert=convert)
    except Exception as error:
        raise _unsupported(str(path), "The model could not be loaded", error) from error
    takes = [node.name for node in session.get_inputs()]
    gives = [node.name for node in session.get_outputs()]
    if takes != [spec.input] or spec.output not in gives:
        raise ModelUnsupported(
            f"The model takes {takes} and gives {gives}; the manifest says {spec.input!r} and {spec.output!r}.",
            thing=str(path),
            remedy=_REMEDY,
        )
    return Session(session, name=str(path), input_name=spec.input, output_name=spec.output)


def onnxruntime() -> Any:
    """The module. Slow to import, so only where it is needed."""
    # From 1.29 on, importing onnxruntime phones home unless this is set first. We pin below that; a
    # person's own environment may not.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime as module

    return module


def _adds_whole() -> bool:
    """Whether this CPU adds products of 8-bit numbers in 32 bits (VNNI, AMX), so that nothing overflows.

    onnxruntime 1.28 takes those with AMX for such that do not.
    """
    try:
        import numkong
    except ImportError:  # on a phone, where it makes no difference
        return False
    can = numkong.get_capabilities()
    return any(can.get(name, False) for name in ("icelake", "alder", "sapphireamx"))


def _loaded(runtime: Any, path: str, threads: int, *, prepack: bool, convert: bool) -> Any:
    options = _options(runtime, threads, prepack=prepack)
    providers = ["CPUExecutionProvider"]
    if not convert:
        return runtime.InferenceSession(path, options, providers=providers)
    # x86 CPUs without VNNI (Intel before Ice Lake, AMD before Zen 4) add two products of 8-bit numbers in 16 bits,
    # and where weights are signed these overflow: the starter's vectors came out at cosine .966 of the right ones,
    # the worst at .745. With this onnxruntime makes the weights unsigned as it loads: exact, for 57 ms a photo instead
    # of 50 there, and copies of the weights in private memory. Where nothing overflows it would take twice the time.
    options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return runtime.InferenceSession(path, options, providers=providers)
    except Exception:  # noqa: BLE001 - onnxruntime raises its own, of no common base
        # It cannot convert weights that two nodes share. Better inexact on old CPUs than not at all.
        options = _options(runtime, threads, prepack=prepack)
        return runtime.InferenceSession(path, options, providers=providers)


def _options(runtime: Any, threads: int, *, prepack: bool) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Prepacking copies each weight into private memory. Without it, weights in an external data file stay
    # file-backed: RssAnon of a ViT-B/16 text tower 55 MB instead of 230, loaded in 0.05 s instead of 0.3,
    # some 10% slower to run.
    if not prepack:
        options.add_session_config_entry("session.disable_prepacking", "1")
    # Spinning threads take the core that the decoders need; on a busy machine two are slower than one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena stays on: a run's input has one shape, so it stops growing after the first, whereas malloc
    # leaves holes. RssAnon of a ViT-B/16 image tower, int8, after 24 runs by 1, 2 and 4 threads: 44, 53 and
    # 68 MB with it, 64, 83 and 103 without.
    # But not one block for a whole run's tensors, planned ahead: the starter's image tower grows by 54 MB at its
    # first run instead of 91, as fast; a ViT-B/16 does not care.
    options.enable_mem_pattern = False
    options.log_severity_level = _FATAL
    return options


def _unsupported(thing: str, what: str, error: Exception) -> ModelUnsupported:
    return ModelUnsupported(f"{what}: {error}", thing=thing, remedy=_REMEDY)
