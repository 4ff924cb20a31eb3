"""`Assessment`: before and after calibration, coverage of the sets, error of what is accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hemoscope.evaluation.result import Estimate, Evaluation, Interval, plain


@dataclass(frozen=True)
class Change:
    """A figure before and after calibration, on the same cells.

    Attributes:
        before: With the model's own probabilities.
        after: With the calibrated ones.
        difference: after - before; None where either does not exist.
        interval: Of the difference, by a paired bootstrap; None without one.
    """

    before: Estimate
    after: Estimate
    difference: float | None
    interval: Interval | None


@dataclass(frozen=True)
class CoverageFigures:
    """How often the conformal sets hold the true class.

    Attributes:
        score: Name of the score of nonconformity.
        alpha: Share of cells whose set may miss the true class.
        class_conditional: Whether that is meant within each class.
        with_top: Whether the most probable class is in every set.
        covered: Cells whose set holds the true class.
        cells: Cells.
        coverage: covered / cells.
        expected: Central 95 % of the coverage that theory gives for as many cells and sets without
            `with_top`; None for class-conditional sets and for cells in groups.
        per_class: Class name to coverage among its cells; the value is None where it has none.
        sizes: Number of classes in a set to number of cells.
        mean_size: Mean number of classes in a set.
    """

    score: str
    alpha: float
    class_conditional: bool
    with_top: bool
    covered: int
    cells: int
    coverage: Estimate
    expected: tuple[float, float] | None
    per_class: Mapping[str, Estimate]
    sizes: Mapping[int, int]
    mean_size: float


@dataclass(frozen=True)
class AcceptanceFigures:
    """What the certified threshold does.

    Attributes:
        max_error: The error rate among accepted cells that is not to be exceeded.
        confidence: Probability that it is not.
        threshold: The threshold on the model's own confidence; None: none could be certified.
        cells: Cells.
        accepted: Cells that are accepted.
        errors: Wrong calls among them.
        coverage: accepted / cells.
        error: errors / accepted; no value where no cell is accepted.
        verdict: What was shown when the threshold was fitted, or why none could be.
    """

    max_error: float
    confidence: float
    threshold: float | None
    cells: int
    accepted: int
    errors: int
    coverage: Estimate
    error: Estimate
    verdict: str


@dataclass(frozen=True, eq=False)
class Assessment:
    """A calibration on cells that it was not fitted on.

    Attributes:
        method: Method of the calibrator.
        fitted_on: Cells that it was fitted on.
        fitted_at: When, ISO 8601.
        before: Evaluation of the model's own probabilities.
        after: Evaluation of the calibrated ones.
        changes: Path of a figure to its change.
        conformal: Coverage of the sets, where there are any.
        acceptance: The accepted cells, where acceptance was fitted.
        prior: The mix of classes that was expected; None: that of the fitting cells.
        adapted_to: How many cells the shift of their source was learned from; None: none was.
    """

    method: str
    fitted_on: int
    fitted_at: str
    before: Evaluation
    after: Evaluation
    changes: Mapping[str, Change]
    conformal: CoverageFigures | None
    acceptance: AcceptanceFigures | None
    prior: str | None = None
    adapted_to: int | None = None

    @property
    def circumstances(self) -> str:
        """What the calibration was told of these cells, to stand in a sentence; "" for nothing."""
        mix = "" if self.prior is None else f", for the expected mix {self.prior}"
        source = (
            "" if self.adapted_to is None else f", adapted to {self.adapted_to:,} unlabelled cells"
        )
        return mix + source

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values. `before` and `after` are left to the changes."""
        return {
            "method": self.method,
            "fitted_on": self.fitted_on,
            "fitted_at": self.fitted_at,
            "prior": self.prior,
            "adapted_to": self.adapted_to,
            "changes": plain(self.changes),
            "conformal": plain(self.conformal),
            "acceptance": plain(self.acceptance),
        }
