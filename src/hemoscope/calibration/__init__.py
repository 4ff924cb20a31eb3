"""Trust: calibrated probabilities, sets with a level, and when a person must look.

Everything is fitted on validation cells and frozen; docs/calibration.md defines it all.
"""

from hemoscope.calibration.acceptance import Acceptance, accept
from hemoscope.calibration.conformal import Aps, ConformalSets, Lac, Raps, conformalise
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.fit import choose, fit
from hemoscope.calibration.fitted import FittedCalibrator

__all__ = [
    "Acceptance",
    "Aps",
    "CalibrationError",
    "ConformalSets",
    "FittedCalibrator",
    "Lac",
    "Raps",
    "accept",
    "choose",
    "conformalise",
    "fit",
]
