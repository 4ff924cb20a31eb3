"""Names for the kinds of arrays that pass between the statistics."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]  # figures, shares, weighted counts
Counts = NDArray[np.int64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
