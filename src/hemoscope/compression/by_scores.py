"""Scores become importances: a single score, or the mean rank over all of them."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from hemoscope.compression.importance import Array, Importance
from hemoscope.compression.scores.result import Scores


def by_attention(scores: Scores) -> Importance:
    """The mean rank over all scores of a part: none of them has to be believed alone.

    Blocks: focus (1 − entropy), share in rollout, influence, gradient. Heads: focus, share in
    rollout, gradient. Channels and hidden units have the gradient only.
    """
    focus, rollout = _focus(scores), _rollout(scores)
    influence, gradient = _influence(scores), by_gradient(scores)
    heads = [each.heads for each in (focus, rollout, gradient)]
    return _with(
        scores,
        blocks=_mean_rank([each.blocks for each in (focus, rollout, influence, gradient)]),
        heads=_split(_mean_rank([np.concatenate(each) for each in heads]), scores),
    )


def by_entropy(scores: Scores) -> Importance:
    """Blocks and heads of wide attention go first."""
    return _focus(scores)


def by_rollout(scores: Scores) -> Importance:
    """Blocks and heads with the smallest share in attention rollout go first."""
    return _rollout(scores)


def by_influence(scores: Scores) -> Importance:
    """Blocks that turn the tokens least go first; heads by their gradient."""
    return _influence(scores)


def by_gradient(scores: Scores) -> Importance:
    """Blocks and heads that the loss would miss least go first.

    Heads and hidden units are divided by the L2 norm over their block, as Michel et al. 2019 do
    after Molchanov et al. 2017: gradients of different depths have different scales.
    """
    return _with(
        scores,
        blocks=np.array([block.gradient for block in scores.blocks]),
        heads=tuple(_unit_norm(block.heads) for block in scores.blocks),
    )


def _focus(scores: Scores) -> Importance:
    heads = tuple(1 - block.entropy for block in scores.blocks)
    return _with(scores, blocks=np.array([each.mean() for each in heads]), heads=heads)


def _rollout(scores: Scores) -> Importance:
    heads = tuple(block.rollout for block in scores.blocks)
    return _with(scores, blocks=np.array([each.sum() for each in heads]), heads=heads)


def _influence(scores: Scores) -> Importance:
    blocks = np.array([block.influence for block in scores.blocks])
    return _with(scores, blocks=blocks, heads=by_gradient(scores).heads)


def _with(scores: Scores, *, blocks: Array, heads: tuple[Array, ...]) -> Importance:
    """These blocks and heads; channels and units by their gradient."""
    return Importance(
        blocks=blocks,
        heads=heads,
        match=tuple(block.match for block in scores.blocks),
        carry=tuple(block.carry for block in scores.blocks),
        units=tuple(_unit_norm(block.units) for block in scores.blocks),
    )


def _mean_rank(values: Sequence[Array]) -> Array:
    return np.mean([rankdata(each) for each in values], axis=0)


def _split(values: Array, scores: Scores) -> tuple[Array, ...]:
    ends = np.cumsum([len(block.heads) for block in scores.blocks])
    return tuple(np.split(values, ends[:-1]))


def _unit_norm(values: Array) -> Array:
    norm = float(np.linalg.norm(values))
    return values / norm if norm > 0 else values
