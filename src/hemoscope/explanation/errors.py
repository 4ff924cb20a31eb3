"""What a user can mend before asking for an explanation again."""

from hemoscope.errors import HemoscopeError, UsageError


class ExplanationError(HemoscopeError):
    """Cells, masks or a model that cannot be explained as asked."""


class UnsuitableMethodError(ExplanationError):
    """A method that needs a part which this model does not have."""


class NoMistakeError(ExplanationError, UsageError):
    """Mistakes of a table, none of which the model makes."""


class UnknownTargetError(ExplanationError, UsageError):
    """A class that the model does not know, or a class set against itself."""
