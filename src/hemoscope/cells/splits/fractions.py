"""The shares of a split, checked."""

import math
from collections.abc import Mapping

from hemoscope.errors import UsageError


def check_fractions(fractions: Mapping[str, float]) -> None:
    """Makes sure that there are two or more positive shares with a sum of 1.

    Raises:
        UsageError: They are not so.
    """
    shown = ", ".join(f"{name} {share:g}" for name, share in fractions.items())
    if len(fractions) < 2 or not all(0 < share < 1 for share in fractions.values()):
        raise UsageError(
            f"the shares are {shown or 'empty'}. Give two or more, each between 0 and 1, such as "
            "train 0.7, val 0.1, test 0.2."
        )
    if not math.isclose(sum(fractions.values()), 1, abs_tol=1e-6):
        raise UsageError(f"the shares {shown} have the sum {sum(fractions.values()):g}, not 1.")
