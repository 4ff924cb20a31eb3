"""A bundle's model, run by OpenVINO where that is installed. Loads no torch."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from hemoscope.cells import Frame
from hemoscope.inference.bundle import Bundle, ModelError
from hemoscope.inference.onnx_scorer import (
    ATTENTION,
    FEATURES,
    LOGITS,
    check_task_outputs,
    describe_bundle,
    task_output,
)
from hemoscope.inference.scorer import Observation
from hemoscope.inference.tasks import CLASS, Task


class OpenVinoScorer:
    """Scores with a bundle's `model.onnx` on the processor; the file is the same."""

    def __init__(self, bundle: Bundle, *, threads: int) -> None:
        """Make the model ready.

        Args:
            bundle: As `read_bundle` gives it.
            threads: For the work within one batch.

        Raises:
            ModelError: OpenVINO does not take the file, or it lacks the output of a task.
        """
        self._bundle = bundle
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            # OpenVINO would otherwise compute in bfloat16 on processors that have it.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        try:
            self._model = openvino.Core().compile_model(bundle.model, "CPU", settings)
        except RuntimeError as error:
            raise ModelError(
                f"OpenVINO {openvino.__version__} cannot open {bundle.model} ({error}). "
                "Choose the engine onnxruntime."
            ) from error
        widths = {
            name: output.get_partial_shape()[1].get_length()
            for output in self._model.outputs
            for name in output.get_names()
            if name.startswith(task_output(""))
        }
        check_task_outputs(bundle.model, self.tasks, widths)

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._bundle.info.classes

    @property
    def frame(self) -> Frame:
        """How an image becomes the pixels that `score` takes; its `size` is their side."""
        return self._bundle.info.preprocessing.frame

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits."""
        return self._run(pixels)[LOGITS]

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Task name to what the model answers beside the class."""
        return self._bundle.info.tasks

    def answer(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, size, size, 3) uint8 RGB → "class" and task names to (n, answers) logits."""
        found = self._run(pixels)
        return {CLASS: found[LOGITS], **self._tasks_of(found)}

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, size, size, 3) uint8 RGB → logits (of tasks, too), features, attention: one pass."""
        found = self._run(pixels)
        seen = self._bundle.info.outputs.attention is not None
        attention = found[ATTENTION] if seen else None
        return Observation(found[LOGITS], found[FEATURES], attention, self._tasks_of(found))

    def _tasks_of(self, found: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
        return {name: found[task_output(name)] for name in self.tasks}

    def _run(self, pixels: NDArray[np.uint8]) -> Mapping[str, Any]:
        # Shared outputs would be overwritten by the next batch.
        return self._model([pixels], share_outputs=False)

    def describe(self) -> dict[str, Any]:
        """Where the model came from."""
        return describe_bundle(self._bundle, f"openvino {openvino.__version__}")
