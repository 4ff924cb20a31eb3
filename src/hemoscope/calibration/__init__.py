"""Trust: calibrated probabilities, sets with a level, and when a person must look.

Everything is fitted on validation cells and frozen; docs/calibration.md defines it all.
"""

from hemoscope.calibration.acceptance import Acceptance, accept
from hemoscope.calibration.class_means import ClassMeans
from hemoscope.calibration.conformal import Aps, ConformalSets, Lac, Raps, conformalise
from hemoscope.calibration.differential import Confusion, Differential
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.fit import choose, fit
from hemoscope.calibration.fitted import FittedCalibrator
from hemoscope.calibration.judgement import Judgement
from hemoscope.calibration.prior import PRIORS, Prior
from hemoscope.calibration.source_shift import SourceShift
from hemoscope.calibration.store import read_trust, write_trust
from hemoscope.calibration.trust import Trust
from hemoscope.calibration.unknown import (
    FittedUnknown,
    KnownCells,
    UnknownCells,
    choose_unknown,
    fit_unknown,
)
from hemoscope.calibration.unknown_score import UnknownScore

__all__ = [
    "PRIORS",
    "Acceptance",
    "Aps",
    "CalibrationError",
    "ClassMeans",
    "ConformalSets",
    "Confusion",
    "Differential",
    "FittedCalibrator",
    "FittedUnknown",
    "Judgement",
    "KnownCells",
    "Lac",
    "Prior",
    "Raps",
    "SourceShift",
    "Trust",
    "UnknownCells",
    "UnknownScore",
    "accept",
    "choose",
    "choose_unknown",
    "conformalise",
    "fit",
    "fit_unknown",
    "read_trust",
    "write_trust",
]
