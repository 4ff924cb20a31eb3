"""Reliability diagrams."""

import numpy as np

from hemoscope.evaluation.bins import Bins, frequencies
from hemoscope.evaluation.intervals.wilson import wilson_limits
from hemoscope.evaluation.result import ReliabilityDiagram


def reliability_diagram(bins: Bins, level: float = 0.95) -> ReliabilityDiagram:
    """Stated against observed frequency, with Wilson's limits of the observed one.

    The limits take the cells for independent; they are drawn, not tested with.
    """
    stated, observed = frequencies(bins)
    low, high = wilson_limits(bins.observed, bins.count, level)
    return ReliabilityDiagram(
        edges=bins.edges,
        count=bins.count.astype(np.int64),
        stated=stated,
        observed=observed,
        low=low,
        high=high,
    )
