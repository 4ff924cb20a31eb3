"""Every statistic, as a pure function over arrays, and `evaluate`, which gathers them.

`evaluate(predictions)` returns one typed `Evaluation`; `compare(tables)` sets several models on
the same cells side by side. docs/statistics.md defines every figure.
"""

from hemoscope.evaluation.comparison.compare import compare
from hemoscope.evaluation.dynamics import training_dynamics
from hemoscope.evaluation.errors import EvaluationError
from hemoscope.evaluation.evaluate import evaluate
from hemoscope.evaluation.hierarchy import HIERARCHIES, Hierarchy, coarse_view
from hemoscope.evaluation.result import Comparison, Estimate, Evaluation, Interval

__all__ = [
    "HIERARCHIES",
    "Comparison",
    "Estimate",
    "Evaluation",
    "EvaluationError",
    "Hierarchy",
    "Interval",
    "coarse_view",
    "compare",
    "evaluate",
    "training_dynamics",
]
