"""Sanity check by cascading randomisation (Adebayo et al., NeurIPS 2018).

A map that stays as it is when the weights become noise does not show what the model learnt.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hemoscope.explanation.faithfulness.similarity import (
    rank_correlation,
    structural_similarity,
)
from hemoscope.explanation.methods.explainer import Explainer, Maps
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """How alike maps are to those of the trained model, while weights are destroyed.

    Attributes:
        method: Name of the method.
        levels: (L,) what has been randomised last; everything above it has been, too.
        rank_correlation: (L, n) Spearman's, of the maps.
        structural_similarity: (L, n) SSIM of the maps.
    """

    method: str
    levels: tuple[str, ...]
    rank_correlation: NDArray[np.float64]
    structural_similarity: NDArray[np.float64]


def sanity_check(
    method: Explainer,
    model: HybridClassifier,
    images: Tensor,
    target: Target,
    *,
    maps: Maps | None = None,
    seed: int = 0,
) -> SanityCheck:
    """Randomises a copy of the model from the head down, and compares maps at every level.

    Args:
        method: The method to check.
        model: Stays as it is.
        images: (n, 3, h, w) in [0, 1].
        target: Stays the same throughout.
        maps: The method's maps of the trained model, where they are at hand.
        seed: Of the randomisation.
    """
    trained = method.explain(model, images, target) if maps is None else maps
    names, ranks, structures = [], [], []
    for name, destroyed in cascade(model, seed=seed):
        found = method.explain(destroyed, images, target)
        pairs = list(zip(trained, found, strict=True))
        names.append(name)
        ranks.append([rank_correlation(one, other) for one, other in pairs])
        structures.append([structural_similarity(one, other) for one, other in pairs])
    return SanityCheck(method.name, tuple(names), np.array(ranks), np.array(structures))


def cascade(model: HybridClassifier, *, seed: int = 0) -> Iterator[tuple[str, HybridClassifier]]:
    """A copy of a model, randomised further and further: head, encoder, backbone.

    The values of each tensor change places at random, so that its scale stays what it was and
    the signal neither dies nor explodes for that reason. The running statistics of BatchNorm
    stay.

    Yields:
        The level's name and the copy; each time the same copy.
    """
    copy = deepcopy(model).eval()
    generator = torch.Generator().manual_seed(seed)
    for name, modules in _levels(copy):
        for module in modules:
            _shuffle(module, generator)
        yield name, copy


def _levels(model: HybridClassifier) -> tuple[tuple[str, list[nn.Module]], ...]:
    """What is randomised together, from the head down."""
    body = [
        module
        for module in model.backbone.modules()
        if next(module.parameters(recurse=False), None) is not None
    ]
    half = len(body) // 2
    return (
        ("head and fusion", [model.fusion, model.head]),
        ("encoder and tokens", [model.encoder, model.tokens]),
        ("upper half of the backbone", body[half:]),
        ("whole model", body[:half]),
    )


def _shuffle(module: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for parameter in module.parameters():
            flat = parameter.detach().cpu().flatten()
            order = torch.randperm(len(flat), generator=generator)
            parameter.copy_(flat[order].reshape(parameter.shape))
