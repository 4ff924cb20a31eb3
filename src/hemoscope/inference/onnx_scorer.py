"""A bundle's model, run by onnxruntime. Loads no torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from hemoscope.cells import Frame, Framing
from hemoscope.inference.bundle import Bundle, ModelError
from hemoscope.inference.scorer import Observation

PIXELS = "pixels"
LOGITS, FEATURES, ATTENTION = "logits", "features", "attention"


class OnnxScorer:
    """Scores with an ONNX file, such as a bundle's, on the processor."""

    def __init__(
        self,
        file: Path,
        classes: Sequence[str],
        *,
        framing: Framing,
        threads: int,
        origin: Mapping[str, Any],
    ) -> None:
        """Make the model ready.

        Args:
            file: With the input and the outputs that docs/bundles.md describes.
            classes: C names, in the order of the logits.
            framing: How images become its input.
            threads: For the work within one batch.
            origin: What predictions remember of the model.

        Raises:
            ModelError: onnxruntime does not take the file.
        """
        self._classes, self._origin = tuple(classes), dict(origin)
        self._session = open_session(file, threads)
        self._frame = Frame(int(self._session.get_inputs()[0].shape[1]), framing)
        given = {output.name for output in self._session.get_outputs()}
        self._outputs = [name for name in (LOGITS, FEATURES, ATTENTION) if name in given]

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int) -> Self:
        """The scorer of a bundle.

        Args:
            bundle: As `read_bundle` gives it.
            threads: For the work within one batch.

        Raises:
            ModelError: onnxruntime does not take the file.
        """
        origin = describe_bundle(bundle, f"onnxruntime {ort.__version__}")
        return cls(
            bundle.model,
            bundle.info.classes,
            framing=bundle.info.preprocessing.framing,
            threads=threads,
            origin=origin,
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._classes

    @property
    def frame(self) -> Frame:
        """How an image becomes the pixels that `score` takes; its `size` is their side."""
        return self._frame

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits."""
        return self._session.run([LOGITS], {PIXELS: pixels})[0]  # pyright: ignore[reportReturnType]

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, size, size, 3) uint8 RGB → logits, features and attention, in one pass."""
        return Observation(*self._session.run(self._outputs, {PIXELS: pixels}))  # pyright: ignore[reportArgumentType]

    def describe(self) -> dict[str, Any]:
        """Where the model came from."""
        return dict(self._origin)


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
