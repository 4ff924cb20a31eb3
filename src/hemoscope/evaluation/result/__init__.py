"""What `evaluate` and `compare` return: typed, frozen, and writable as JSON."""

from hemoscope.evaluation.result.calibration import (
    Brier,
    BrierFigures,
    Calibration,
    ClassCalibration,
    Confidence,
    ConfidenceHistogram,
    ReliabilityDiagram,
    Sharpness,
)
from hemoscope.evaluation.result.classification import (
    Average,
    ClassReport,
    ConfusedPair,
    Confusion,
    Mistakes,
)
from hemoscope.evaluation.result.comparison import (
    AccuracyRow,
    Comparison,
    DelongResult,
    Difference,
    McNemar,
    PairComparison,
    SeedSpread,
    TrainingRow,
)
from hemoscope.evaluation.result.dynamics import ConvergenceEfficiency, Dynamics, LossChange
from hemoscope.evaluation.result.evaluation import Evaluation, Settings
from hemoscope.evaluation.result.intervals import Estimate, Interval
from hemoscope.evaluation.result.plain import plain
from hemoscope.evaluation.result.precision_recall import (
    OperatingPoint,
    PrCurve,
    PrecisionRecall,
    PrevalenceCurve,
    PrFigures,
    ThresholdRange,
)
from hemoscope.evaluation.result.roc import Roc, RocCurve, RocFigures
from hemoscope.evaluation.result.selection import (
    ClassSeparation,
    RiskCoverageCurve,
    ScoreHistogram,
    Selective,
    Separation,
)

__all__ = [
    "AccuracyRow",
    "Average",
    "Brier",
    "BrierFigures",
    "Calibration",
    "ClassCalibration",
    "ClassReport",
    "ClassSeparation",
    "Comparison",
    "Confidence",
    "ConfidenceHistogram",
    "ConfusedPair",
    "Confusion",
    "ConvergenceEfficiency",
    "DelongResult",
    "Difference",
    "Dynamics",
    "Estimate",
    "Evaluation",
    "Interval",
    "LossChange",
    "McNemar",
    "Mistakes",
    "OperatingPoint",
    "PairComparison",
    "PrCurve",
    "PrFigures",
    "PrecisionRecall",
    "PrevalenceCurve",
    "ReliabilityDiagram",
    "RiskCoverageCurve",
    "Roc",
    "RocCurve",
    "RocFigures",
    "ScoreHistogram",
    "SeedSpread",
    "Selective",
    "Separation",
    "Settings",
    "Sharpness",
    "ThresholdRange",
    "TrainingRow",
    "plain",
]
