"""`compare_methods`: every method in every trial; `choose_unknown` takes the best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.unknown.fit import BY_LOGITS, FLAG_RATE, MEASURES, apart, fit_unknown
from hemoscope.calibration.unknown.fitted import FittedUnknown, MethodFigures
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.trials import (
    Trial,
    UnknownCells,
    leave_one_class_out,
    outside_trials,
)


@dataclass(frozen=True)
class TrialResult:
    """How a method did in a trial.

    Attributes:
        method: The method.
        trial: What was unknown.
        unknown: Unknown cells.
        known: Known cells that they were told apart from.
        auroc: P(an unknown cell scores higher than a known one), ties half.
        flagged: Share of the unknown cells above the threshold.
    """

    method: str
    trial: str
    unknown: int
    known: int
    auroc: float
    flagged: float


@dataclass(frozen=True)
class UnknownComparison:
    """All methods in all trials.

    Attributes:
        flag_rate: The rate of known cells that the thresholds were set for.
        results: One for each method and trial.
    """

    flag_rate: float
    results: tuple[TrialResult, ...]

    def frame(self) -> pd.DataFrame:
        """One row a method and trial."""
        return pd.DataFrame([vars(result) for result in self.results])

    def means(self) -> dict[str, MethodFigures]:
        """Each method's means over the trials, in the order of `MEASURES`."""
        by_method: dict[str, list[TrialResult]] = {}
        for result in self.results:
            by_method.setdefault(result.method, []).append(result)
        return {
            method: MethodFigures(
                auroc=float(np.mean([r.auroc for r in found])),
                flagged=float(np.mean([r.flagged for r in found])),
                trials=len(found),
            )
            for method, found in by_method.items()
        }

    def best(self) -> str:
        """The method of the highest mean AUROC; on a tie the earlier one."""
        means = self.means()
        return max(means, key=lambda method: means[method].auroc)


def compare_methods(
    trials: Iterable[Trial],
    methods: Sequence[str] | None = None,
    *,
    flag_rate: float = FLAG_RATE,
    seed: int = 0,
) -> UnknownComparison:
    """Asks every method in every trial. Known cells in it were not used to fit the measure.

    Args:
        trials: Such as those of `leave_one_class_out`.
        methods: Of `MEASURES`; by default all that the cells of every trial allow: where some
            have no features, those that go by logits. A mean is over the same trials for each.
        flag_rate: Share of known cells that may be flagged, in (0, 1).
        seed: Seed of the draws.

    Raises:
        UsageError: A method does not exist, or the rate is out of range.
        CalibrationError: The cells do not suffice.
    """
    trials = list(trials)
    bare = any(cells.features is None for trial in trials for cells in (trial.known, trial.unknown))
    asked = methods or [method for method in MEASURES if not bare or method in BY_LOGITS]
    results = [_ask(method, trial, flag_rate, seed) for trial in trials for method in asked]
    if not results:
        raise CalibrationError("there is no trial to compare methods in.")
    return UnknownComparison(flag_rate, tuple(results))


def choose_unknown(
    known: KnownCells,
    reference: KnownCells | None = None,
    outside: Mapping[str, UnknownCells] | None = None,
    *,
    flag_rate: float = FLAG_RATE,
    seed: int = 0,
) -> tuple[FittedUnknown, UnknownComparison]:
    """Fits the method of the highest mean AUROC.

    The mean is over one trial for each class that is left out, and one for each set from outside.

    Args:
        known: Validation cells.
        reference: Other cells to fit measures on.
        outside: Cells of none of the classes, by name.
        flag_rate: Share of known cells that may be flagged, in (0, 1).
        seed: Seed of the draws.

    Raises:
        UsageError: The rate is out of range.
        CalibrationError: The cells do not suffice.
    """
    trials = [
        *leave_one_class_out(known, reference),
        *outside_trials(known, reference, outside or {}),
    ]
    compared = compare_methods(trials, flag_rate=flag_rate, seed=seed)
    fitted = fit_unknown(compared.best(), known, reference, flag_rate=flag_rate, seed=seed)
    return replace(fitted, compared=compared.means()), compared


def _ask(method: str, trial: Trial, flag_rate: float, seed: int) -> TrialResult:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 (reading a calibration needs none of it)

    fitted = fit_unknown(method, trial.known, trial.reference, flag_rate=flag_rate, seed=seed)
    known = trial.known
    if method not in BY_LOGITS:
        known = apart(trial.known, trial.reference, seed)[1]
    usual = fitted.score(known.logits, known.features)
    strange = fitted.score(trial.unknown.logits, trial.unknown.features)
    is_strange = np.repeat([False, True], [len(usual), len(strange)])
    return TrialResult(
        method=method,
        trial=trial.name,
        unknown=len(strange),
        known=len(usual),
        auroc=float(roc_auc_score(is_strange, np.concatenate([usual, strange]))),
        flagged=float((strange > fitted.threshold).mean()),
    )
