"""Importance by chance: what any guide has to beat."""

import numpy as np

from hemoscope.compression.importance import Importance
from hemoscope.models.hybrid import HybridClassifier


def by_chance(model: HybridClassifier, seed: tuple[int, ...]) -> Importance:
    """A uniform random number for every part.

    Args:
        model: Gives the parts.
        seed: The same numbers give the same importance.
    """
    generator, shapes = np.random.default_rng(seed), model.config.encoder.block_shapes
    draw = generator.random
    return Importance(
        blocks=draw(len(shapes)),
        heads=tuple(draw(shape.heads) for shape in shapes),
        match=tuple(draw((shape.heads, shape.key_width)) for shape in shapes),
        carry=tuple(draw((shape.heads, shape.key_width)) for shape in shapes),
        units=tuple(draw(shape.feed_forward) for shape in shapes),
    )
