"""Maps that look at no model: what a method has to beat."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from hemoscope.explanation.methods.explainer import Maps
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier


@dataclass(frozen=True)
class RandomBlobs:
    """Coarse noise, enlarged: as smooth as Grad-CAM's maps, and without meaning.

    Attributes:
        name: In tables.
        grid: Rows and columns of the noise.
        seed: Of the noise; the k-th image of a batch always gets the same map.
    """

    name: str = "random"
    grid: int = 7
    seed: int = 0

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch; see `Explainer`."""
        del model, target
        rng = np.random.default_rng(self.seed)
        rows, columns = np.indices(images.shape[-2:])
        height, width = images.shape[-2:]
        noise = rng.random((len(images), self.grid, self.grid))
        picked = noise[:, rows * self.grid // height, columns * self.grid // width]
        return picked.astype(np.float32)


@dataclass(frozen=True)
class Centre:
    """A Gaussian hill in the middle: pictures of single cells have the cell there.

    A method that does not beat it shows no more than where cells are.

    Attributes:
        name: In tables.
        width: Standard deviation as a share of the side.
    """

    name: str = "centre"
    width: float = 0.2

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch; see `Explainer`."""
        del model, target
        height, width = images.shape[-2:]
        rows, columns = np.indices((height, width))
        across = ((rows + 0.5) / height - 0.5) ** 2 + ((columns + 0.5) / width - 0.5) ** 2
        hill = np.exp(-across / (2 * self.width**2)).astype(np.float32)
        return np.repeat(hill[None], len(images), axis=0)
