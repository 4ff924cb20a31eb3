"""`FittedCalibrator`: a calibrator, and what it was fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from numpy.typing import ArrayLike
from pydantic import Field

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.calibrators import Calibrator
from hemoscope.calibration.cross_validation import Figures
from hemoscope.cell_set import CellSet


@dataclass(frozen=True)
class Candidate:
    """A method that was compared, and how it did.

    Attributes:
        nll: Cross-validated negative log-likelihood, nats; None where it cannot be fitted.
        behind: How far it is behind the best method, nats; None as above.
        standard_error: Standard error of `behind`, from the paired differences of the cells.
        reason: Why it cannot be fitted.
    """

    nll: float | None
    behind: float | None = None
    standard_error: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class FittedCalibrator:
    """A calibrator that knows which cells it was fitted on, and how well that went.

    Attributes:
        calibrator: The map.
        classes: The C class names, in the order of the logits.
        fitted_cells: The cells it was fitted on.
        cells: How many.
        groups: Of how many groups, or None.
        fitted_at: When, ISO 8601 in UTC.
        seed: Seed of the folds.
        folds: Number of folds.
        before: Figures of the model's own probabilities on those cells.
        after: Figures on the same cells, each calibrated by a fit on the other folds.
        candidates: The methods that `choose` compared; empty where the method was given.
    """

    calibrator: Annotated[Calibrator, Field(discriminator="method")]
    classes: tuple[str, ...]
    fitted_cells: CellSet
    cells: int
    groups: int | None
    fitted_at: str
    seed: int
    folds: int
    before: Figures
    after: Figures
    candidates: Mapping[str, Candidate] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The name of the calibrator's method."""
        return self.calibrator.method

    def probabilities(self, logits: ArrayLike) -> Array:
        """(n, C) calibrated probabilities; rows sum to 1."""
        return self.calibrator.probabilities(logits)
