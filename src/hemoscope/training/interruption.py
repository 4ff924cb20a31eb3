"""A training that is ended from outside: by Ctrl-C, or by the signal of a queue or a container."""

from collections.abc import Iterator
from contextlib import contextmanager

from hemoscope.errors import HemoscopeError
from hemoscope.training.run_folder import RunFolder


class TrainingInterruptedError(HemoscopeError):
    """It was stopped before its end."""


@contextmanager
def told_as_an_error(run: RunFolder) -> Iterator[None]:
    """Makes an error of the way in which Lightning leaves when a signal arrives.

    On SIGTERM it exits as if all were done (a `SystemExit` without a code), and whoever called
    would go on to a model that is not there.

    Raises:
        TrainingInterruptedError: SIGINT or SIGTERM arrived within the block.
    """
    try:
        yield
    except SystemExit as stop:
        kept = (
            "The epochs that were complete are kept: go on with --resume."
            if run.last_checkpoint.is_file()
            else "No epoch was complete: start it again."
        )
        raise TrainingInterruptedError(f"the training was stopped before its end. {kept}") from stop
