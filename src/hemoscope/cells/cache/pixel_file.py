"""The file that holds the pixels of one size."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.cache.cache_error import LostPixelsError


@dataclass(frozen=True)
class PixelFile:
    """Pictures of one size, one after the other.

    Attributes:
        path: Where.
        size: Side of a picture in pixels.
    """

    path: Path
    size: int

    @property
    def slot_bytes(self) -> int:
        """Bytes of one picture."""
        return self.size * self.size * 3

    def slots(self) -> int:
        """How many whole pictures are there, covered by the index or not."""
        return self.path.stat().st_size // self.slot_bytes if self.path.exists() else 0

    def write(self, slot: int, pictures: Sequence[NDArray[np.uint8]]) -> None:
        """Puts pictures at `slot` and after it, cuts off what lay there, and flushes to disk.

        Ordinary writes, not a map: on a full disk they give an error, a map would kill the process.

        Raises:
            LostPixelsError: The file ends before `slot`, so the pictures would lie in other slots.
        """
        with self.path.open("ab") as stream:
            if stream.tell() < slot * self.slot_bytes:
                raise LostPixelsError(self.path)
            if stream.tell() > slot * self.slot_bytes:
                stream.truncate(slot * self.slot_bytes)
            for picture in pictures:
                stream.write(picture.data)
            stream.flush()
            os.fsync(stream.fileno())
