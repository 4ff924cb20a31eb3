"""Conformal prediction sets: every class that cannot be ruled out at a stated level."""

from hemoscope.calibration.conformal.coverage import coverage_distribution
from hemoscope.calibration.conformal.fit import conformalise
from hemoscope.calibration.conformal.scores import Aps, Lac, Raps, Score
from hemoscope.calibration.conformal.sets import ConformalSets

__all__ = [
    "Aps",
    "ConformalSets",
    "Lac",
    "Raps",
    "Score",
    "conformalise",
    "coverage_distribution",
]
