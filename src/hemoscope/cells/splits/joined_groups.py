"""Groups of two kinds joined: what belongs together by either stays together."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hemoscope.cells.splits.connected import connected


def joined_groups(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The connected parts of two ways to group the same n cells.

    Args:
        first: (n,) groups of one kind, such as patients; "" for a cell that has none.
        second: (n,) groups of another kind, such as fields of view.

    Returns:
        (n,) names. A part is called by its first group of the first kind, in the order of names,
        and tells how many more it holds ("p1 and 2 more"); without such a group by its first one of
        the second kind.
    """
    own = pd.Series(first, dtype=object)
    ones, _ = pd.factorize(own.where(own != "", [f"\0{row}" for row in range(len(own))]))
    others, _ = pd.factorize(pd.Series(second, dtype=object))
    pairs = np.column_stack([ones, len(own) + others])
    part = pd.Series(connected(2 * len(own), pairs)[ones])
    names = {
        number: _name(set(own[rows]) - {""}, set(pd.Series(second)[rows]))
        for number, rows in part.groupby(part).groups.items()
    }
    return [names[number] for number in part]


def _name(own: set[str], others: set[str]) -> str:
    named = sorted(own) or sorted(others)
    return named[0] if len(named) == 1 or not own else f"{named[0]} and {len(named) - 1} more"
