"""The index of the cache, an SQLite file."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.cache.cache_error import CacheError, LostPixelsError
from hemoscope.cells.cache.file_state import FileState
from hemoscope.cells.cache.pixel_file import PixelFile
from hemoscope.files import cause

LOCK_SECONDS = 120.0
VARIABLES = 900  # to one query; old SQLite allows 999

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS pixels (
        size INTEGER, digest BLOB, slot INTEGER,
        PRIMARY KEY (size, digest), UNIQUE (size, slot)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS files (
        path TEXT PRIMARY KEY, length INTEGER, modified INTEGER, changed INTEGER, digest BLOB
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS names (size INTEGER PRIMARY KEY, name TEXT);
"""


class CacheIndex:
    """Which content stands in which slot, and which file has which content."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._error(cause(error, when_full="the disk is full")) from error
        with self._connection() as connection:
            connection.executescript(_SCHEMA)

    def digests(self, states: Iterable[FileState]) -> dict[FileState, bytes]:
        """The content of those files that are unchanged since they were remembered."""
        states = list(states)
        with self._connection() as connection:
            rows = _select(
                connection,
                "SELECT path, length, modified, changed, digest FROM files WHERE path IN ({})",
                [state.path for state in states],
            )
            remembered = {tuple(row[:4]): row[4] for row in rows}
        keys = ((s, (s.path, s.length, s.modified, s.changed)) for s in states)
        return {state: remembered[key] for state, key in keys if key in remembered}

    def slots(self, size: int, digests: Iterable[bytes]) -> dict[bytes, int]:
        """The slots of those contents that are there."""
        with self._connection() as connection:
            return _slots(connection, size, digests)

    def name(self, size: int) -> str:
        """By what a writer knows that the pixels of a size are still those it began with."""
        with self._connection() as connection:
            if not _name(connection, size):
                new = (size, uuid.uuid4().hex)
                connection.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", new)
            return _name(connection, size)

    def contents(self, size: int) -> frozenset[bytes]:
        """Every content that is there at a size."""
        with self._connection() as connection:
            rows = connection.execute("SELECT digest FROM pixels WHERE size = ?", (size,))
            return frozenset(digest for (digest,) in rows)

    def append(
        self,
        file: PixelFile,
        name: str,
        pictures: Mapping[bytes, NDArray[np.uint8]],
        states: Mapping[FileState, bytes],
    ) -> None:
        """Adds pictures by content, those that are there already left out, and remembers files.

        Args:
            file: Where the pictures go.
            name: What `name` gave when the caller began to remember slots.
            pictures: By content.
            states: Files and their content.

        Raises:
            LostPixelsError: Since then pixels were lost.
        """
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")  # waits for other writers, then locks them out
            if _name(connection, file.size) != name:
                raise LostPixelsError(file.path)
            known = _slots(connection, file.size, pictures)
            new = [digest for digest in pictures if digest not in known]
            first = _next_slot(connection, file.size)
            if new:
                file.write(first, [pictures[digest] for digest in new])
            connection.executemany(
                "INSERT INTO pixels VALUES (?, ?, ?)",
                [(file.size, digest, first + i) for i, digest in enumerate(new)],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                [
                    (state.path, state.length, state.modified, state.changed, digest)
                    for state, digest in states.items()
                    if state.settled
                ],
            )
            connection.execute("COMMIT")

    def forget_lost_pixels(self, file: PixelFile) -> None:
        """Drops slots beyond the end of a file that somebody deleted or cut."""
        with self._connection() as connection:
            if _next_slot(connection, file.size) <= file.slots():
                return
            connection.execute("BEGIN IMMEDIATE")
            lost = connection.execute(
                "DELETE FROM pixels WHERE size = ? AND slot >= ?", (file.size, file.slots())
            )
            if lost.rowcount:  # else another process was faster, and the name is of its pixels
                connection.execute("DELETE FROM names WHERE size = ?", (file.size,))
            connection.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """An open index; closing it takes back a transaction that was not committed."""
        try:
            path = self._directory / "index.sqlite"
            with closing(
                sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
            ) as connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise self._error(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise CacheError(
                f"the pixel cache in {self._directory} is damaged ({error}). Delete that folder; "
                "it is made anew from the images."
            ) from error
        except OSError as error:
            raise self._error(cause(error, when_full="the disk is full")) from error

    def _error(self, why: str) -> CacheError:
        return CacheError(
            f"the pixel cache in {self._directory} cannot be written: {why}. Make room there, or "
            "set HEMOSCOPE_CACHE to a folder on another disk. What is cached already is kept."
        )


def _slots(connection: sqlite3.Connection, size: int, digests: Iterable[bytes]) -> dict[bytes, int]:
    query = f"SELECT digest, slot FROM pixels WHERE size = {int(size)} AND digest IN ({{}})"  # noqa: S608
    return dict(_select(connection, query, list(digests)))


def _select(connection: sqlite3.Connection, query: str, values: Sequence) -> Iterator[tuple]:
    """Runs a query that holds `IN ({})`, over any number of values."""
    for start in range(0, len(values), VARIABLES):
        part = values[start : start + VARIABLES]
        yield from connection.execute(query.format(", ".join("?" * len(part))), part)


def _name(connection: sqlite3.Connection, size: int) -> str:
    """The name of the pixels of a size; "" before they got one."""
    row = connection.execute("SELECT name FROM names WHERE size = ?", (size,)).fetchone()
    return "" if row is None else row[0]


def _next_slot(connection: sqlite3.Connection, size: int) -> int:
    row = connection.execute("SELECT MAX(slot) FROM pixels WHERE size = ?", (size,)).fetchone()
    return 0 if row[0] is None else row[0] + 1
