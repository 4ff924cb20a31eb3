"""What may go wrong at the bench."""

from hemoscope.errors import HemoscopeError, UsageError


class ReviewError(HemoscopeError):
    """A job, a database or a decision that the bench cannot work with."""


class NoJobError(ReviewError, UsageError):
    """There is no classified folder of that name."""


class NotThereError(ReviewError):
    """Nothing is kept at that address."""
