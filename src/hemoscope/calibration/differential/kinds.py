"""Which classes a laboratory counts as white cells, and which apart."""

import numpy as np

from hemoscope.calibration.arrays import Flags

COUNTED_APART = ("erythroblast", "platelet")


def white_cells(classes: tuple[str, ...]) -> Flags:
    """(C,) whether each class is one of white cells: every class but erythroblasts and platelets.

    A laboratory's differential gives each kind of white cell per 100 white cells, and nucleated
    red cells as a number beside 100 white cells (CLSI H20-A2). A name counts as one of those if
    it begins so ("platelet", "Platelets", "erythroblast").
    """
    return np.array([not name.lower().startswith(COUNTED_APART) for name in classes])
