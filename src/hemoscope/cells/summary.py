"""What a SOURCE holds: counts, sizes, kinds of files, and what cannot be read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hemoscope.cells.decode import ImageHeader, UnreadableImageError, decode_with_header
from hemoscope.cells.parallel import Progress, default_workers, map_in_order
from hemoscope.cells.reading import CellFailure, read_content
from hemoscope.cells.table import RESERVED, CellTable

STRETCH = 64


@dataclass(frozen=True)
class CellSummary:
    """The outcome of reading every cell of a source once.

    Attributes:
        cells: Rows of the table, unreadable ones included.
        classes: Cells of each class; empty without labels.
        splits: Of each split column, each value's cells, by class ("" without labels).
        groups: Number of different groups; None where they are not known.
        sizes: Readable cells of each size, "width x height" as stored, most frequent first.
        formats: Readable cells of each file format ("array" for those of an array file).
        modes: Readable cells of each kind of pixel (Pillow's names).
        unreadable: The cells that gave no pixels.
        ignored: Files of the source that were passed over, with the reason.
        fingerprint: Of the table (`CellTable.fingerprint`).
    """

    cells: int
    classes: Mapping[str, int]
    splits: Mapping[str, Mapping[str, Mapping[str, int]]]
    groups: int | None
    sizes: Mapping[str, int]
    formats: Mapping[str, int]
    modes: Mapping[str, int]
    unreadable: tuple[CellFailure, ...]
    ignored: Mapping[str, str]
    fingerprint: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the names of the attributes."""
        return {
            "cells": self.cells,
            "classes": dict(self.classes),
            "splits": {
                column: {value: dict(counts) for value, counts in values.items()}
                for column, values in self.splits.items()
            },
            "groups": self.groups,
            "sizes": dict(self.sizes),
            "formats": dict(self.formats),
            "modes": dict(self.modes),
            "unreadable": [{"path": each.path, "cause": each.cause} for each in self.unreadable],
            "ignored": [{"path": path, "cause": why} for path, why in self.ignored.items()],
            "fingerprint": self.fingerprint,
        }


def summarise_cells(
    table: CellTable,
    *,
    split_columns: Sequence[str] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> CellSummary:
    """Reads and decodes every cell, and counts what there is.

    Args:
        table: The cells.
        split_columns: Columns to count by; by default those with "split" in their name.
        progress: Called with (cells done, cells in all) as it goes on.
        workers: Threads; by default one for each processor.

    Raises:
        SelectionError: The table lacks one of `split_columns`.
    """
    columns = _default_splits(table) if split_columns is None else list(split_columns)
    for column in columns:
        table.check_column(column)
    headers: list[ImageHeader] = []
    failures: list[CellFailure] = []
    rows = range(len(table))
    stretches = (rows[i : i + STRETCH] for i in range(0, len(table), STRETCH))
    for found in map_in_order(
        lambda stretch: [_look_at(table, row) for row in stretch],
        stretches,
        workers or default_workers(),
    ):
        headers += [each for each in found if isinstance(each, ImageHeader)]
        failures += [each for each in found if isinstance(each, CellFailure)]
        if progress is not None:
            progress(len(headers) + len(failures), len(table))
    return CellSummary(
        cells=len(table),
        classes=_counts(table),
        splits={column: _counts_by(table, column) for column in columns},
        groups=None if table.groups is None else len(set(table.groups)),
        sizes=_ranked(f"{each.width} x {each.height}" for each in headers),
        formats=_ranked(each.format for each in headers),
        modes=_ranked(each.mode for each in headers),
        unreadable=tuple(failures),
        ignored=dict(table.ignored),
        fingerprint=table.fingerprint(),
    )


def _look_at(table: CellTable, row: int) -> ImageHeader | CellFailure:
    try:
        data = read_content(table, row).data
        if isinstance(data, bytes):
            return decode_with_header(data)[1]
    except UnreadableImageError as error:
        return CellFailure(row, str(table.paths[row]), error.cause)
    height, width = data.shape[:2]
    return ImageHeader("array", "L" if data.ndim == 2 else "RGB", width, height)


def _default_splits(table: CellTable) -> list[str]:
    own = [name for name in table.frame.columns if name not in RESERVED]
    return [name for name in own if "split" in name.lower()]


def _counts(table: CellTable) -> dict[str, int]:
    labels = table.labels
    return {} if labels is None else dict(sorted(Counter(labels).items()))


def _counts_by(table: CellTable, column: str) -> dict[str, dict[str, int]]:
    values = table.frame[column].astype(str).to_numpy(dtype=object)
    parts = {value: table.take(values == value) for value in sorted(set(values))}
    return {value: _counts(part) or {"": len(part)} for value, part in parts.items()}


def _ranked(names) -> dict[str, int]:
    return dict(Counter(names).most_common())
