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

from hemoscope.audit.extra import faiss
from hemoscope.audit.features import MIRROR, LocalFeatures
from hemoscope.cells import Progress

DIMENSIONS = 64  # principal components kept of the 128
TRAINING = 100_000  # descriptors that the components and the lists are learnt from
PER_LIST = 1200  # descriptors to a list
PROBED = 3  # lists looked at for one query
NEIGHBOURS = 12
FARTHEST = 0.42  # distance between RootSIFT descriptors (0 … sqrt 2) of one spot of a field
BLOCK = 25_000  # queries at a time; 12 answers to each are measured at once, so it bounds memory

# A vote counts for a bin of placements: so many radians of turn, octaves of scale and shares of
# the frame (of where the centre comes to lie). Three votes in a wide bin make a candidate, or two
# that agree closely, as those of a small shared part do.
WIDE = (np.array([np.pi / 4, 1.0, 0.25, 0.25]), 3)
CLOSE = (np.array([np.pi / 24, 1 / 6, 1 / 24, 1 / 24]), 2)
FEWEST = 2


@dataclass(frozen=True, eq=False)
class Descriptors:
    """All descriptors of a set, end to end.

    Attributes:
        vectors: (m, 128) uint8.
        points: (m, 4) as in `LocalFeatures`.
        image: (m,) which image each belongs to.
    """

    vectors: NDArray[np.uint8]
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
    if not any(len(item.points) for item in features):
        return pd.DataFrame({"first": [], "second": [], "mirrored": [], "votes": []}).astype(int)
    every = Descriptors.of(features)
    index = _Index(every, seed)
    tallies: list[pd.DataFrame] = []
    blocks = _whole_images(every.image)
    for done, rows in enumerate(blocks, 1):
        tallies += [_tally(index, rows, mirrored) for mirrored in (False, True)]
        if progress is not None:
            progress(done, len(blocks))
    votes = pd.concat(tallies).groupby(["first", "second", "mirrored"])["votes"].max()
    return votes.reset_index().sort_values("votes", ascending=False, ignore_index=True)


def _whole_images(image: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    """Stretches of descriptors of about BLOCK each; those of one image stay together."""
    ends = np.flatnonzero(np.diff(image, append=-1)) + 1
    cuts = np.unique(ends[np.searchsorted(ends, np.arange(BLOCK, len(image), BLOCK))])
    return [part for part in np.split(np.arange(len(image)), cuts) if len(part)]


class _Index:
    """Approximate nearest neighbours among descriptors."""

    def __init__(self, every: Descriptors, seed: int) -> None:
        self.every = every
        count = len(every.vectors)
        rng = np.random.default_rng(seed)
        sample = root(every.vectors[rng.choice(count, min(count, TRAINING), replace=False)])
        self._mean = sample.mean(axis=0)
        _, axes = np.linalg.eigh(np.cov((sample - self._mean).T))
        self._axes = axes[:, ::-1][:, :DIMENSIONS].astype(np.float32)
        lists = int(np.clip(count // PER_LIST, 1, len(sample) // 40 + 1))
        # Few descriptors are compared exactly; product quantisation needs enough to learn from.
        kind = f"IVF{lists},PQ{DIMENSIONS // 2}x4fs" if count >= 20_000 else "Flat"
        self._index = faiss().index_factory(DIMENSIONS, kind)
        if kind != "Flat":
            self._index.cp.niter = 8
            self._index.cp.seed = seed + 1
            self._index.nprobe = PROBED
            self._index.train(self._project(sample))
        for start in range(0, count, BLOCK):
            self._index.add(self._project(root(every.vectors[start : start + BLOCK])))

    def _project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.ascontiguousarray((vectors - self._mean) @ self._axes)

    def near(
        self, rows: NDArray[np.intp], mirrored: bool
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Descriptors (asking, answering) of different images that lie close to each other."""
        values = self.every.vectors[rows]
        asked = root(values[:, MIRROR] if mirrored else values)
        _, found = self._index.search(self._project(asked), NEIGHBOURS)
        place, column = np.nonzero(found >= 0)
        answer = found[place, column]
        other = self.every.image[rows[place]] != self.every.image[answer]
        place, answer = place[other], answer[other]
        # The codes only approximate: what they bring up is measured again, exactly.
        cosine = np.einsum("ij,ij->i", asked[place], root(self.every.vectors[answer]))
        close = cosine > 1 - FARTHEST**2 / 2
        return rows[place[close]], answer[close]


def _tally(index: _Index, rows: NDArray[np.intp], mirrored: bool) -> pd.DataFrame:
    """The pairs that the descriptors of some images bring up, with their votes."""
    asking, answering = index.near(rows, mirrored)
    image, points = index.every.image, index.every.points
    pair = image[asking].astype(np.int64) * (int(image[-1]) + 1) + image[answering]
    frequent = _occurs(pair, FEWEST)
    asking, answering, pair = asking[frequent], answering[frequent], pair[frequent]
    placement = _placement(points[asking], points[answering], mirrored)
    votes = np.zeros(len(pair), dtype=np.intp)
    for width, least in (WIDE, CLOSE):
        for shift in (0.0, 0.5):
            cast = _most_votes(pair, placement / width + shift, asking, width)
            votes = np.maximum(votes, np.where(cast >= least, cast, 0))
    chosen = pd.DataFrame({"pair": pair, "votes": votes})[votes > 0].drop_duplicates("pair")
    ends = np.divmod(chosen["pair"].to_numpy(), int(image[-1]) + 1)
    return pd.DataFrame(
        {
            "first": np.minimum(*ends),
            "second": np.maximum(*ends),
            "mirrored": mirrored,
            "votes": chosen["votes"].to_numpy(),
        }
    )


def _occurs(values: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
    """Which entries have a value that occurs often enough."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return count[place] >= least


def _most_votes(
    pair: NDArray[np.int64],
    placement: NDArray[np.float64],
    asking: NDArray[np.intp],
    width: NDArray[np.float64],
) -> NDArray[np.intp]:
    """For every match, the votes of its pair's best bin; a keypoint votes once in a bin.

    Called for bins at two places, half a bin apart, so that a placement at the edge of one is not
    torn apart.

    Args:
        pair: (k,) which pair of images the match belongs to.
        placement: (k, 4) as `_placement` gives it, in bins.
        asking: (k,) the descriptor that votes.
        width: (4,) of the bins.
    """
    bins = np.floor(placement).astype(np.int64)
    bins[:, 0] %= round(2 * np.pi / width[0])
    # Scales lie within 32 bins of 0 and centres within 128: each has its own bits.
    place = (bins + np.array([0, 32, 128, 128])) @ np.array([1, 2**6, 2**12, 2**20])
    pairs, of_pair = np.unique(pair, return_inverse=True)
    _, name = np.unique(of_pair * 2**28 + place, return_inverse=True)
    voter = asking - asking.min(initial=0)
    ballots = np.unique(name * (voter.max(initial=0) + 1) + voter)
    in_bin = np.bincount(ballots // (voter.max(initial=0) + 1))[name]
    best = np.zeros(len(pairs), dtype=np.intp)
    np.maximum.at(best, of_pair, in_bin)
    return best[of_pair]


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
