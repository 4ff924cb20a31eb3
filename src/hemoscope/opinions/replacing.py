"""Files that are there as a whole, or not at all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hemoscope.opinions.journal import JournalError


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A draft to write; it takes the place of `file` at the end, or is removed on an error.

    Raises:
        JournalError: The draft cannot be written.
    """
    draft = file.with_name(f"{file.name}.part")
    try:
        yield draft
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        cause = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise JournalError(
            f"cannot write {file}: {cause}. No opinion is lost: make room, and go on with --resume."
        ) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
