"""Plates: one kind of figure for several models side by side."""

from hemoscope.reports.plots.plates.confusion import ConfusionPlate
from hemoscope.reports.plots.plates.curves import PrecisionRecallPlate, RocPlate
from hemoscope.reports.plots.plates.history import HistoryPlate
from hemoscope.reports.plots.plates.reliability import ClassReliabilityPlate, ReliabilityPlate

__all__ = [
    "ClassReliabilityPlate",
    "ConfusionPlate",
    "HistoryPlate",
    "PrecisionRecallPlate",
    "ReliabilityPlate",
    "RocPlate",
]
