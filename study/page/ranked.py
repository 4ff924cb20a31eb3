"""Two runs on the same cells: what McNemar's and DeLong's tests need, computed once a run."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from hemoscope.evaluation.arrays import Array, Flags, Indices
from hemoscope.evaluation.comparison.mcnemar import mcnemar_test
from hemoscope.evaluation.comparison.pairs import influences
from hemoscope.evaluation.delong import delong_test
from hemoscope.evaluation.ranking import rank
from hemoscope.evaluation.roc import roc_auc
from hemoscope.evaluation.scored import Scored
from hemoscope.predictions import Predictions


class Pair(NamedTuple):
    """One planned pair on one seed, before the correction.

    Attributes:
        accuracy: first - second, in [-1, 1].
        mcnemar: Two-sided p.
        auc: first - second of the macro AUC; None where it has none.
        delong: Two-sided p; None where the variance is 0.
    """

    accuracy: float
    mcnemar: float
    auc: float | None
    delong: float | None


@dataclass(frozen=True, eq=False)
class Ranked:
    """What the tests need of one run.

    Attributes:
        right: (n,) whether each cell was called right.
        auc: Macro AUC; None where a class has too few cells.
        influence: (n,) of each cell on it; None likewise.
        groups: (n,) group of each cell, or None.
    """

    right: Flags
    auc: float | None
    influence: Array | None
    groups: Indices | None

    @classmethod
    def of(cls, table: Predictions) -> Self:
        """Ranks the cells of a labelled table."""
        scored = Scored.of(table)
        known = influences(scored)
        if len(known) < len(scored.classes):
            return cls(scored.right, None, None, scored.groups)
        areas = [
            float(roc_auc(*rank(scored.truth == c, scored.probabilities[:, c]).counts()))
            for c in range(len(scored.classes))
        ]
        influence = np.mean(list(known.values()), axis=0)
        return cls(scored.right, float(np.mean(areas)), influence, scored.groups)


def pair_of(first: Ranked, second: Ranked) -> Pair:
    """McNemar's test of the accuracies and DeLong's of the macro AUCs, on the same cells.

    As `hemoscope compare` makes them, without everything else that it computes.

    Args:
        first: A run.
        second: Another one, its cells in the same order.
    """
    one = int((first.right & ~second.right).sum())
    other = int((second.right & ~first.right).sum())
    gain, p = (one - other) / len(first.right), mcnemar_test(one, other).p
    if first.auc is None or second.auc is None:
        return Pair(gain, p, None, None)
    if first.influence is None or second.influence is None:
        return Pair(gain, p, None, None)
    difference = first.auc - second.auc
    test = delong_test(difference, first.influence, second.influence, first.groups)
    return Pair(gain, p, difference, None if np.isnan(test.p) else test.p)
