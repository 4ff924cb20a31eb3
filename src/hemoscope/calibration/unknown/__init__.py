"""Cells of none of the classes: scores of strangeness, their threshold, and their comparison."""

from hemoscope.calibration.unknown.compare import (
    TrialResult,
    UnknownComparison,
    choose_unknown,
    compare_methods,
)
from hemoscope.calibration.unknown.fit import FLAG_RATE, MEASURES, fit_unknown
from hemoscope.calibration.unknown.fitted import FittedUnknown, MethodFigures
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.read import read_unknown
from hemoscope.calibration.unknown.tables import (
    check_other_cells,
    check_same_model,
    known_from_table,
    unknown_from_table,
)
from hemoscope.calibration.unknown.trials import (
    Trial,
    UnknownCells,
    leave_one_class_out,
    outside_trials,
)

__all__ = [
    "FLAG_RATE",
    "MEASURES",
    "FittedUnknown",
    "KnownCells",
    "MethodFigures",
    "Trial",
    "TrialResult",
    "UnknownCells",
    "UnknownComparison",
    "check_other_cells",
    "check_same_model",
    "choose_unknown",
    "compare_methods",
    "fit_unknown",
    "known_from_table",
    "leave_one_class_out",
    "outside_trials",
    "read_unknown",
    "unknown_from_table",
]
