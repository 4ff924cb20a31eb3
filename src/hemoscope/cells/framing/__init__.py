"""Which part of an image a model sees: the whole of it, or the cell, found and brought to one size.

image  →  background  →  nucleus  →  window around it  →  square of pixels, white-balanced
"""

from hemoscope.cells.framing.frame import FRAMINGS, Frame, Framing, as_frame

__all__ = ["FRAMINGS", "Frame", "Framing", "as_frame"]
