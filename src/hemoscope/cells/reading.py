"""One row of a table → its content, and its pixels."""

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.decode import UnreadableImageError, decode_image
from hemoscope.cells.framing import Frame, FramePair
from hemoscope.cells.table import CellTable

MAX_BYTES = 2**29
"""Larger files (half a gigabyte) hold no picture below the limit on pixels."""


@dataclass(frozen=True)
class CellFailure:
    """A cell that gave no pixels.

    Attributes:
        row: Its row in the table that was read.
        path: Its name in that table.
        cause: Why, in words.
    """

    row: int
    path: str
    cause: str


@dataclass(frozen=True, eq=False)
class CellContent:
    """What is stored of a cell: the bytes of an image file, or pixels of an array file.

    Attributes:
        data: Bytes of an image file, or (h, w) or (h, w, 3) uint8.
    """

    data: bytes | NDArray[np.uint8]

    def digest(self) -> bytes:
        """32 bytes (SHA-256) that are equal for equal content only."""
        if isinstance(self.data, bytes):
            return hashlib.sha256(self.data).digest()
        shape = f"array {self.data.shape}".encode()
        return hashlib.sha256(shape + np.ascontiguousarray(self.data).tobytes()).digest()

    def pixels(self, frame: Frame | FramePair | None = None) -> NDArray[np.uint8]:
        """(h, w, 3) RGB; (*frame.shape) where a frame is given.

        Raises:
            UnreadableImageError: The content is no readable image.
        """
        if isinstance(self.data, bytes):
            image = decode_image(self.data, for_size=None if frame is None else frame.decoded_for)
        else:
            image = _three_channels(self.data)
        return image if frame is None else frame.of(image)


def read_content(table: CellTable, row: int) -> CellContent:
    """Fetches what is stored of a cell.

    Raises:
        UnreadableImageError: The file is missing, or cannot be read from the disk.
    """
    path = str(table.paths[row])
    if path in table.arrays:
        return CellContent(table.arrays[path])
    return CellContent(read_file(table.file(row)))


def read_cell(table: CellTable, row: int) -> NDArray[np.uint8]:
    """One cell at its own size: (h, w, 3) RGB in 0 … 255.

    Raises:
        UnreadableImageError: The cell is missing or unreadable; names its path.
    """
    try:
        return read_content(table, row).pixels()
    except UnreadableImageError as error:
        raise UnreadableImageError(error.cause, str(table.paths[row])) from error


def read_file(file: Path) -> bytes:
    """The content of an image file.

    Raises:
        UnreadableImageError: It is missing, no ordinary file, far too large, or the disk fails.
    """
    try:
        # Asked before it is opened: opening a pipe waits for its other end.
        state = file.stat()
        if not stat.S_ISREG(state.st_mode):
            what = "a folder" if stat.S_ISDIR(state.st_mode) else "no ordinary file"
            raise UnreadableImageError(f"it is {what}")
        if state.st_size > MAX_BYTES:
            raise UnreadableImageError(f"the file is larger than {MAX_BYTES:,} bytes")
        return file.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableImageError("there is no such file") from error
    except OSError as error:
        cause = f"the disk does not give the file ({error.strerror or error})"
        raise UnreadableImageError(cause) from error
    except ValueError as error:  # a null character in the name
        raise UnreadableImageError(f"no file has such a name ({error})") from error


def _three_channels(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(array[..., None], 3, axis=2) if array.ndim == 2 else array
