"""What can go wrong for a user between a result and its report."""

from hemoscope.errors import HemoscopeError


class ReportError(HemoscopeError):
    """A report or figure that cannot be made from what was given."""
