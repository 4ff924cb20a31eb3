"""Groups from a file: which cells belong together (`groups.csv` of an audit)."""

from pathlib import Path

import pandas as pd

from hemoscope.cells.table import CellTable, CellTableError


def read_groups(file: Path) -> pd.DataFrame:
    """The columns `path` and `group` of a CSV, as strings; others are kept.

    Raises:
        CellTableError: The file is missing or no such table.
    """
    try:
        listed = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise CellTableError(f"{file} cannot be read as a table of groups: {error}") from error
    if not {"path", "group"} <= set(listed.columns):
        raise CellTableError(f"{file} needs the columns path and group; it has {list(listed)}.")
    return listed


def with_groups(table: CellTable, file: Path, column: str = "group") -> CellTable:
    """Adds the groups that a CSV names; a cell that it does not name is a group of its own.

    Args:
        table: The cells.
        file: Columns `path` (as in the table) and `group`.
        column: Name of the column to add.

    Raises:
        CellTableError: The file is missing or no such table, or names cells that are not there.
    """
    listed = read_groups(file)
    group_of = dict(zip(listed["path"], listed["group"], strict=True))
    unknown = sorted(set(group_of) - set(table.paths))
    if unknown:
        raise CellTableError(
            f"{file} names {len(unknown)} cells that SOURCE does not have, the first is "
            f"{unknown[0]!r}. Paths have to stand there as `hemoscope cells` reads them."
        )
    # The prefix keeps a lone cell's group apart from any name in the file.
    return table.with_column(column, [group_of.get(path, f"alone:{path}") for path in table.paths])
