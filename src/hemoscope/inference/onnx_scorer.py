"""A bundle's model, run by onnxruntime. Loads no torch."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from hemoscope.inference.bundle import Bundle, ModelError
from hemoscope.inference.scorer import Observation

PIXELS = "pixels"
LOGITS, FEATURES, ATTENTION = "logits", "features", "attention"


class OnnxScorer:
    """Scores with a bundle's `model.onnx` on the processor."""

    def __init__(self, bundle: Bundle, *, threads: int) -> None:
        """Make the model ready.

        Args:
            bundle: As `read_bundle` gives it.
            threads: For the work within one batch.

        Raises:
            ModelError: onnxruntime does not take the file.
        """
        self._bundle, self._threads = bundle, threads
        self._session = open_session(bundle.model, threads)
        attention = bundle.info.outputs.attention
        self._outputs = [LOGITS, FEATURES] + ([] if attention is None else [ATTENTION])

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._bundle.info.classes

    @property
    def image_size(self) -> int:
        """Side in pixels of the images that `score` takes."""
        return self._bundle.info.preprocessing.image_size

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits."""
        return self._session.run([LOGITS], {PIXELS: pixels})[0]  # pyright: ignore[reportReturnType]

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, size, size, 3) uint8 RGB → logits, features and attention, in one pass."""
        return Observation(*self._session.run(self._outputs, {PIXELS: pixels}))  # pyright: ignore[reportArgumentType]

    def describe(self) -> dict[str, Any]:
        """Where the model came from."""
        return describe_bundle(self._bundle, f"onnxruntime {ort.__version__}")


def describe_bundle(bundle: Bundle, engine: str) -> dict[str, Any]:
    """What predictions remember of the bundle that made them."""
    return {
        "model": str(bundle.path),
        "engine": engine,
        "precision": bundle.info.model.precision,
        "sha256": bundle.info.model.sha256,
    }


def open_session(file: Path, threads: int) -> ort.InferenceSession:
    """An ONNX file, ready to run on the processor.

    Raises:
        ModelError: onnxruntime does not take the file.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; they are raised as well
    # Waiting threads sleep: between two batches the processors decode images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions have no public base
        raise ModelError(
            f"onnxruntime {ort.__version__} cannot open {file} ({error}). Update onnxruntime."
        ) from error
