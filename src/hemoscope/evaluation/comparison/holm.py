"""Holm's correction for several tests."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down adjusted p-values (1979), in the order given.

    Args:
        p_values: None for a test that could not be made; it stays None and does not count.
    """
    made = [i for i, p in enumerate(p_values) if p is not None]
    values = np.array([p_values[i] for i in made], dtype=np.float64)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted: list[float | None] = [None] * len(p_values)
    for place, p in zip(order, np.minimum(stepped, 1), strict=True):
        adjusted[made[place]] = float(p)
    return adjusted
