"""An interval, and a figure together with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """The range that holds the true figure, at the stated level.

    Attributes:
        low: Lower limit.
        high: Upper limit.
        method: How it was made ("wilson", "delong-logit", "bootstrap-stratified", …);
            docs/statistics.md describes each.
        level: Nominal coverage, for example 0.95.
        resamples: Bootstrap resamples or simulation draws behind it; None for a closed form.
        seed: Seed of those draws; None for a closed form.
    """

    low: float
    high: float
    method: str
    level: float = 0.95
    resamples: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Estimate:
    """A figure, its interval, and why either is missing.

    Attributes:
        value: The figure, or None where it does not exist.
        interval: Its interval, or None.
        reason: Why the value or the interval is None; None where both exist.
    """

    value: float | None
    interval: Interval | None = None
    reason: str | None = None
