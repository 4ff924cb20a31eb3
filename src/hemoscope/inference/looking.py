"""Batches of images, read and looked at with every processor at work.

A model that computes in one thread is asked by several, each of which reads the images that it asks
about: no processor waits for another. An engine that spreads one batch over the processors itself
is asked by one thread, while others read ahead.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from typing import TypeVar

from hemoscope.cells.parallel import default_workers, map_in_order
from hemoscope.inference.scorer import Scorer, callers_of

Item = TypeVar("Item")
Batch = TypeVar("Batch")
Seen = TypeVar("Seen")


def look_in_order(
    scorer: Scorer,
    items: Iterable[Item],
    read: Callable[[Item], Batch],
    look: Callable[[Batch], Seen],
) -> Generator[tuple[Batch, Seen], None, None]:
    """What is read of each item and what the scorer says of it, in the order of the items.

    Few items are at hand at any time. An exception of `read` or `look` comes up at its place.

    Args:
        scorer: Whom `look` asks.
        items: What `read` makes batches of.
        read: Called by several threads at once.
        look: Called by as many threads at once as the scorer has callers.
    """

    def both(item: Item) -> tuple[Batch, Seen]:
        batch = read(item)
        return batch, look(batch)

    callers = callers_of(scorer)
    if callers > 1:
        with closing(map_in_order(both, items, callers)) as done:
            yield from done
    else:
        with closing(map_in_order(read, items, default_workers())) as batches:
            for batch in batches:
                yield batch, look(batch)
