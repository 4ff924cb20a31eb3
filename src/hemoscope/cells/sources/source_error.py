"""The error that every kind of source raises."""

from hemoscope.cells.table import CellTableError


class SourceError(CellTableError):
    """A source that holds no cells, or not in a form that can be read."""
