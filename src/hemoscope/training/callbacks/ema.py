"""An exponential moving average of the weights that also works for short runs."""

from collections.abc import Callable, Sequence

import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor

MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]


def warmed_average(decay: float) -> MultiAverage:
    """The update avg ← d·avg + (1 − d)·new with d = min(decay, (1 + k) / (10 + k)) at update k.

    A constant decay of 0.998 remembers the untrained weights for some 1,500 steps, which is a
    whole short run; the ramp (as in TensorFlow's ExponentialMovingAverage with `num_updates`)
    forgets them.
    """

    def update(averages: Sequence[Tensor], values: Sequence[Tensor], count: Tensor | int) -> None:
        step = int(count)
        now = min(decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for average, value in zip(averages, values, strict=True):
                if average.is_floating_point():
                    average.lerp_(value, 1 - now)
                else:  # a counter, such as BatchNorm's: nothing to average
                    average.copy_(value)

    return update


def averaged_weights(decay: float) -> WeightAveraging:
    """Lightning's callback: validates, chooses and keeps the averaged weights."""
    return WeightAveraging(use_buffers=True, multi_avg_fn=warmed_average(decay))
