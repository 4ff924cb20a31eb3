"""Files that are there as a whole, or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hemoscope.errors import HemoscopeError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def replacing(file: Path, failing: type[HemoscopeError] | None = None) -> Iterator[Path]:
    """A draft to write; it takes the place of `file` at the end, or is removed on an error.

    The draft lies beside the file and ends as it does, for writers that go by the suffix. It is
    this process's own, so that two that write one file at once do not mix: the later one stays.
    Only a kill leaves a draft behind, and never a part of `file`.

    Args:
        file: In a folder that is there.
        failing: What to raise where it cannot be written; None: the OSError as it is.

    Raises:
        OSError: The draft cannot be written or put in its place, and `failing` is None.
        HemoscopeError: The same, as `failing`.
    """
    draft = file.with_name(f".{file.stem}.{os.getpid()}.part{file.suffix}")
    try:
        yield draft
        draft.replace(file)
    except BaseException as error:
        with suppress(OSError):  # what went wrong before is what is to be told
            draft.unlink(missing_ok=True)
        if failing is None or not isinstance(error, OSError):
            raise
        raise failing(f"cannot write {file}: {cause(error)}.") from error


def check_writable(file: Path, failing: type[HemoscopeError]) -> None:
    """Tries whether a file can be written, before long work is done for it. It leaves nothing.

    Args:
        file: Its folder need not be there.
        failing: What to raise.

    Raises:
        HemoscopeError: It cannot be, as `failing`.
    """
    try:
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        there = next(folder for folder in file.parents if folder.exists())
        draft = there / f".{file.stem}.{os.getpid()}.part{file.suffix}"
        draft.touch()
        draft.unlink()
    except OSError as error:
        raise failing(f"cannot write {file}: {cause(error)}. Name another --out.") from error


def cause(error: OSError, *, when_full: str = "the disk is full: make room and start again") -> str:
    """Why a file cannot be written, for the end of a sentence.

    Args:
        error: What the system said. Its number counts: the words may name the draft.
        when_full: What to say of a full disk.
    """
    if error.errno in _FULL:
        return when_full
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return "a file stands where a folder of its path would be"
    return str(error) if error.errno is None else os.strerror(error.errno)
