"""The error of this room."""

from hemoscope.errors import HemoscopeError


class CalibrationError(HemoscopeError):
    """Cells that nothing can be fitted on, a calibration that does not fit, a malformed file."""
