"""The differential count: numbers per 100 white cells, with limits that can be relied on."""

from hemoscope.calibration.differential.confusion import Confusion
from hemoscope.calibration.differential.count import LEVEL, count_cells
from hemoscope.calibration.differential.kinds import white_cells
from hemoscope.calibration.differential.result import ClassCount, Differential
from hemoscope.calibration.differential.tally import Tally

__all__ = [
    "LEVEL",
    "ClassCount",
    "Confusion",
    "Differential",
    "Tally",
    "count_cells",
    "white_cells",
]
