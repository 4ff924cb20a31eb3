"""What came of explaining cells, as arrays and tables; reading and drawing it needs no torch."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.cells import CellFailure
from hemoscope.explanation.errors import ExplanationError
from hemoscope.explanation.target import Target
from hemoscope.files import cause
from hemoscope.predictions import Predictions


@dataclass(frozen=True, eq=False)
class ExplainedCells:
    """Maps of n cells.

    Attributes:
        method: Name of the method.
        predictions: What the model said of them.
        target: What was explained, by class index.
        pixels: (n, size, size, 3) uint8, as the model saw them.
        maps: (n, size, size) float32; see `Explainer.explain`.
        measures: One row a cell and method (this one and the reference "random"): `cell`,
            `method`, then what was measured; see `Comparison.cells`. Empty if nothing was.
        failures: Cells that could not be read.
        in_words: n lines of what the model sees, or None where it has no heads for attributes.
        without_mask: So many cells have no mask while others have one.
        called_right: So many further cells were left out, since the model calls them right and
            its mistakes were asked for.
    """

    method: str
    predictions: Predictions
    target: Target
    pixels: NDArray[np.uint8]
    maps: NDArray[np.float32]
    measures: pd.DataFrame
    failures: tuple[CellFailure, ...] = ()
    in_words: tuple[str, ...] | None = None
    without_mask: int = 0
    called_right: int = 0

    def __len__(self) -> int:
        return len(self.maps)

    @property
    def wanted(self) -> tuple[str, ...]:
        """(n,) the class that each map speaks for."""
        return tuple(self.predictions.classes[i] for i in self.target.wanted)

    @property
    def against(self) -> tuple[str, ...]:
        """(n,) the class that it was set against, or ""."""
        if self.target.against is None:
            return ("",) * len(self)
        return tuple(self.predictions.classes[i] for i in self.target.against)

    def frame(self) -> pd.DataFrame:
        """One row a cell: what it was called, what was asked, and what was measured."""
        predictions = self.predictions
        frame = pd.DataFrame({"path": predictions.paths})
        if predictions.labels is not None:
            frame["label"] = predictions.labels
        frame["called"] = [predictions.classes[i] for i in predictions.predicted]
        frame["probability"] = predictions.confidence
        frame["target"], frame["against"], frame["method"] = self.wanted, self.against, self.method
        if self.in_words is not None:
            frame["in_words"] = self.in_words
        if self.measures.empty:
            return frame
        own = self.measures[self.measures["method"] == self.method].set_index("cell")
        return frame.join(own.drop(columns="method"))

    def write_maps(self, file: Path) -> Path:
        """Writes `maps`, `paths`, `target`, `against` and `method` as a NumPy archive (.npz).

        Raises:
            ExplanationError: The file cannot be written.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(
                file,
                maps=self.maps,
                paths=np.array([str(path) for path in self.predictions.paths]),
                target=np.array(self.wanted),
                against=np.array(self.against),
                method=np.array(self.method),
            )
        except OSError as error:
            raise ExplanationError(f"cannot write {file}: {cause(error)}.") from error
        return file
