"""Groups from a file: which cells belong together (`groups.csv` of an audit)."""

from pathlib import Path

import pandas as pd

from hemoscope.cells.splits.joined_groups import joined_groups
from hemoscope.cells.table import CellTable, CellTableError
from hemoscope.csv_table import read_csv_table
from hemoscope.errors import UsageError


class NoGroupsError(CellTableError, UsageError):
    """A name under which there are no groups."""


def read_groups(file: Path) -> pd.DataFrame:
    """The columns `path` and `group` of a CSV, as strings; others are kept.

    Blanks at either end of a group do not count, as in a manifest.

    Raises:
        CellTableError: The file is missing or no such table, or puts a cell into two groups.
    """
    try:
        listed = read_csv_table(file, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise NoGroupsError(f"there is no file {file} with groups.") from error
    except (OSError, ValueError) as error:
        raise CellTableError(f"{file} cannot be read as a table of groups: {error}") from error
    if not {"path", "group"} <= set(listed.columns):
        raise CellTableError(f"{file} needs the columns path and group; it has {list(listed)}.")
    listed["group"] = listed["group"].str.strip()  # else "p1 " would be a patient beside "p1"
    _check_one_group(listed, file)
    return listed


def with_groups(table: CellTable, file: Path, column: str = "group") -> CellTable:
    """Adds the groups that a CSV names; a cell that it does not name is a group of its own.

    Where the table has groups already (patients, slides), both are joined: cells that belong
    together by either are in one group then, so that no split tears apart what the table knew.

    Args:
        table: The cells.
        file: Columns `path` (as in the table) and `group`.
        column: Name of the column to add.

    Raises:
        CellTableError: The file is missing or no such table, puts a cell into two groups,
            or names cells that are not there.
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
    groups = [group_of.get(path, f"alone:{path}") for path in table.paths]
    if table.groups is not None:
        groups = joined_groups(table.groups.tolist(), groups)
    return table.with_column(column, groups)


def _check_one_group(listed: pd.DataFrame, file: Path) -> None:
    """A cell may be named again, but in the same group."""
    different = listed.drop_duplicates(["path", "group"])
    again = different["path"].duplicated()
    if again.any():
        path = different.loc[again, "path"].iloc[0]
        first, second = different.loc[different["path"] == path, "group"].iloc[:2]
        raise CellTableError(
            f"{file} puts {path!r} into two groups, {first!r} and {second!r}. Keep the row that is "
            "right; if both are, give the two groups one name."
        )
