"""`CellTable`: the one way in which data reaches a model."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hemoscope.errors import HemoscopeError, UsageError

RESERVED = ("path", "label", "group", "mask")


class CellTableError(HemoscopeError):
    """A table of cells that cannot be used as asked."""


class SelectionError(CellTableError, UsageError):
    """A column, or a value in it, was asked for that the table does not have."""


@dataclass(frozen=True, eq=False)
class CellTable:
    """Cells, one a row, none of them read yet.

    Attributes:
        frame: Columns `path` (unique strings, "/" between folders, as they stand in reports and
            predictions), and where known `label`, `group` (patient, slide or field), `mask`;
            every further column is the user's own, split columns among them. Index 0 … n-1.
        root: The folder that `path` and `mask` are relative to.
        arrays: For cells that stand in an array file and not in image files: the path of a cell
            to its pixels, (h, w) or (h, w, 3) uint8. Empty otherwise.
        ignored: Files of the source that were passed over, with the reason.

    Nothing changes a table: each method gives a new one.
    """

    frame: pd.DataFrame
    root: Path
    arrays: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        duplicated = self.frame["path"].duplicated()
        if duplicated.any():
            path = self.frame.loc[duplicated, "path"].iloc[0]
            raise CellTableError(
                f"{path!r} stands in the table more than once. Each cell may stand there once; "
                "remove the repeated rows."
            )

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def paths(self) -> NDArray[np.object_]:
        """(n,) cell names."""
        return self.frame["path"].to_numpy(dtype=object)

    @property
    def labels(self) -> NDArray[np.object_] | None:
        """(n,) true class names, or None for a table without labels."""
        return self._column("label")

    @property
    def groups(self) -> NDArray[np.object_] | None:
        """(n,) group names, or None."""
        return self._column("group")

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that occur, sorted by name; empty for a table without labels."""
        return () if self.labels is None else tuple(sorted(set(self.labels) - {""}))

    def _column(self, name: str) -> NDArray[np.object_] | None:
        return self.frame[name].to_numpy(dtype=object) if name in self.frame else None

    def answers(self, column: str) -> NDArray[np.object_]:
        """(n,) the strings of a further column of labels; "" where nobody knows.

        Raises:
            SelectionError: There is no such column.
        """
        self.check_column(column)
        return self.frame[column].fillna("").astype(str).str.strip().to_numpy(dtype=object)

    def file(self, row: int) -> Path:
        """Where the image of a row lies (for cells in image files)."""
        return self.root / str(self.paths[row])

    def take(self, rows: ArrayLike) -> "CellTable":
        """The cells of the given rows (indices or a boolean mask), in that order."""
        frame = self.frame.iloc[np.asarray(rows)].reset_index(drop=True)
        return replace(self, frame=frame)

    def where(self, column: str, value: str) -> "CellTable":
        """The cells whose `column` equals `value` (`--split-column COLUMN --use VALUE`).

        Raises:
            SelectionError: There is no such column, or no cell with that value; says what is there.
        """
        self.check_column(column)
        chosen = self.frame[column].astype(str) == value
        if not chosen.any():
            # In quotes, since a blank at the end may be all that is wrong.
            values = ", ".join(map(repr, sorted(self.frame[column].astype(str).unique())[:20]))
            raise SelectionError(f"no cell has {value!r} in column {column!r}; it holds: {values}.")
        return self.take(chosen.to_numpy())

    def check_column(self, column: str) -> None:
        """Makes sure that a column is there.

        Raises:
            SelectionError: There is no such column; says which there are.
        """
        if column not in self.frame:
            own = [name for name in self.frame.columns if name not in RESERVED]
            raise SelectionError(
                f"there is no column {column!r}; the table has {', '.join(own) or 'no others'}."
            )

    def with_column(self, name: str, values: ArrayLike) -> "CellTable":
        """The same cells with one column more (or one replaced)."""
        frame = self.frame.assign(**{name: np.asarray(values, dtype=object)})
        return replace(self, frame=frame)

    def without_labels(self) -> "CellTable":
        """The same cells as if nobody had named them."""
        return replace(self, frame=self.frame.drop(columns="label", errors="ignore"))

    def only_images(self) -> "CellTable":
        """The same cells without labels and without the user's own columns, which may be some."""
        kept = [name for name in ("path", "group", "mask") if name in self.frame]
        return replace(self, frame=self.frame[kept])

    def fingerprint(self) -> str:
        """64 hex digits that change with any cell name, label, group or split; not with order.

        The pixels are not read here: `PixelCache` keys those by content.
        """
        columns = sorted(self.frame.columns)
        rows = sorted(self.frame[columns].astype(str).agg("\x1f".join, axis=1))
        text = "\x1e".join(["\x1f".join(columns), *rows])
        return hashlib.sha256(text.encode()).hexdigest()
