"""Which images might share part of a field: candidates, without comparing every pair.

Descriptors are indexed by inverted lists over product-quantised codes (Jégou et al. 2011,
doi:10.1109/TPAMI.2010.57; FAISS). Every descriptor asks for its nearest neighbours, once as it is
and once mirrored; each neighbour votes for a placement of one image on the other, and pairs of
images with several votes for one placement are candidates (a Hough vote as in Lowe 2004).
The number of lists grows with the number of descriptors, so the work for one descriptor does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.features import MIRROR, LocalFeatures
from hemoscope.cells import Progress
from hemoscope.errors import MissingExtraError

DIMENSIONS = 64  # principal components kept of the 128
TRAINING = 100_000  # descriptors that the components and the lists are learnt from
PER_LIST = 1200  # descriptors to a list
PROBED = 3  # lists looked at for one query
NEIGHBOURS = 12
FARTHEST = 0.42  # distance between RootSIFT descriptors (0 … sqrt 2) of one spot of a field
BLOCK = 100_000  # queries at a time
VOTES = 3

# How wide a vote counts: in turns of 45 degrees, octaves of scale and quarters of the frame.
BIN = np.array([np.pi / 4, 1.0, 0.25, 0.25])


@dataclass(frozen=True, eq=False)
class Descriptors:
    """All descriptors of a set, end to end.

    Attributes:
        values: (m, 128) uint8.
        points: (m, 4) as in `LocalFeatures`.
        image: (m,) which image each belongs to.
    """

    values: NDArray[np.uint8]
    points: NDArray[np.float32]
    image: NDArray[np.int32]

    @classmethod
    def of(cls, features: Sequence[LocalFeatures]) -> "Descriptors":
        """Lays the features of n images end to end."""
        counts = [len(item.points) for item in features]
        return cls(
            np.concatenate([item.descriptors for item in features]),
            np.concatenate([item.points for item in features]),
            np.repeat(np.arange(len(features), dtype=np.int32), counts),
        )


def root(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RootSIFT (Arandjelović and Zisserman 2012): unit vectors whose distance compares better."""
    values = np.sqrt(descriptors.astype(np.float32))
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-9)


def candidate_pairs(
    features: Sequence[LocalFeatures], *, seed: int = 0, progress: Progress | None = None
) -> pd.DataFrame:
    """Pairs of images that may share part of a field.

    Args:
        features: Of n images.
        seed: For the descriptors that the index learns from.
        progress: Told how many of the queries are done.

    Returns:
        Columns `first` < `second` (positions in `features`), `mirrored` (whether one would have to
        be mirrored) and `votes`; most votes first.

    Raises:
        MissingExtraError: FAISS is not installed.
    """
    every = Descriptors.of(features)
    if len(every.values) == 0:
        return pd.DataFrame({"first": [], "second": [], "mirrored": [], "votes": []}).astype(int)
    index = _Index(every, seed)
    tallies: list[pd.DataFrame] = []
    starts = range(0, len(every.values), BLOCK)
    for done, start in enumerate(starts, 1):
        rows = np.arange(start, min(start + BLOCK, len(every.values)))
        for mirrored in (False, True):
            tallies.append(_matches(index, rows, mirrored))
        if progress is not None:
            progress(done, len(starts))
    return _count_votes(pd.concat(tallies), every)


class _Index:
    """Approximate nearest neighbours among descriptors."""

    def __init__(self, every: Descriptors, seed: int) -> None:
        try:
            import faiss  # noqa: PLC0415 an optional extra
        except ImportError as error:
            raise MissingExtraError("finding overlapping fields", "audit") from error
        self.every = every
        count = len(every.values)
        rng = np.random.default_rng(seed)
        sample = root(every.values[rng.choice(count, min(count, TRAINING), replace=False)])
        self._mean = sample.mean(axis=0)
        _, axes = np.linalg.eigh(np.cov((sample - self._mean).T))
        self._axes = axes[:, ::-1][:, :DIMENSIONS].astype(np.float32)
        lists = int(np.clip(count // PER_LIST, 1, len(sample) // 40 + 1))
        # Few descriptors are compared exactly; product quantisation needs enough to learn from.
        kind = f"IVF{lists},PQ{DIMENSIONS // 2}x4fs" if count >= 20_000 else "Flat"
        self._index = faiss.index_factory(DIMENSIONS, kind)
        if kind != "Flat":
            self._index.cp.niter = 8
            self._index.cp.seed = seed + 1
            self._index.nprobe = PROBED
            self._index.train(self._project(sample))
        for start in range(0, count, BLOCK):
            self._index.add(self._project(root(every.values[start : start + BLOCK])))

    def _project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.ascontiguousarray((vectors - self._mean) @ self._axes)

    def near(
        self, rows: NDArray[np.intp], mirrored: bool
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Descriptors (asking, answering) of different images that lie close to each other."""
        values = self.every.values[rows]
        asked = root(values[:, MIRROR] if mirrored else values)
        _, found = self._index.search(self._project(asked), NEIGHBOURS)
        place, column = np.nonzero(found >= 0)
        answer = found[place, column]
        other = self.every.image[rows[place]] != self.every.image[answer]
        place, answer = place[other], answer[other]
        # The codes only approximate: what they bring up is measured again, exactly.
        cosine = np.einsum("ij,ij->i", asked[place], root(self.every.values[answer]))
        close = cosine > 1 - FARTHEST**2 / 2
        return rows[place[close]], answer[close]


def _matches(index: _Index, rows: NDArray[np.intp], mirrored: bool) -> pd.DataFrame:
    """Each match with the placement of the first image on the second that it speaks for."""
    asking, answering = index.near(rows, mirrored)
    image, points = index.every.image, index.every.points
    swap = image[asking] > image[answering]
    a, b = np.where(swap, answering, asking), np.where(swap, asking, answering)
    placement = _placement(points[a], points[b], mirrored)
    return pd.DataFrame(
        {
            "first": image[a],
            "second": image[b],
            "mirrored": mirrored,
            "point": a.astype(np.int32),
            **{name: placement[:, i] for i, name in enumerate(("turn", "scale", "x", "y"))},
        }
    )


def _placement(
    a: NDArray[np.float32], b: NDArray[np.float32], mirrored: bool
) -> NDArray[np.float32]:
    """(k, 4) turn in radians, log2 scale, and where the centre of the first frame comes to lie."""
    sign = -1.0 if mirrored else 1.0
    turn = (b[:, 3] - sign * a[:, 3]) % (2 * np.pi)
    scale = np.clip(np.log2(b[:, 2] / a[:, 2]), -3, 3)
    arm = (0.5 - a[:, :2]) * np.array([1.0, sign], np.float32) * (2.0**scale)[:, None]
    cos, sin = np.cos(turn), np.sin(turn)
    x = b[:, 0] + cos * arm[:, 0] - sin * arm[:, 1]
    y = b[:, 1] + sin * arm[:, 0] + cos * arm[:, 1]
    return np.column_stack([turn, scale, np.clip(x, -4, 5), np.clip(y, -4, 5)]).astype(np.float32)


def _count_votes(matches: pd.DataFrame, every: Descriptors) -> pd.DataFrame:
    """Pairs with enough votes for one placement.

    A vote is cast into two divisions of the space, the second shifted by half a bin, so that
    placements at the edge of a bin are not torn apart.
    """
    pair = ["first", "second", "mirrored"]
    size = matches.groupby(pair)["point"].transform("nunique")
    matches = matches[size >= VOTES]
    placement = matches[["turn", "scale", "x", "y"]].to_numpy()
    counted = []
    for shift in (0.0, 0.5):
        bins = np.floor(placement / BIN + shift).astype(np.int32)
        bins[:, 0] %= round(2 * np.pi / BIN[0])
        cast = matches[[*pair, "point"]].assign(
            **{f"bin{i}": bins[:, i] for i in range(bins.shape[1])}
        )
        votes = cast.groupby([*pair, "bin0", "bin1", "bin2", "bin3"])["point"].nunique()
        counted.append(votes.groupby(pair).max())
    best = pd.concat(counted).groupby(pair).max().rename("votes").reset_index()
    best = best[best["votes"] >= VOTES]
    return best.sort_values("votes", ascending=False, ignore_index=True)
