"""The pairs of images that share part of a field: candidates, aligned, and decided by pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.alignment import align
from hemoscope.audit.examination import Examination
from hemoscope.audit.facts import grey
from hemoscope.audit.features import FEATURE_SIZE
from hemoscope.audit.index import candidate_pairs
from hemoscope.audit.overlap import Overlap, compare
from hemoscope.audit.threads import one_thread_each
from hemoscope.cells import CellTable, Progress, fit_to, read_cell
from hemoscope.cells.parallel import default_workers, map_in_order

KEPT = 512  # decoded images at hand
STRETCH = 200  # candidates to a piece of work


@dataclass(frozen=True)
class Rule:
    """When the shared part of two images counts as one field. Each limit must be met.

    Attributes:
        inliers: Matches of keypoints that agree with the placement, at least.
        tiles: Tiles of the shared part that show something, at least.
        agreeing: Share of those tiles that agree, at least.
        correlation: Correlation over the shared part, at least.
        detail: Correlation of fine texture and noise over the shared part, at least.
        scale: How many times larger one may be shown than the other, at most.
    """

    inliers: int = 4
    tiles: int = 6
    agreeing: float = 0.85
    correlation: float = 0.9
    detail: float = 0.25
    scale: float = 2.0

    def holds(self, pairs: pd.DataFrame) -> NDArray[np.bool_]:
        """(k,) which of the measured pairs are one field."""
        met = (
            (pairs["inliers"] >= self.inliers)
            & (pairs["tiles"] >= self.tiles)
            & (pairs["agreeing"] >= self.agreeing)
            & (pairs["correlation"] >= self.correlation)
            & (pairs["detail"] >= self.detail)
            & (pairs["scale"].between(1 / self.scale, self.scale))
        )
        return met.to_numpy(dtype=bool)


def shared_fields(
    examination: Examination,
    *,
    rule: Rule | None = None,
    workers: int | None = None,
    stage: Callable[[str], Progress] | None = None,
) -> pd.DataFrame:
    """Finds the pairs that share part of a field.

    Args:
        examination: Of the set.
        rule: When a pair counts.
        workers: Threads; by default one for each processor.
        stage: Given the name of a stage of the work, says whom to tell of its progress.

    Returns:
        One row a pair: `first` < `second` (rows of `examination.facts`), `mirrored`, `votes`,
        `inliers`, `scale`, `turn` (degrees), `shift_x` and `shift_y` (of the centre, as shares of
        the frame), and the fields of `Overlap`.
    """
    measured = measure_pairs(examination, workers=workers, stage=stage)
    return measured[(rule or Rule()).holds(measured)].reset_index(drop=True)


def measure_pairs(
    examination: Examination,
    *,
    workers: int | None = None,
    stage: Callable[[str], Progress] | None = None,
) -> pd.DataFrame:
    """All candidates that align, with what speaks for and against each."""
    seeking = None if stage is None else stage("looking for shared fields")
    candidates = candidate_pairs(examination.features, progress=seeking)
    progress = None if stage is None else stage("comparing candidates")
    # Neighbours in this order have images in common, which are then decoded once.
    candidates = candidates.sort_values(["first", "second"], ignore_index=True)
    grey_of = _reader(examination.table)
    stretches = [candidates[i : i + STRETCH] for i in range(0, len(candidates), STRETCH)]
    rows: list[dict] = []
    done = 0
    with one_thread_each():
        for measured, count in map_in_order(
            lambda part: (_measure(examination, grey_of, part), len(part)),
            stretches,
            workers or default_workers(),
        ):
            rows += measured
            done += count
            if progress is not None:
                progress(done, len(candidates))
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    *("first", "second", "mirrored", "votes", "inliers", "scale", "turn", "shift_x", "shift_y"),
    *(name for name in Overlap.__dataclass_fields__),
]


def _reader(table: CellTable):
    """The grey working image of a row of the table; the latest ones are kept."""

    @lru_cache(maxsize=KEPT)
    def grey_of(row: int) -> NDArray[np.uint8]:
        return grey(fit_to(read_cell(table, row), FEATURE_SIZE))

    return grey_of


def _measure(examination: Examination, grey_of, part: pd.DataFrame) -> list[dict]:
    rows = []
    of_table: Sequence[int] = examination.rows.tolist()
    for first, second, mirrored, votes in part.itertuples(index=False):
        alignment = align(
            examination.features[first], examination.features[second], mirrored=mirrored
        )
        if alignment is None:
            continue
        overlap = compare(grey_of(of_table[first]), grey_of(of_table[second]), alignment)
        centre = alignment.matrix @ np.array([0.5, 0.5, 1.0]) - 0.5
        rows.append(
            {
                "first": first,
                "second": second,
                "mirrored": mirrored,
                "votes": votes,
                "inliers": alignment.inliers,
                "scale": alignment.scale,
                "turn": alignment.turn,
                "shift_x": float(centre[0]),
                "shift_y": float(centre[1]),
                **vars(overlap),
            }
        )
    return rows
