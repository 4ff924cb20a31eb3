"""By what a file is known again without reading it."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

SETTLED_NANOSECONDS = 2_000_000_000


@dataclass(frozen=True)
class FileState:
    """By what a file is taken for unchanged since it was last read.

    Attributes:
        path: Absolute.
        length: Bytes.
        modified: Time of the last change of the content, in nanoseconds.
        changed: Time of the last change of the file's entry: unlike `modified`, copying another
            file over this one does not preserve it.
        settled: Whether the last change lies back so far that a further one would show in its
            time. Clocks of file systems tick slowly, up to 2 s.
    """

    path: str
    length: int
    modified: int
    changed: int
    settled: bool = field(compare=False)

    @classmethod
    def of(cls, file: Path) -> "FileState":
        """Asks the file system, which raises OSError for a missing file."""
        stat = file.stat()
        age = time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns)
        return cls(
            os.path.abspath(file),  # noqa: PTH100 (Path.absolute keeps "..")
            stat.st_size,
            stat.st_mtime_ns,
            stat.st_ctime_ns,
            age > SETTLED_NANOSECONDS,
        )
