"""The smallest items of a stream, in bounded memory."""

import heapq
from typing import Generic, TypeVar

from hemoscope.opinions.opinion import Opinion

Key = tuple[float, ...]
Kept = TypeVar("Kept", bound=Opinion)


class Smallest(Generic[Kept]):
    """Keeps the `most` opinions with the smallest keys; of equal keys the first ones."""

    def __init__(self, most: int) -> None:
        """Empty.

        Args:
            most: At least 1.
        """
        self._most = most
        self._heap: list[tuple[Key, int, Kept]] = []

    def add(self, key: Key, opinion: Kept) -> None:
        """Takes an opinion in, if it is among the smallest so far."""
        # heapq keeps its smallest on top, which here is to be the largest: all signs are turned.
        entry = (tuple(-part for part in key), -opinion.index, opinion)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, entry)
        elif entry[:2] > self._heap[0][:2]:
            heapq.heapreplace(self._heap, entry)

    def sorted(self) -> tuple[Kept, ...]:
        """Those kept, the smallest first."""
        return tuple(entry[2] for entry in sorted(self._heap, key=lambda e: e[:2], reverse=True))
