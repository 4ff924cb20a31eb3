"""Groups of cells from a table of pairs alone, as `pairs.csv` of an audit holds them."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from hemoscope.cells.splits.connected import connected
from hemoscope.csv_table import read_csv_table
from hemoscope.errors import HemoscopeError

ENDS = ("path_1", "path_2")


class PairError(HemoscopeError):
    """A table that holds no pairs, or pairs of other cells."""


def read_pairs(file: Path) -> pd.DataFrame:
    """A table of pairs from a CSV, as strings.

    Raises:
        PairError: The file is missing or no table.
    """
    try:
        return read_csv_table(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise PairError(f"{file} cannot be read as a table of pairs: {error}") from error


def groups_of_pairs(pairs: pd.DataFrame, paths: Iterable[str]) -> pd.DataFrame:
    """Puts cells that are joined by pairs into one group, every other one into its own.

    Args:
        pairs: Columns `path_1` and `path_2`.
        paths: The cells in question. Cells that only the pairs name still join others.

    Returns:
        Columns `path` and `group`, as `Audit.groups` gives.

    Raises:
        PairError: A column is missing, or no pair names any of these cells.
    """
    missing = [name for name in ENDS if name not in pairs]
    if missing:
        raise PairError(
            f"the table of pairs has no column {', '.join(missing)}; hand in the pairs.csv that "
            "`hemoscope audit --out` wrote."
        )
    ends = pairs[list(ENDS)].astype(str)
    asked = pd.Index([str(path) for path in paths]).unique()
    if len(ends) and not asked.isin(ends.to_numpy().ravel()).any():
        raise PairError(
            f"none of the {len(ends)} pairs is about these cells. Use the pairs of an audit of "
            "the same SOURCE."
        )
    known = pd.Index([*asked, *ends.to_numpy().ravel().tolist()]).unique()
    numbers = [known.get_indexer(pd.Index(ends[name])) for name in ENDS]
    of_cell = connected(len(known), list(zip(*numbers, strict=True)))
    return pd.DataFrame({"path": known, "group": [f"g{number:06d}" for number in of_cell]})
