"""`ClassCounts`: how many cells of each class were counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.predictions import Predictions


@dataclass(frozen=True, eq=False)
class ClassCounts:
    """Counts by class.

    The intervals tell how far a share may be off because only so many cells were counted. They
    know nothing of cells that were called wrong.

    Attributes:
        classes: The C class names.
        counts: (G, C) cells of each class in each group (patient, slide or field); one row where
            there are no groups.
        grouped: Whether the rows are groups. Cells of one group are not independent.
        unknown: Cells that seem to be of none of the classes; they are not in `counts`.
    """

    classes: tuple[str, ...]
    counts: NDArray[np.int64]
    grouped: bool = False
    unknown: int = 0

    @classmethod
    def of(cls, predictions: Predictions) -> "ClassCounts":
        """The counts of a predictions table, which knows no unknown cells."""
        groups = np.zeros(len(predictions), np.intp)
        if predictions.groups is not None:
            groups = np.unique(predictions.groups.astype(str), return_inverse=True)[1]
        rows = int(groups.max(initial=0)) + 1
        counts = np.zeros((rows, len(predictions.classes)), np.int64)
        np.add.at(counts, (groups, predictions.predicted), 1)
        return cls(predictions.classes, counts, predictions.groups is not None)

    @classmethod
    def counted(
        cls, classes: Sequence[str], called: Mapping[tuple[str, str], int], unknown: int
    ) -> "ClassCounts":
        """The counts of cells called by (group, class); group "" for all without groups."""
        groups = sorted({group for group, _ in called}) or [""]
        counts = np.array([[called.get((g, c), 0) for c in classes] for g in groups], np.int64)
        return cls(tuple(classes), counts, groups != [""], unknown)

    @property
    def cells(self) -> int:
        """How many cells were counted."""
        return int(self.counts.sum())

    def records(self) -> list[dict[str, Any]]:
        """One entry a class: `class`, `cells`, `share` (of all counted, in [0, 1])."""
        counted = self.counts.sum(0).tolist()
        return [
            {"class": name, "cells": number, "share": number / max(1, self.cells)}
            for name, number in zip(self.classes, counted, strict=True)
        ]

    def limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ends of the 95 % intervals of the shares, each (C,); nan where nothing was counted.

        Wilson's; where there are groups, with cells of one group dependent.
        """
        from hemoscope.evaluation.intervals.wilson import (  # noqa: PLC0415 (scipy.stats is slow to load)
            clustered_wilson_limits,
            wilson_limits,
        )

        totals = self.counts.sum(1)
        if not self.grouped or not self.cells:
            counted = self.counts.sum(0)
            return wilson_limits(counted, np.full(len(counted), self.cells))
        groups = np.arange(len(totals))
        pairs = [clustered_wilson_limits(column, totals, groups) for column in self.counts.T]
        low, high = zip(*pairs, strict=True)
        return np.array(low), np.array(high)
