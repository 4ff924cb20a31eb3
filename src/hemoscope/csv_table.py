"""CSV tables whose values stand under the names that the file gives them."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

_OTHERS = {";": "semicolons", "\t": "tabs"}


def read_csv_table(file: Path, **options: Any) -> pd.DataFrame:
    """A CSV file as pandas reads it, but never with shifted or renamed columns.

    Args:
        file: UTF-8, separated by commas, with a header.
        **options: Of `pandas.read_csv`.

    Raises:
        OSError: The file cannot be opened.
        ValueError: It is no such table, a column stands in it twice, or a row is longer than the
            header; says what to mend.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        _check_commas(lines.readline())
        lines.seek(0)
        columns = check_rows(lines)
    for name in columns:
        if name and columns.count(name) > 1:  # pandas would call the second one "name.1"
            raise ValueError(f"it has the column {name!r} twice; rename or remove one.")
    return pd.read_csv(file, index_col=False, usecols=range(len(columns)), **options)


def _check_commas(header: str) -> None:
    """Refuses semicolons and tabs: commas within numbers mostly go with them."""
    other = next((name for sign, name in _OTHERS.items() if sign in header), None)
    if other is not None and "," not in header:
        raise ValueError(
            f"its columns are separated by {other}. Save it with commas between columns and points "
            "in numbers"
        )


def check_rows(lines: Iterable[str], delimiter: str = ",") -> list[str]:
    """The columns that the header names, if no row has more fields than they are.

    Of such rows pandas takes the first fields for an index, or drops the last ones, and says
    nothing. Surplus fields that are all blank do no harm: some programs end every row with them.

    Raises:
        ValueError: A row has more fields, or cannot be told from the next one; names its line.
    """
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        columns = next((row for row in rows if row), [])
        for row in rows:
            if len(row) > len(columns) and any(field.strip() for field in row[len(columns) :]):
                raise ValueError(
                    f"line {rows.line_num} has {len(row)} fields, but the header names "
                    f"{len(columns)} columns"
                )
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num}: {error}") from error
    return columns
