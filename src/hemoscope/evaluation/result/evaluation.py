"""`Evaluation`: everything that a labelled predictions table says about a model."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from hemoscope.evaluation.hierarchy.figures import HierarchyFigures
from hemoscope.evaluation.result.calibration import Calibration
from hemoscope.evaluation.result.classification import Average, ClassReport, Confusion, Mistakes
from hemoscope.evaluation.result.dynamics import Dynamics
from hemoscope.evaluation.result.intervals import Estimate, Interval
from hemoscope.evaluation.result.plain import plain
from hemoscope.evaluation.result.precision_recall import PrecisionRecall
from hemoscope.evaluation.result.roc import Roc
from hemoscope.evaluation.result.selection import Selective, Separation

LISTED_MISTAKES = 1000


@dataclass(frozen=True)
class Settings:
    """What the figures depend on besides the table.

    Attributes:
        bins: Calibration bins.
        level: Nominal coverage of the intervals.
        resamples: Bootstrap resamples; 0 = none were made.
        seed: Seed of the resampling.
        grouped: Whether cells of one group were resampled together.
    """

    bins: int
    level: float
    resamples: int
    seed: int
    grouped: bool


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Every statistic of one model on one set of cells.

    Figures are plain numbers, or None where they do not exist; `undefined` says why. Intervals
    stand beside them in `intervals`, keyed by the figure's path in the JSON, for example
    "accuracy" or "roc.per_class.ig.auc"; `no_interval` says why a headline figure has none.

    Attributes:
        classes: Class names, in the order of every array.
        cells: Number of cells.
        groups: Number of groups, or None without a group column.
        settings: What the figures depend on besides the table.
        accuracy: Share of cells called right.
        balanced_accuracy: Mean recall over the classes that occur.
        per_class: Class name to its row of the classification report.
        macro: Unweighted averages.
        weighted: Averages weighted by support.
        f1_sd: Standard deviation (n - 1) of F1 over classes.
        kappa: Cohen's kappa.
        mcc: Matthews' correlation, for several classes (Gorodkin's R_K).
        roc: ROC figures.
        pr: Precision-recall figures.
        calibration: Calibration figures.
        confusion: Confusion figures.
        separation: Separation of scores.
        selective: Selective classification.
        dynamics: Training dynamics, where a history was given.
        intervals: Path of a figure to its interval.
        undefined: Path of a figure that is None to the reason.
        no_interval: Path of a headline figure without interval to the reason.
        provenance: Where the predictions came from.
        hierarchy: How far the mistakes go, where the classes stand in a hierarchy.
    """

    classes: tuple[str, ...]
    cells: int
    groups: int | None
    settings: Settings
    accuracy: float
    balanced_accuracy: float
    per_class: Mapping[str, ClassReport]
    macro: Average
    weighted: Average
    f1_sd: float | None
    kappa: float | None
    mcc: float | None
    roc: Roc
    pr: PrecisionRecall
    calibration: Calibration
    confusion: Confusion
    separation: Separation
    selective: Selective
    dynamics: Dynamics | None
    intervals: Mapping[str, Interval]
    undefined: Mapping[str, str]
    no_interval: Mapping[str, str]
    provenance: Mapping[str, Any]
    hierarchy: HierarchyFigures | None = None

    def to_dict(self, *, curves: bool = True) -> dict[str, Any]:
        """Plain JSON values, under the keys of the attributes.

        The list of mistakes holds the 1,000 most confident ones; `confusion.mistakes.count`
        tells how many there are.

        Args:
            curves: Whether to keep the arrays that only plots need.
        """
        listed = replace(self, confusion=replace(self.confusion, mistakes=self._listed()))
        values: dict[str, Any] = plain(listed, curves=curves)
        columns = values["confusion"]["mistakes"]
        count = columns.pop("count")
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        values["confusion"]["mistakes"] = {"count": count, "listed": len(rows), "cells": rows}
        return values

    def _listed(self) -> Mistakes:
        mistakes = self.confusion.mistakes
        names = [f.name for f in fields(mistakes) if f.name != "count"]
        return replace(
            mistakes, **{name: getattr(mistakes, name)[:LISTED_MISTAKES] for name in names}
        )

    def estimate(self, path: str) -> Estimate:
        """The figure at a path of the JSON ("roc.per_class.ig.auc"), with its interval.

        Raises:
            KeyError: There is no figure at this path.
        """
        value = _at(self, path)
        reason = self.undefined.get(path) or self.no_interval.get(path)
        return Estimate(value, self.intervals.get(path), reason)


def _at(node: Any, path: str) -> float | None:
    """Follows a dotted path; class names may themselves hold dots, and begin with another."""
    if not path:
        return node
    if isinstance(node, Mapping):
        for key in sorted(node, key=len, reverse=True):
            if path == key or path.startswith(f"{key}."):
                return _at(node[key], path[len(key) + 1 :])
        raise KeyError(path)
    name, _, rest = path.partition(".")
    if name not in getattr(node, "__dataclass_fields__", {}):
        raise KeyError(path)
    return _at(getattr(node, name), rest)
