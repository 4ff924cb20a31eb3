"""Which of some things hang together, if some pairs of them do."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def connected(count: int, pairs: ArrayLike) -> NDArray[np.intp]:
    """(count,) the number of the connected part that each of `count` things belongs to.

    Args:
        count: How many things there are.
        pairs: (k, 2) which are connected.
    """
    # Late: most who open cells join nothing.
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    ends = np.asarray(pairs, dtype=np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)
