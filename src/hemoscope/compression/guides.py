"""Who says what goes first: the guides by name."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from torch import Tensor

from hemoscope.compression.by_scores import (
    by_attention,
    by_entropy,
    by_gradient,
    by_influence,
    by_rollout,
)
from hemoscope.compression.chance import by_chance
from hemoscope.compression.importance import Importance
from hemoscope.compression.magnitude import by_magnitude
from hemoscope.compression.scores.result import Scores
from hemoscope.compression.scores.score import scores
from hemoscope.errors import UsageError
from hemoscope.models.hybrid import HybridClassifier

SCORED: Mapping[str, Callable[[Scores], Importance]] = MappingProxyType(
    {
        "attention": by_attention,
        "entropy": by_entropy,
        "rollout": by_rollout,
        "influence": by_influence,
        "gradient": by_gradient,
    }
)
RANDOM, MAGNITUDE = "random", "magnitude"
GUIDES = (*SCORED, RANDOM, MAGNITUDE)


def check_guide(name: str) -> None:
    """Refuse a guide that does not exist.

    Raises:
        UsageError: Naming those that do.
    """
    if name not in GUIDES:
        near = get_close_matches(name, GUIDES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"there is no guide {name!r}.{hint} There are: {', '.join(GUIDES)}.")


def importance_by(
    guide: str, model: HybridClassifier, images: Tensor, labels: Tensor, seed: tuple[int, ...]
) -> Importance:
    """What a guide says of every part of a model's encoder.

    Args:
        guide: One of `GUIDES`.
        model: As it stands before the step.
        images: (n, 3, height, width) in [0, 1], for guides that score.
        labels: (n,) class indices.
        seed: For chance; the others draw nothing.

    Raises:
        UsageError: There is no such guide.
        PruningError: The model has no encoder, or there are no cells.
    """
    check_guide(guide)
    if guide == RANDOM:
        return by_chance(model, seed)
    if guide == MAGNITUDE:
        return by_magnitude(model)
    return SCORED[guide](scores(model, images, labels))
