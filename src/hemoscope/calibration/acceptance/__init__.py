"""Which cells may be reported without a person, with a guarantee in finite samples."""

from hemoscope.calibration.acceptance.accept import Acceptance, accept
from hemoscope.calibration.acceptance.binomial import cells_needed

__all__ = ["Acceptance", "accept", "cells_needed"]
