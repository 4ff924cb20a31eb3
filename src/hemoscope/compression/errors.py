"""What can be wrong with a model or cells that are to be pruned."""

from hemoscope.errors import HemoscopeError


class PruningError(HemoscopeError):
    """A model that cannot be pruned as asked, or cells that do not go with it."""
