"""Which part of an image a model sees: the whole of it, or the cell, found and brought to one size.

image  →  background  →  nucleus  →  window around it  →  square of pixels, white-balanced
"""

from hemoscope.cells.framing.background import background_colour
from hemoscope.cells.framing.frame import FRAMINGS, Frame, Framing, as_frame
from hemoscope.cells.framing.pair import FramePair, seen_first, seen_second

__all__ = [
    "FRAMINGS",
    "Frame",
    "FramePair",
    "Framing",
    "as_frame",
    "background_colour",
    "seen_first",
    "seen_second",
]
