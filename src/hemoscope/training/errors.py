"""What can keep a training from starting."""

from hemoscope.errors import HemoscopeError


class TrainingError(HemoscopeError):
    """Data that a model cannot be trained on as asked, or a machine that cannot train so."""
