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
from hemoscope.inference.tasks import CLASS, Task

PIXELS = "pixels"
LOGITS, FEATURES, ATTENTION = "logits", "features", "attention"


def task_output(name: str) -> str:
    """The output with the logits of a further task."""
    return f"task.{name}"


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
        tasks: Mapping[str, Task] | None = None,
        callers: int = 1,
    ) -> None:
        """Make the model ready.

        Args:
            file: With the input and the outputs that docs/bundles.md describes.
            classes: C names, in the order of the logits.
            framing: How images become its input.
            threads: For the work within one batch.
            origin: What predictions remember of the model.
            tasks: What it answers beside the class.
            callers: Threads that will ask it at the same time.

        Raises:
            ModelError: onnxruntime does not take the file, or it lacks the output of a task.
        """
        self._callers = callers
        self._classes, self._origin = tuple(classes), dict(origin)
        self._tasks = dict(tasks or {})
        self._session = open_session(file, threads)
        self._frame = Frame(int(self._session.get_inputs()[0].shape[1]), framing)
        given = {output.name: output.shape for output in self._session.get_outputs()}
        self._outputs = [name for name in (LOGITS, FEATURES, ATTENTION) if name in given]
        widths = {name: shape[-1] for name, shape in given.items() if shape}
        check_task_outputs(file, self._tasks, widths)

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int, callers: int = 1) -> Self:
        """The scorer of a bundle.

        Args:
            bundle: As `read_bundle` gives it.
            threads: For the work within one batch.
            callers: Threads that will ask it at the same time.

        Raises:
            ModelError: onnxruntime does not take the file, or it lacks the output of a task.
        """
        origin = describe_bundle(bundle, f"onnxruntime {ort.__version__}")
        return cls(
            bundle.model,
            bundle.info.classes,
            framing=bundle.info.preprocessing.framing,
            threads=threads,
            origin=origin,
            tasks=bundle.info.tasks,
            callers=callers,
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._classes

    @property
    def frame(self) -> Frame:
        """How an image becomes the pixels that `score` takes; its `size` is their side."""
        return self._frame

    @property
    def callers(self) -> int:
        """How many threads may ask at the same time."""
        return self._callers

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits."""
        return self._run([LOGITS], pixels)[0]

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Task name to what the model answers beside the class."""
        return self._tasks

    def answer(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, size, size, 3) uint8 RGB → "class" and task names to (n, answers) logits."""
        found = self._run([LOGITS, *map(task_output, self._tasks)], pixels)
        return dict(zip((CLASS, *self._tasks), found, strict=True))

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, size, size, 3) uint8 RGB → logits (of tasks, too), features, attention: one pass."""
        found = self._run([*self._outputs, *map(task_output, self._tasks)], pixels)
        own = len(self._outputs)
        return Observation(*found[:own], tasks=dict(zip(self._tasks, found[own:], strict=True)))

    def _run(self, outputs: list[str], pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        return self._session.run(outputs, {PIXELS: pixels})  # pyright: ignore[reportReturnType]

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


def check_task_outputs(file: Path, tasks: Mapping[str, Task], widths: Mapping[str, int]) -> None:
    """Makes sure that a model file answers the tasks that its description names.

    Args:
        file: For the message.
        tasks: As described.
        widths: Output name to the length of its last axis.

    Raises:
        ModelError: An output is missing, or has more or fewer logits than there are answers.
    """
    for name, task in tasks.items():
        output, answers = task_output(name), len(task.answers)
        if widths.get(output) != answers:
            found = f"{widths[output]} logits" if output in widths else "no such output"
            raise ModelError(
                f"bundle.json says that the model answers {name} ({answers} answers, output "
                f"{output}), but {file.name} has {found}. The two are not of one export: export "
                "the run again."
            )


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
