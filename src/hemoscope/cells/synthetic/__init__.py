"""Synthetic blood cells, drawn from numbers: for `hemoscope demo` and the tests.

They look like the eight classes of the PBC images at a glance, and nothing in them is copied from
an image. They are not for measuring how good a classifier is on blood.
"""

from hemoscope.cells.synthetic.classes import MORPHOLOGIES
from hemoscope.cells.synthetic.draw import Sketch, draw_cell, sketch_cell
from hemoscope.cells.synthetic.folder import (
    MARKER,
    SyntheticFolderError,
    is_synthetic,
    write_synthetic,
)
from hemoscope.cells.synthetic.morphology import Morphology
from hemoscope.cells.synthetic.sheet import contact_sheet, write_contact_sheet

__all__ = [
    "MARKER",
    "MORPHOLOGIES",
    "Morphology",
    "Sketch",
    "SyntheticFolderError",
    "contact_sheet",
    "draw_cell",
    "is_synthetic",
    "sketch_cell",
    "write_contact_sheet",
    "write_synthetic",
]
