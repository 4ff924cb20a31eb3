"""`assess`: a `Trust` and labelled cells in, what it does there out."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hemoscope.calibration.arrays import Flags, Indices
from hemoscope.calibration.assessment.proportions import share
from hemoscope.calibration.assessment.result import (
    AcceptanceFigures,
    Assessment,
    Change,
    CoverageFigures,
)
from hemoscope.calibration.conformal import ConformalSets, coverage_distribution
from hemoscope.calibration.conformal.quantile import conformal_rank
from hemoscope.calibration.folds import group_indices
from hemoscope.calibration.trust import Trust
from hemoscope.cell_set import refuse_fitted_cells
from hemoscope.evaluation import Comparison, Estimate, Hierarchy, compare
from hemoscope.evaluation.evaluate import BINS, RESAMPLES
from hemoscope.predictions import Predictions

BEFORE, AFTER = "before", "after"
CHANGES = (
    "accuracy",
    "calibration.ece",
    "calibration.adaptive_ece",
    "calibration.classwise_ece",
    "calibration.nll",
    "calibration.brier.sum.score",
)


def assess(  # noqa: PLR0913 (the options of `evaluate`, and features)
    trust: Trust,
    predictions: Predictions,
    *,
    features: ArrayLike | None = None,
    bins: int = BINS,
    resamples: int = RESAMPLES,
    seed: int = 0,
    history: pd.DataFrame | None = None,
    allow_fitted_cells: bool = False,
    hierarchy: Hierarchy | Literal["auto"] | None = "auto",
) -> Assessment:
    """Applies a calibration to labelled cells, and measures it before and after.

    Args:
        trust: What was fitted on other cells.
        predictions: Labelled, as the model wrote them.
        features: (n, F) of these cells, where the score for unknown cells goes by them.
        bins: Calibration bins.
        resamples: Bootstrap resamples, the same ones before and after; 0 for none.
        seed: Seed of the resampling.
        history: A training run's history, for the evaluation afterwards.
        allow_fitted_cells: Whether cells that the calibration was fitted on may be among these.
        hierarchy: The tree in which the classes stand, as for `evaluate`.

    Raises:
        HierarchyError: The classes do not stand in the hierarchy that was asked for.
        PredictionsError: The table has no labels.
        CalibrationError: The classes differ, the table is calibrated already, or features are
            needed and missing.
        FittedCellsError: Cells are among these that the calibration was fitted on.
        EvaluationError: The table has no cells.
    """
    calibrated = trust.apply(predictions)
    if not allow_fitted_cells:
        refuse_fitted_cells(calibrated)
    compared = compare(
        {BEFORE: predictions, AFTER: calibrated},
        histories=None if history is None else {AFTER: history},
        bins=bins,
        resamples=resamples,
        seed=seed,
        hierarchy=hierarchy,
        allow_fitted_cells=True,  # refused above, where they are
    )
    judged = trust.judge(trust.logits_of(predictions), features)
    groups = group_indices(predictions)
    wrong = judged.predicted != predictions.truth()
    level = compared.settings.level
    return Assessment(
        method=trust.calibrator.method,
        fitted_on=trust.calibrator.cells,
        fitted_at=trust.calibrator.fitted_at,
        before=compared.evaluations[BEFORE],
        after=compared.evaluations[AFTER],
        changes={path: _change(path, compared) for path in CHANGES},
        conformal=None
        if trust.conformal is None or judged.sets is None
        else _coverage(trust.conformal, judged.sets, predictions, groups, level),
        acceptance=_accepted(trust, judged.accepted, wrong, groups, level),
        prior=None if trust.prior is None else trust.prior.name,
        adapted_to=None if trust.shift is None else trust.shift.cells,
    )


def _change(path: str, compared: Comparison) -> Change:
    before, after = (compared.evaluations[name].estimate(path) for name in (BEFORE, AFTER))
    known = before.value is not None and after.value is not None
    found = compared.pairs[0].differences.get(path)  # before - after; none without resamples
    interval = None if found is None else found.interval
    return Change(
        before=before,
        after=after,
        difference=after.value - before.value if known else None,  # type: ignore[operator]
        interval=None
        if interval is None
        else replace(interval, low=0.0 - interval.high, high=0.0 - interval.low),
    )


def _coverage(
    sets: ConformalSets,
    chosen: Flags,
    predictions: Predictions,
    groups: Indices | None,
    level: float,
) -> CoverageFigures:
    truth, cells = predictions.truth(), len(predictions)
    held = chosen[np.arange(cells), truth]
    everywhere = np.ones(cells, bool)
    size = chosen.sum(1)
    counts = np.bincount(size)
    return CoverageFigures(
        score=sets.score.name,
        alpha=sets.alpha,
        class_conditional=sets.class_conditional,
        with_top=sets.with_top,
        covered=int(held.sum()),
        cells=cells,
        coverage=share(held, everywhere, groups, level=level, reason="there are no cells"),
        expected=None if groups is not None else _expected(sets, cells),
        per_class={
            name: share(held, truth == c, groups, level=level, reason="no cell is of this class")
            for c, name in enumerate(predictions.classes)
        },
        sizes={int(k): int(counts[k]) for k in np.flatnonzero(counts)},
        mean_size=float(size.mean()),
    )


def _expected(sets: ConformalSets, tested: int) -> tuple[float, float] | None:
    """Central 95 % of the coverage of marginal sets, as a share."""
    fitted = sets.cells[0]
    if sets.class_conditional or conformal_rank(fitted, sets.alpha) > fitted:
        return None
    low, high = coverage_distribution(fitted, tested, sets.alpha).ppf([0.025, 0.975])
    return float(low / tested), float(high / tested)


def _accepted(
    trust: Trust, accepted: Flags, wrong: Flags, groups: Indices | None, level: float
) -> AcceptanceFigures | None:
    fitted = trust.acceptance
    if fitted is None:
        return None
    everywhere = np.ones(len(accepted), bool)
    coverage: Estimate = share(accepted, everywhere, groups, level=level, reason="no cells")
    return AcceptanceFigures(
        max_error=fitted.max_error,
        confidence=fitted.confidence,
        threshold=fitted.threshold,
        cells=len(accepted),
        accepted=int(accepted.sum()),
        errors=int((wrong & accepted).sum()),
        coverage=coverage,
        error=share(wrong, accepted, groups, level=level, reason="no cell is accepted"),
        verdict=fitted.describe(),
    )
