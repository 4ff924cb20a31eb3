"""Deletion and insertion curves (Petsiuk et al., RISE, BMVC 2018)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hemoscope.explanation.baseline import blurred
from hemoscope.explanation.scoring import BATCH, logits_of, parts_of
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier

Curve = NDArray[np.float64]

STEPS = 8


@dataclass(frozen=True, eq=False)
class Ends:
    """Where all curves of a cell begin and end: (n,) sureness of image and of blurred image."""

    image: Curve
    blurred: Curve


@dataclass(frozen=True, eq=False)
class FaithfulnessCurves:
    """How sure the model stays while pixels go, and becomes while they come.

    Attributes:
        shares: (s + 1,) share of the pixels that were changed, from 0 to 1.
        deletion: (n, s + 1) sureness while the highest pixels of the map are blurred first.
        insertion: (n, s + 1) sureness while the blurred image gets those pixels back first.
    """

    shares: Curve
    deletion: Curve
    insertion: Curve

    @property
    def deletion_area(self) -> Curve:
        """(n,) area below the deletion curve, in [0, 1]; small for a faithful map."""
        return np.asarray(np.trapezoid(self.deletion, self.shares, axis=1))

    @property
    def insertion_area(self) -> Curve:
        """(n,) area below the insertion curve, in [0, 1]; large for a faithful map."""
        return np.asarray(np.trapezoid(self.insertion, self.shares, axis=1))


def curve_ends(model: HybridClassifier, images: Tensor, target: Target) -> Ends:
    """The two scores that the curves of every method share."""
    return Ends(
        target.chances(logits_of(model, images)),
        target.chances(logits_of(model, blurred(images))),
    )


def faithfulness_curves(
    model: HybridClassifier,
    images: Tensor,
    maps: NDArray[np.float32],
    target: Target,
    *,
    steps: int = STEPS,
    ends: Ends | None = None,
) -> FaithfulnessCurves:
    """Blurs and restores pixels in the order of a map, and asks the model each time.

    Args:
        model: In eval mode.
        images: (n, 3, h, w) in [0, 1].
        maps: (n, h, w); only the order of values counts. Equal values are taken in a random but
            fixed order, so that a map with ties favours no corner.
        target: What the model is asked; see `Target.chances`.
        steps: Points of a curve after the first.
        ends: From `curve_ends`, where several maps of the same images are compared.
    """
    ends = curve_ends(model, images, target) if ends is None else ends
    shares = np.linspace(0, 1, steps + 1)
    place = torch.from_numpy(pixel_order(maps)).to(images.device)
    changed = [place < round(share * place[0].numel()) for share in shares[1:-1]]
    soft = blurred(images)
    return FaithfulnessCurves(
        shares,
        _curve(model, images, soft, changed, target, (ends.image, ends.blurred)),
        _curve(model, soft, images, changed, target, (ends.blurred, ends.image)),
    )


def pixel_order(maps: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n, h, w): the place of each pixel when sorted from the highest value, from 0."""
    flat = maps.reshape(len(maps), -1)
    lots = np.random.default_rng(0).permutation(flat.shape[1])
    places = np.empty(flat.shape, dtype=np.int64)
    for row, values in enumerate(flat):
        places[row, np.lexsort((lots, -values))] = np.arange(flat.shape[1])
    return places.reshape(maps.shape)


def _curve(
    model: HybridClassifier,
    start: Tensor,
    end: Tensor,
    changed: list[Tensor],
    target: Target,
    ends: tuple[Curve, Curve],
) -> Curve:
    """(n, s + 1) sureness from `start` to `end`, with `ends` at either side."""
    between = np.empty((len(start), len(changed)))
    for part in parts_of(len(start), max(1, BATCH // max(1, len(changed)))):
        mixed = torch.cat([torch.where(m[part, None], end[part], start[part]) for m in changed])
        rows = np.tile(np.arange(len(start))[part], len(changed))
        sureness = target.take(rows).chances(logits_of(model, mixed))
        between[part] = sureness.reshape(len(changed), -1).T
    return np.column_stack([ends[0], between, ends[1]])
