"""`fit_unknown`: known cells in, a score of strangeness with a threshold out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hemoscope.calibration.conformal.quantile import conformal_quantile, least_cells
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.folds import deal, one_row_per_group
from hemoscope.calibration.unknown.combined import fit_combined
from hemoscope.calibration.unknown.fitted import FittedUnknown
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.logit_measures import Energy, MaximumLogit
from hemoscope.calibration.unknown.mahalanobis import fit_mahalanobis, fit_relative_mahalanobis
from hemoscope.calibration.unknown.measure import Measure
from hemoscope.calibration.unknown.neighbours import fit_neighbours
from hemoscope.errors import UsageError

FLAG_RATE = 0.01

# Those that go by logits first: on a tie the earlier one is taken.
MEASURES: Mapping[str, Callable[[KnownCells], Measure]] = MappingProxyType(
    {
        "energy": lambda _reference: Energy(),
        "max-logit": lambda _reference: MaximumLogit(),
        "neighbours": fit_neighbours,
        "mahalanobis": fit_mahalanobis,
        "relative-mahalanobis": fit_relative_mahalanobis,
        "combined": fit_combined,
    }
)
BY_LOGITS = frozenset({"energy", "max-logit"})


def fit_unknown(
    method: str,
    known: KnownCells,
    reference: KnownCells | None = None,
    *,
    flag_rate: float = FLAG_RATE,
    seed: int = 0,
) -> FittedUnknown:
    """Fits a measure, and the lowest threshold that flags few enough known cells.

    The threshold is the k-th smallest score of n validation cells, k = ⌈(n + 1)(1 - rate)⌉, as in
    split conformal prediction: P(a new cell of the known classes is above it) ≤ rate, over the
    draw of the validation cells and the new one. The measure must not be fitted on those cells:
    without a reference, half of them is spent on it.

    Args:
        method: One of `MEASURES`.
        known: Validation cells; with groups, one random cell of each sets the threshold.
        reference: Other cells to fit the measure on, such as the training cells.
        flag_rate: In (0, 1).
        seed: Seed of the draws.

    Raises:
        UsageError: There is no such method, or the rate is out of range.
        CalibrationError: The cells lack features, are too few, or are of other classes.
    """
    if method not in MEASURES:
        raise UsageError(f"there is no method {method!r}. Choose from: {', '.join(MEASURES)}.")
    if not 0 < flag_rate < 1:
        raise UsageError(f"flag_rate is {flag_rate}; it is a share between 0 and 1, such as 0.01.")
    if method in BY_LOGITS:
        return _with_threshold(MEASURES[method](known), known, 0, flag_rate, seed)
    reference, rest = apart(known, reference, seed)
    return _with_threshold(MEASURES[method](reference), rest, len(reference), flag_rate, seed)


def apart(
    known: KnownCells, reference: KnownCells | None, seed: int
) -> tuple[KnownCells, KnownCells]:
    """Cells to fit a measure on, and cells for its threshold: no cell is both.

    Raises:
        CalibrationError: The classes differ, or there are too few cells.
    """
    if reference is not None:
        if reference.classes != known.classes:
            raise CalibrationError(
                f"the reference cells have the classes {', '.join(reference.classes)}, the "
                f"validation cells {', '.join(known.classes)}. Use tables of one model."
            )
        return reference, known
    first = deal(known.truth, known.groups, 2, seed) == 0
    return known.take(first), known.take(~first)


def _with_threshold(
    measure: Measure, known: KnownCells, reference: int, flag_rate: float, seed: int
) -> FittedUnknown:
    scores = measure.score(known.logits, known.features)
    if known.groups is not None:
        scores = scores[one_row_per_group(known.groups, seed)]
    threshold = conformal_quantile(scores, flag_rate)
    if threshold is None:
        raise CalibrationError(
            f"{len(scores):,} cells cannot show that at most {100 * flag_rate:g} % of the known "
            f"cells are flagged; it takes {least_cells(flag_rate):,}. Use more validation cells, "
            "or allow a larger rate."
        )
    return FittedUnknown(measure, threshold, flag_rate, len(scores), reference)
