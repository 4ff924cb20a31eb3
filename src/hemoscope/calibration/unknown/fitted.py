"""`FittedUnknown`: a measure of strangeness, and from where on a cell is flagged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.unknown.measure import Measure


@dataclass(frozen=True)
class MethodFigures:
    """How a method did in the trials that it was compared in.

    Attributes:
        auroc: Mean AUROC, unknown against known cells, over the trials.
        flagged: Mean share of unknown cells above the threshold.
        trials: How many.
    """

    auroc: float
    flagged: float
    trials: int


@dataclass(frozen=True, eq=False)
class FittedUnknown:
    """A score for cells of none of the classes; what `UnknownScore` asks for.

    Attributes:
        measure: Makes the score.
        threshold: Cells with a higher score are flagged.
        flag_rate: P(a cell of the known classes is flagged) is at most this.
        cells: Validation cells that the threshold comes from.
        reference: Cells that the measure was fitted on; 0 where it needed none.
        compared: How every method did in the trials; empty where the method was given.
    """

    measure: Measure
    threshold: float
    flag_rate: float
    cells: int
    reference: int
    compared: Mapping[str, MethodFigures] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The name of the measure."""
        return self.measure.method

    @property
    def needs_features(self) -> bool:
        """Whether `score` has to be given features."""
        return self.measure.needs_features

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) float64, higher = stranger, from (n, C) logits and (n, F) features.

        Raises:
            CalibrationError: Features are needed, and missing or of another width.
        """
        return self.measure.score(logits, features)

    def describe(self) -> str:
        """What the threshold promises."""
        return (
            f"cells of a strangeness ({self.method}) above {self.threshold:.6g} are flagged as "
            f"none of the classes: on average at most {100 * self.flag_rate:g} % of the cells of "
            f"the known classes, if they come from where the {self.cells:,} validation cells did."
        )

    def to_json(self) -> dict[str, Any]:
        """Everything but the arrays, as plain JSON values."""
        return {
            "method": self.method,
            "numbers": dict(self.measure.numbers()),
            "threshold": self.threshold,
            "flag_rate": self.flag_rate,
            "cells": self.cells,
            "reference": self.reference,
            "compared": {name: vars(figures) for name, figures in self.compared.items()},
        }

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """The arrays of the measure, by name."""
        return self.measure.arrays()
