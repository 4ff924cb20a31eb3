"""A run folder's model, run by torch. Opened late: everything else here works without torch."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hemoscope.cells import Frame
from hemoscope.inference.bundle import file_digest, trained_model_file
from hemoscope.inference.scorer import Observation
from hemoscope.inference.tasks import Task
from hemoscope.models.attention_map import attention_map
from hemoscope.models.config import ModelConfig
from hemoscope.models.joint import Classifier
from hemoscope.models.store import load_classifier


class TorchScorer:
    """Scores with a run folder's `model.safetensors`.

    Computes in float32, so that the same cells give the same logits whatever processor has
    bfloat16; pass `bfloat16=True` where speed matters more.
    """

    def __init__(
        self,
        run: Path,
        *,
        branch: str | None = None,
        bfloat16: bool = False,
        device: str | None = None,
    ) -> None:
        """Load the model.

        Args:
            run: A finished run folder.
            branch: Of a joint model: this branch alone. None: the mean of all.
            bfloat16: Compute in bfloat16.
            device: In torch's words; by default a GPU where there is one.
        """
        stored = load_classifier(trained_model_file(run), branch)
        self._classes = stored.classes
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self._model: Classifier = stored.model.eval().to(self._device)
        self._model.to(memory_format=torch.channels_last)
        self._run, self._branch, self._bfloat16 = run, branch, bfloat16

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._classes

    @property
    def frame(self) -> Frame:
        """How an image becomes the pixels that `score` takes; its `size` is their side."""
        return self._model.config.frame

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits: those of `observe`, and cheaper.

        Fused attention never holds the weights that `observe` hands out.
        """
        with torch.inference_mode(), self._autocast():
            return _array(self._model(self._images(pixels)))

    @property
    def tasks(self) -> dict[str, Task]:
        """Task name to what the model answers beside the class."""
        return model_tasks(self._model.config)

    def answer(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, size, size, 3) uint8 RGB → "class" and task names to (n, answers) logits."""
        with torch.inference_mode(), self._autocast():
            answers = self._model.answers(self._images(pixels))
            return {name: _array(logits) for name, logits in answers.items()}

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, size, size, 3) uint8 RGB → logits (of tasks, too), features, attention: one pass."""
        with torch.inference_mode(), self._autocast():
            seen = self._model(self._images(pixels), return_attention=True)
            attention = attention_map(seen)
            tasks = self._model.heads(seen.features, seen.logits)
            return Observation(
                _array(seen.logits),
                _array(seen.features),
                None if attention is None else _array(attention),
                {name: _array(logits) for name, logits in tasks.items()},
            )

    def _images(self, pixels: NDArray[np.uint8]) -> Tensor:
        return torch.from_numpy(pixels).to(self._device).permute(0, 3, 1, 2).float().div_(255)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16)

    def describe(self) -> dict[str, Any]:
        """Where the model came from."""
        return {
            "model": str(self._run),
            "engine": f"torch {torch.__version__}",
            "precision": "bfloat16" if self._bfloat16 else "float32",
            "sha256": file_digest(trained_model_file(self._run)),
            **({} if self._branch is None else {"branch": self._branch}),
        }


def model_tasks(config: ModelConfig) -> dict[str, Task]:
    """Task name to what a model of this configuration answers beside the class."""
    return {name: Task(head.column, head.answers) for name, head in config.tasks.items()}


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.float().cpu().numpy()
