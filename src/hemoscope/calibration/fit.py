"""`fit` a calibrator, or `choose` one: validation predictions in, a `FittedCalibrator` out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from hemoscope.calibration.arrays import Array, Indices, scores_of
from hemoscope.calibration.calibrators import FITTERS
from hemoscope.calibration.cross_validation import figures, held_out, losses, standard_error
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.fitted import Candidate, FittedCalibrator
from hemoscope.calibration.folds import deal, group_indices
from hemoscope.cell_set import CellSet
from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions

FOLDS = 10


def fit(
    predictions: Predictions, method: str, *, folds: int = FOLDS, seed: int = 0
) -> FittedCalibrator:
    """Fits one method on all cells, and judges it by cross-validation.

    Args:
        predictions: Cells that the model was not trained on, with labels. With groups, the cells
            of a group stay in one fold.
        method: "none", "temperature", "class-temperature" or "isotonic".
        folds: Number of folds, at least 2.
        seed: Seed of the folds.

    Raises:
        UsageError: There is no such method.
        PredictionsError: The table has no labels.
        CalibrationError: The cells do not suffice for the method, or are calibrated already.
    """
    if method not in FITTERS:
        raise UsageError(f"there is no method {method!r}. Choose from: {', '.join(FITTERS)}.")
    logits, truth = scores_of(predictions), predictions.truth()
    groups = group_indices(predictions)
    part = deal(truth, groups, folds, seed)
    fitter = FITTERS[method]
    return FittedCalibrator(
        calibrator=fitter(logits, truth),
        classes=predictions.classes,
        fitted_cells=CellSet.of(predictions),
        cells=len(truth),
        groups=None if groups is None else int(groups.max()) + 1,
        fitted_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        folds=folds,
        before=figures(FITTERS["none"](logits, truth).probabilities(logits), truth),
        after=figures(held_out(fitter, logits, truth, part), truth),
    )


def choose(predictions: Predictions, *, folds: int = FOLDS, seed: int = 0) -> FittedCalibrator:
    """Fits the method that predicts cells it has not seen best.

    The lowest cross-validated negative log-likelihood wins, unless a simpler method is behind it
    by no more than one standard error (of the mean paired difference over cells, or over groups).
    The order of simplicity is that of `FITTERS`.

    Args:
        predictions: As for `fit`.
        folds: Number of folds, at least 2; the same for all methods.
        seed: Seed of the folds.

    Raises:
        PredictionsError: The table has no labels.
        CalibrationError: There are too few cells, or they are calibrated already.
    """
    logits, truth = scores_of(predictions), predictions.truth()
    groups = group_indices(predictions)
    part = deal(truth, groups, folds, seed)
    tried = {name: _held_out_losses(name, logits, truth, part) for name in FITTERS}
    fallen = {name: reason for name, reason in tried.items() if isinstance(reason, str)}
    known = {name: loss for name, loss in tried.items() if not isinstance(loss, str)}
    candidates = _compare(known, groups)
    chosen = next(n for n, c in candidates.items() if _within_reach(c))
    fitted = fit(predictions, chosen, folds=folds, seed=seed)
    reasons = {name: Candidate(None, reason=reason) for name, reason in fallen.items()}
    return replace(fitted, candidates={**candidates, **reasons})


def _held_out_losses(name: str, logits: Array, truth: Indices, part: Indices) -> Array | str:
    """(n,) losses of a method, or why it cannot be fitted."""
    fitter = FITTERS[name]
    try:
        fitter(logits, truth)
        return losses(held_out(fitter, logits, truth, part), truth)
    except CalibrationError as error:
        return str(error)


def _compare(known: Mapping[str, Array], groups: Indices | None) -> dict[str, Candidate]:
    best = min(known.values(), key=lambda loss: float(loss.mean()))
    return {
        name: Candidate(
            nll=float(loss.mean()),
            behind=float((loss - best).mean()),
            standard_error=standard_error(loss - best, groups),
        )
        for name, loss in known.items()
    }


def _within_reach(candidate: Candidate) -> bool:
    behind, error = candidate.behind, candidate.standard_error
    return behind is not None and error is not None and behind <= error
