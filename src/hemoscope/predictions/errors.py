"""What can be wrong with a predictions table."""

from hemoscope.errors import HemoscopeError, UsageError


class PredictionsError(HemoscopeError):
    """A predictions table that cannot be trusted; the message names the row."""


class NoTableError(PredictionsError, UsageError):
    """A name that no predictions table has, or none can have."""
