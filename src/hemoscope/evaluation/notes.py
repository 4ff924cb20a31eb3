"""`Notes`: intervals and reasons, collected while an evaluation is put together."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.evaluation.result import Interval, Settings


@dataclass(frozen=True)
class Notes:
    """Grows as the sections are built; ends up in the `Evaluation`.

    Attributes:
        settings: Level, resamples and seed that intervals are labelled with.
        intervals: Path to interval.
        undefined: Path of a figure that does not exist to the reason.
        no_interval: Path of a headline figure without interval to the reason.
    """

    settings: Settings
    intervals: dict[str, Interval] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)
    no_interval: dict[str, str] = field(default_factory=dict)

    def number(self, path: str, value: ArrayLike | None, reason: str) -> float | None:
        """The value as a float; where it is nan or infinite, None, and the reason is kept."""
        if value is None or not np.isfinite(number := float(np.asarray(value))):
            self.undefined[path] = reason
            return None
        return number

    def interval(
        self, path: str, limits: tuple[float, float] | str, method: str, *, drawn: int = 0
    ) -> None:
        """Keeps an interval, or the reason why there is none.

        Args:
            path: The figure.
            limits: (low, high), or a reason.
            method: Name of the method.
            drawn: Number of random draws behind it; 0 for a closed form.
        """
        if isinstance(limits, str):
            self.no_interval[path] = limits
            return
        if not np.isfinite(limits).all():
            self.no_interval[path] = "there are too few cells or groups for an interval"
            return
        self.intervals[path] = Interval(
            low=float(limits[0]),
            high=float(limits[1]),
            method=method,
            level=self.settings.level,
            resamples=drawn or None,
            seed=self.settings.seed if drawn else None,
        )
