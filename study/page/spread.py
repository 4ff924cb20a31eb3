"""A figure over the seeds of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from study.markdown import NOTHING, limits, number
from study.page.runs import RunResult


@dataclass(frozen=True)
class Spread:
    """Mean and spread.

    Attributes:
        values: One a seed.
        interval: The 95 % interval over cells, where there is one seed and it has one.
    """

    values: tuple[float, ...]
    interval: tuple[float, float] | None = None

    @classmethod
    def of(cls, runs: Sequence[RunResult], path: str) -> Self:
        """Of a figure at a path of test.json; empty where some seed lacks it."""
        found = [run.figure(path) for run in runs]
        values = tuple(value for value in found if value is not None)
        if len(values) < len(found):
            return cls(())
        return cls(values, runs[0].interval(path) if len(runs) == 1 else None)

    @property
    def mean(self) -> float | None:
        """Mean over seeds."""
        return float(np.mean(self.values)) if self.values else None

    @property
    def sd(self) -> float | None:
        """Standard deviation (n - 1) over seeds; None for one."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else None

    def show(self, form: str = "{:.4f}", *, scale: float = 1) -> str:
        """`mean ± SD` of several seeds, `value (low to high)` of one."""
        if self.mean is None:
            return NOTHING
        said = number(self.mean, form, scale=scale)
        if self.sd is not None:
            return f"{said} ± {number(self.sd, form, scale=scale)}"
        if self.interval is None:
            return said
        return f"{said} ({limits(self.interval, form, scale=scale)})"
