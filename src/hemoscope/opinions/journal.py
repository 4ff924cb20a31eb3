"""`Journal`: opinions on disk as they come, so that an interruption loses none.

JSON lines: a header that says of which model and which images, then one line an image, in their
order. A line counts once its end is written; half a line, left by a kill or a full disk, is cut off
when the journal is opened again.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import cause
from hemoscope.opinions.opinion import Opinion

FILE_NAME = "journal.jsonl"
VERSION = 1


class JournalError(HemoscopeError):
    """A job that cannot be begun, gone on with, or written down."""


@dataclass(frozen=True)
class JournalHeader:
    """What a job is about. Two runs belong together only if all of it is the same.

    Attributes:
        classes: The C class names, in the order of the logits.
        model: SHA-256 of the model, 64 hex digits.
        calibration: SHA-256 of its calibration, or None.
        images: What tells the list of images from others: the table's fingerprint, or "list" for
            one that is streamed, which is compared name by name.
    """

    classes: tuple[str, ...]
    model: str
    calibration: str | None
    images: str


class Journal:
    """The opinions of an unfinished job, in a file of its out folder."""

    def __init__(self, file: Path, header: JournalHeader) -> None:
        """Not to be called; see `begin` and `go_on`."""
        self._file, self.header = file, header

    @classmethod
    def begin(cls, folder: Path, header: JournalHeader) -> Self:
        """A new journal.

        Raises:
            UsageError: The folder holds an unfinished job.
            JournalError: It cannot be written.
        """
        file = folder / FILE_NAME
        first = json.dumps({"version": VERSION, **asdict(header)}) + "\n"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as stream:
                stream.write(first)
        except FileExistsError as error:
            if not file.exists():
                raise JournalError(f"{folder} is no folder. Choose another --out.") from error
            raise UsageError(
                f"{folder} holds an unfinished job. Go on with it by --resume, or choose another "
                f"--out; to throw it away remove {file}."
            ) from error
        except OSError as error:
            raise _cannot_write(file, error) from error
        return cls(file, header)

    @classmethod
    def go_on(cls, folder: Path, header: JournalHeader) -> Self:
        """The journal that an interrupted job has left.

        Raises:
            UsageError: There is none, or it is one of another model or of other images.
            JournalError: It cannot be read.
        """
        file = folder / FILE_NAME
        if not file.is_file():
            raise UsageError(
                f"there is no unfinished job in {folder}, so nothing to go on with. Leave out "
                "--resume."
            )
        _check_same(file, _read_header(file), header)
        _cut_half_a_line(file)
        return cls(file, header)

    def append(self, opinions: Iterable[Opinion]) -> None:
        """Writes opinions down; when this returns they survive the end of the process.

        Raises:
            JournalError: The disk takes no more. What was written before is whole.
        """
        lines = [json.dumps(opinion.to_json(), allow_nan=False) + "\n" for opinion in opinions]
        data = memoryview("".join(lines).encode())
        try:
            with self._file.open("ab", buffering=0) as stream:
                while data:
                    data = data[stream.write(data) :]
        except OSError as error:
            raise _cannot_write(self._file, error) from error

    def __iter__(self) -> Iterator[Opinion]:
        """The opinions in their order, read one by one.

        Raises:
            JournalError: The file was damaged.
        """
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
        """Ends the job."""
        self._file.unlink(missing_ok=True)


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
    return JournalError(
        f"cannot write {file}: {why}. What was written before is whole: make room, and go on "
        "with --resume."
    )
