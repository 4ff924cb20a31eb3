"""How numbers are written in reports."""

import math

from hemoscope.evaluation.result import Estimate, Interval

NOT_DEFINED = "–"


def fixed(value: float | None, digits: int = 4) -> str:
    """A figure with a fixed number of decimals; a dash where there is none.

    A share that is not exactly 0 or 1 is never rounded to it.
    """
    if value is None or math.isnan(value):
        return NOT_DEFINED
    step = 10.0**-digits
    if 1 - step / 2 <= value < 1:
        return f"> {1 - step:.{digits}f}"
    if 0 < value < step / 2:
        return f"< {step:.{digits}f}"
    return f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 2) -> str:
    """A share in percent. What is not exactly 0 or 1 is never rounded to 0 % or 100 %."""
    if value is None or math.isnan(value):
        return NOT_DEFINED
    step = 10.0**-digits
    if 100 - step / 2 <= 100 * value < 100:
        return f"> {100 - step:.{digits}f} %"
    if 0 < 100 * value < step / 2:
        return f"< {step:.{digits}f} %"
    return f"{100 * value:.{digits}f} %"


def count(value: int) -> str:
    """A whole number with thousands set apart."""
    return f"{value:,}"


def cells(number: int) -> str:
    """`1 cell`, `2 cells`."""
    return f"{count(number)} cell{'' if number == 1 else 's'}"


def fixed_range(interval: Interval | None, digits: int = 4) -> str:
    """`0.9716 to 0.9812`, or nothing."""
    return "" if interval is None else f"{interval.low:.{digits}f} to {interval.high:.{digits}f}"


def percent_range(interval: Interval | None, digits: int = 2) -> str:
    """`97.16 to 98.12 %`, or nothing."""
    if interval is None:
        return ""
    return f"{100 * interval.low:.{digits}f} to {100 * interval.high:.{digits}f} %"


def interval_name(level: float) -> str:
    """`95 % interval`."""
    return f"{100 * level:g} % interval"


def with_range(estimate: Estimate, digits: int = 4) -> str:
    """A figure with its interval in brackets, where there is one."""
    told = fixed_range(estimate.interval, digits)
    value = fixed(estimate.value, digits)
    return f"{value} ({told})" if told and value != NOT_DEFINED else value


def p_value(value: float | None) -> str:
    """A p-value to two significant digits; below 0.0001 only that."""
    if value is None:
        return NOT_DEFINED
    return "< 0.0001" if value < 0.0001 else f"{value:.2g}"
