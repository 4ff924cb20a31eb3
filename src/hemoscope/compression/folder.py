"""The places in the folder of a pruning, while it goes on and afterwards.

pruning.json         every step, written after each
pruning.csv, .svg    accuracy against parameters and against latency
scores.csv, .svg     the scores of the model that was pruned
validation.csv       what each validation cell was called after each step
steps/               what is under way; gone at the end

At the end it is a run folder besides: recipe.yaml, provenance.json, history.csv, history.svg and,
last of all, model.safetensors.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.compression.errors import PruningError
from hemoscope.files import replacing
from hemoscope.training.run_folder import RunFolder


@dataclass(frozen=True)
class StepFolder:
    """One step: the cut model, and the run folder of its fine-tuning."""

    path: Path

    @property
    def run(self) -> RunFolder:
        """Of the fine-tuning."""
        return RunFolder(self.path / "tuning")

    @property
    def kept(self) -> Path:
        """What was removed and what is left, as JSON."""
        return self.path / "kept.json"

    @property
    def cut(self) -> Path:
        """The model as it was cut, not fine-tuned yet."""
        return self.path / "cut.safetensors"

    @property
    def called(self) -> Path:
        """What each validation cell was called."""
        return self.path / "called.npy"


@dataclass(frozen=True)
class PruningFolder:
    """The whole."""

    path: Path

    @property
    def run(self) -> RunFolder:
        """The run folder that it becomes."""
        return RunFolder(self.path)

    @property
    def journal(self) -> Path:
        """`pruning.json`."""
        return self.path / "pruning.json"

    @property
    def steps(self) -> Path:
        """What is under way."""
        return self.path / "steps"

    def step(self, number: int) -> StepFolder:
        """A step, from 1; 0 holds what the original called the cells."""
        return StepFolder(self.steps / f"{number:03d}")


def write_called(file: Path, called: NDArray[np.intp]) -> None:
    """(n,) class indices, in one step.

    Raises:
        PruningError: They cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file, PruningError) as draft:
        np.save(draft, called, allow_pickle=False)


def read_called(file: Path) -> NDArray[np.intp]:
    """What `write_called` wrote."""
    return np.load(file, allow_pickle=False)
