"""The table of cells, and how images become pixels."""

from hemoscope.cells.table import CellTable, CellTableError

__all__ = ["CellTable", "CellTableError"]
