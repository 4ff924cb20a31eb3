"""Files that are there as a whole, or not at all, and what is left where they cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hemoscope import files
from hemoscope.opinions.journal import JournalError


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A draft to write; it takes the place of `file` at the end, or is removed on an error.

    Raises:
        JournalError: The draft cannot be written.
    """
    try:
        with files.replacing(file) as draft:
            yield draft
    except OSError as error:
        cause = files.cause(error, when_full="the disk is full")
        raise JournalError(
            f"cannot write {file}: {cause}. No opinion is lost: make room, and go on with --resume."
        ) from error
