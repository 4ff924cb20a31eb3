"""Numbers as the explanations write them."""

from fractions import Fraction

from hemoscope.claims.interval import Interval


def number(value: Fraction | float, digits: int) -> str:
    """A number with that many decimals, and commas between thousands."""
    return f"{float(value):,.{digits}f}"


def span(values: Interval, digits: int) -> str:
    """An interval as `low to high`, or one number where the ends look the same."""
    low, high = number(values.low, digits), number(values.high, digits)
    return low if low == high else f"{low} to {high}"


def share(value: Fraction | float, digits: int = 2) -> str:
    """A fraction as a percentage."""
    return f"{number(100 * value, digits)} %"


def classes(names: list[int]) -> str:
    """`class 1`, or `classes 1, 4 and 7`."""
    if len(names) == 1:
        return f"class {names[0]}"
    return f"classes {', '.join(map(str, names[:-1]))} and {names[-1]}"
