"""What can be wrong with a call to `evaluate` or `compare`."""

from hemoscope.errors import HemoscopeError, UsageError


class EvaluationError(HemoscopeError):
    """The tables or options handed in cannot be evaluated; the message says why."""


class UnknownTableError(EvaluationError, UsageError):
    """A name that stands for none of the tables that are compared."""
