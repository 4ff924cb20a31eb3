"""`Journal`: opinions on disk as they come, so that an interruption loses none.

JSON lines: a header that says of which model and which images, then one line an image, in their
order. A line counts once its end is written; half a line, left by a kill or a full disk, is cut off
when the journal is opened again.

One process at a time has a journal: it is locked from its opening to its end, or to that of the
process, however it ends. Where the system or the file system has no such locks (Windows, some
network drives) this is left to the user.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Self

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import cause
from hemoscope.opinions.opinion import Opinion

if sys.platform != "win32":
    import fcntl

FILE_NAME = "journal.jsonl"
VERSION = 1


class JournalError(HemoscopeError):
    """A job that cannot be begun, gone on with, or written down."""


@dataclass(frozen=True)
class JournalHeader:
    """What a job is about. Two runs belong together only if all of it is the same.

    Attributes:
        classes: The C class names, in the order of the logits.
        model: Which one, such as its SHA-256, and how often it looks.
        calibration: SHA-256 of its calibration, or None.
        images: What tells the list of images from others: the table's fingerprint, or "list" for
            one that is streamed, which is compared name by name.
        asked: What else was asked for that changes opinions, as options: "--prior adult-blood".
    """

    classes: tuple[str, ...]
    model: str
    calibration: str | None
    images: str
    asked: str = ""


class Journal:
    """The opinions of an unfinished job, in a file of its out folder. `with` closes it."""

    def __init__(self, file: Path, header: JournalHeader, stream: FileIO) -> None:
        """Not to be called; see `begin` and `go_on`."""
        self._file, self.header, self._stream = file, header, stream

    @classmethod
    def begin(cls, folder: Path, header: JournalHeader) -> Self:
        """A new journal.

        Raises:
            UsageError: The folder holds an unfinished job.
            JournalError: It cannot be written, or another process has it.
        """
        file = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stream = _open_alone(file, "a+b")
        except FileExistsError as error:
            raise JournalError(f"{folder} is no folder. Choose another --out.") from error
        except OSError as error:
            raise _cannot_write(file, error) from error
        journal = cls(file, header, stream)
        try:
            journal._write_header()
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def go_on(cls, folder: Path, header: JournalHeader) -> Self:
        """The journal that an interrupted job has left.

        Raises:
            UsageError: There is none, or it is one of another model or of other images.
            JournalError: It cannot be read, or another process has it.
        """
        file = folder / FILE_NAME
        try:
            stream = _open_alone(file, "r+b")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise UsageError(
                f"there is no unfinished job in {folder}, so nothing to go on with. Leave out "
                "--resume."
            ) from error
        except OSError as error:
            raise _cannot_write(file, error) from error
        try:
            _check_same(file, _read_header(file), header)
            _cut_half_a_line(file)
        except BaseException:
            stream.close()
            raise
        return cls(file, header, stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the journal, which stays for another to go on with. Twice is no error."""
        self._stream.close()

    def append(self, opinions: Iterable[Opinion]) -> None:
        """Writes opinions down; when this returns they survive the end of the process.

        Raises:
            JournalError: The disk takes no more: what was written before is whole. Or somebody has
                removed the file.
        """
        lines = [json.dumps(opinion.to_json(), allow_nan=False) + "\n" for opinion in opinions]
        self._check_there()
        self._write("".join(lines))

    def __iter__(self) -> Iterator[Opinion]:
        """The opinions in their order, read one by one.

        Raises:
            JournalError: The file was damaged, or removed.
        """
        self._check_there()
        with self._file.open(encoding="utf-8") as stream:
            next(stream)
            for number, line in enumerate(stream, 2):
                try:
                    yield Opinion.from_json(json.loads(line))
                except (ValueError, TypeError, KeyError) as error:
                    raise JournalError(
                        f"line {number} of {self._file} is damaged. Remove the file, and begin "
                        "again without --resume."
                    ) from error

    def remove(self) -> None:
        """Ends the job.

        Raises:
            JournalError: Somebody has removed the file before.
        """
        self._check_there()
        if sys.platform == "win32":
            self.close()  # Windows removes no open file
        self._file.unlink(missing_ok=True)
        self.close()  # last: until here another process must not get it

    def _write_header(self) -> None:
        # An empty file is what a kill before the first line leaves.
        if os.fstat(self._stream.fileno()).st_size:
            raise UsageError(
                f"{self._file.parent} holds an unfinished job. Go on with it by --resume, or "
                f"choose another --out; to throw it away remove {self._file}."
            )
        self._write(json.dumps({"version": VERSION, **asdict(self.header)}) + "\n")

    def _write(self, text: str) -> None:
        data = memoryview(text.encode())
        try:
            self._stream.seek(0, os.SEEK_END)
            while data:
                data = data[self._stream.write(data) :]
        except OSError as error:
            raise _cannot_write(self._file, error) from error

    def _check_there(self) -> None:
        # Lines for a file that has no name any more would be lost without a word.
        if not _is_still(self._stream, self._file):
            raise JournalError(
                f"{self._file} was removed or replaced while the job was running, and its opinions "
                "are lost. Begin again without --resume, and leave the file alone."
            )


def _open_alone(file: Path, mode: str) -> FileIO:
    """The file, unbuffered, with a lock that ends as the stream does.

    Raises:
        JournalError: Another process has the lock.
        OSError: It cannot be opened.
    """
    while True:
        stream = FileIO(file, mode)
        try:
            _lock(stream)
            # A job that ended in between has taken the file away, and the lock was on nothing.
            if _is_still(stream, file):
                return stream
        except BlockingIOError as error:
            stream.close()
            raise JournalError(
                f"another hemoscope is at work in {file.parent}; wait for it, or name another "
                "--out."
            ) from error
        stream.close()


def _lock(stream: FileIO) -> None:
    """Raises `BlockingIOError` where another has the lock, and nothing where there are none."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without locks, where hemoscope has to work as well
        return


def _is_still(stream: FileIO, file: Path) -> bool:
    """Whether the stream's file is the one of that name."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), file.stat())
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # a network drive in trouble, which the next write will tell of
        return True


def _read_header(file: Path) -> JournalHeader:
    try:
        with file.open(encoding="utf-8") as stream:
            values = json.loads(stream.readline())
        if values.pop("version") != VERSION:
            raise ValueError("of another version")
        return JournalHeader(**{**values, "classes": tuple(values["classes"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise JournalError(
            f"{file} cannot be read ({error}). Remove it, and begin again without --resume."
        ) from error


def _check_same(file: Path, found: JournalHeader, wanted: JournalHeader) -> None:
    for what, one, other in (
        ("another model", found.model, wanted.model),
        ("another model", found.classes, wanted.classes),
        ("another calibration", found.calibration, wanted.calibration),
        ("other images", found.images, wanted.images),
    ):
        if one != other:
            raise UsageError(
                f"the unfinished job in {file.parent} is one with {what}. Name the same again, or "
                f"choose another --out; to throw it away remove {file}."
            )
    if found.asked != wanted.asked:
        raise UsageError(
            f"the unfinished job in {file.parent} was begun {_in_words(found.asked)}, and is to go "
            f"on {_in_words(wanted.asked)}. Ask for the same again, or choose another --out; to "
            f"throw it away remove {file}."
        )


def _in_words(asked: str) -> str:
    return f"with {asked}" if asked else "without further options"


def _cut_half_a_line(file: Path) -> None:
    """Ends the file after its last complete line."""
    try:
        with file.open("r+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            while end:
                begin = max(0, end - 2**16)
                stream.seek(begin)
                last = stream.read(end - begin).rfind(b"\n")
                if last >= 0:
                    stream.truncate(begin + last + 1)
                    return
                end = begin
    except OSError as error:
        raise _cannot_write(file, error) from error


def _cannot_write(file: Path, error: OSError) -> JournalError:
    why = cause(error, when_full="the disk is full")
    if not file.is_file():
        return JournalError(f"cannot write {file}: {why}. Choose another --out.")
    return JournalError(
        f"cannot write {file}: {why}. What was written before is whole: make room, and go on "
        "with --resume."
    )
