"""What a split needs of the table it divides."""

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.table import CellTable, CellTableError


def labels_of(table: CellTable) -> NDArray[np.object_]:
    """(n,) class names.

    Raises:
        CellTableError: The table has none.
    """
    if table.labels is None:
        raise CellTableError(
            "these cells have no labels, and the split keeps the classes in balance. Sort the "
            "images into class folders, or add a column 'label' to the manifest."
        )
    return table.labels
