"""What can be wrong with a call to `evaluate` or `compare`."""

from hemoscope.errors import HemoscopeError


class EvaluationError(HemoscopeError):
    """The tables or options handed in cannot be evaluated; the message says why."""
