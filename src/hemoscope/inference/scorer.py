"""What every stored model can do, whichever engine runs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells import Frame, FramePair


@dataclass(frozen=True, eq=False)
class Observation:
    """What a model says of a batch of n cells.

    Attributes:
        logits: (n, C) float32.
        features: (n, D) float32, the fused vector before the head.
        attention: (n, h, w) float32 in [0, 1] over the positions of the backbone's last map: the
            weights of the last encoder block, averaged over heads and over the tokens that ask.
            None for a model without encoder.
        tasks: Task name to (n, answers) float32 logits, of a scorer that answers more than the
            class (`AnswersTasks`).
    """

    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    attention: NDArray[np.float32] | None = None
    tasks: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


class Scorer(Protocol):
    """A model that is ready to look at cells."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        ...

    @property
    def frame(self) -> Frame | FramePair:
        """How an image becomes the pixels that `score` takes, and their `shape`."""
        ...

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, *frame.shape) uint8 RGB → (n, C) logits: those of `observe`, and cheaper."""
        ...

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, *frame.shape) uint8 RGB → everything that the model has to say of them."""
        ...

    def describe(self) -> dict[str, Any]:
        """Where the model came from, as plain JSON values, for the provenance of predictions."""
        ...


@runtime_checkable
class TakesCallers(Protocol):
    """A scorer that several threads may ask at the same time."""

    @property
    def callers(self) -> int:
        """How many of them keep the processors busy, at least 1."""
        ...


def callers_of(scorer: Scorer) -> int:
    """How many threads may ask a scorer at once; 1 of one that says nothing of it."""
    return scorer.callers if isinstance(scorer, TakesCallers) else 1
