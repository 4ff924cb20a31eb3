"""How training cells are varied: a whole batch at once, on the device that trains.

torchvision's transforms draw one set of parameters a call, so that a batch would change as one;
called cell by cell they would starve the model. Here every cell gets its own parameters.

pixels  →  geometry (where)  →  stain (which colours)  →  quality (how sharp)  →  surroundings
"""

from hemoscope.training.augmentation.batch import augment, to_unit_range
from hemoscope.training.augmentation.geometry import centre
from hemoscope.training.augmentation.settings import Augmentation

__all__ = ["Augmentation", "augment", "centre", "to_unit_range"]
