"""How the learning rate goes from step to step."""

import math

from hemoscope.training.recipe import Optimiser


def rate_factor(step: int, steps: int, optimiser: Optimiser) -> float:
    """The share of the full learning rate at a step.

    A linear rise over the warm-up, then constant or a half cosine down to 0 (Loshchilov and
    Hutter 2017, "SGDR", without restarts).

    Args:
        step: From 0 to `steps` - 1; a later one keeps the last value.
        steps: Number of steps in the whole run, at least 1.
        optimiser: Warm-up share and shape.

    Returns:
        In [0, 1].
    """
    warmup = round(steps * optimiser.warmup)
    if step < warmup:
        return (step + 1) / warmup
    if optimiser.schedule == "constant":
        return 1.0
    done = min(1.0, (step - warmup) / max(1, steps - warmup))
    return 0.5 * (1 + math.cos(math.pi * done))
