"""Which cells belong together, because they show the same pixels or part of one field."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hemoscope.audit.examination import Examination
from hemoscope.cells.splits.connected import connected

WHOLE = 0.9  # a pair that shares more of the frame shows one picture, not two of one field
CENTRED = 0.05  # of the frame: two pictures whose centres lie nearer show the same central cell


@dataclass(frozen=True, eq=False)
class Groups:
    """The relations between the cells of a table.

    Attributes:
        pairs: One row a pair: `first`, `second` (rows of the table), `kind` ("exact", "near" or
            "overlap"), `share` of the frame that both show, `inliers`, `agreeing`, `correlation`,
            `scale`, `turn`, `mirrored`, `shift_x`, `shift_y`.
        of_row: (n,) number of the group of every row of the table; a cell without relations is
            alone in its group. Numbered by first appearance.
    """

    pairs: pd.DataFrame
    of_row: NDArray[np.intp]

    @property
    def size(self) -> NDArray[np.intp]:
        """(n,) how many cells the group of each row has."""
        return np.bincount(self.of_row)[self.of_row]

    def rows(self) -> list[NDArray[np.intp]]:
        """The rows of every group of two or more, largest group first."""
        order = np.argsort(self.of_row, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(self.of_row[order])) + 1)
        return sorted((part for part in parts if len(part) > 1), key=len, reverse=True)

    def frame(self, paths: ArrayLike) -> pd.DataFrame:
        """Columns `path` and `group`, as `hemoscope split --groups` reads them."""
        names = [f"g{number:06d}" for number in self.of_row]
        return pd.DataFrame({"path": np.asarray(paths, dtype=object), "group": names})


def find_groups(examination: Examination, shared: pd.DataFrame) -> Groups:
    """Puts together the cells with equal pixels and those that share part of a field.

    Args:
        examination: Of the set.
        shared: The pairs of `shared_fields`.
    """
    rows = examination.rows
    exact = _equal_pixels(examination)
    related = shared.assign(
        first=rows[shared["first"].to_numpy(dtype=np.intp)],
        second=rows[shared["second"].to_numpy(dtype=np.intp)],
        kind=np.where((shared["share"] >= WHOLE) | centred(shared), "near", "overlap"),
    )
    # A symmetrical picture may fit both as it is and mirrored: the better placement counts.
    pairs = pd.concat([exact, related.sort_values("correlation", ascending=False)])
    pairs = pairs.drop_duplicates(["first", "second"], ignore_index=True)
    pairs = pairs.sort_values(["first", "second"], ignore_index=True)
    return Groups(pairs, connected(len(examination.table), pairs[["first", "second"]]))


def centred(pairs: pd.DataFrame) -> NDArray[np.bool_]:
    """(k,) whether both pictures are centred on the same spot; a turned one loses its corners."""
    x, y = (pairs[name].to_numpy(dtype=np.float64) for name in ("shift_x", "shift_y"))
    return np.hypot(x, y) < CENTRED


def _equal_pixels(examination: Examination) -> pd.DataFrame:
    """Each cell paired with the first one that has its pixels."""
    facts = examination.facts[["row", "pixels"]]
    first = facts.groupby("pixels", sort=False)["row"].transform("min")
    again = facts["row"] != first
    return pd.DataFrame(
        {
            "first": first[again].to_numpy(dtype=np.intp),
            "second": facts["row"][again].to_numpy(dtype=np.intp),
            "kind": "exact",
            "share": 1.0,
            "agreeing": 1.0,
            "correlation": 1.0,
            "scale": 1.0,
            "turn": 0.0,
            "mirrored": False,
            "shift_x": 0.0,
            "shift_y": 0.0,
        }
    )
