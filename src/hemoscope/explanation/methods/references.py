"""Maps that look at no model: what a method has to beat."""

import zlib
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from hemoscope.explanation.methods.explainer import Maps
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier


@dataclass(frozen=True)
class RandomBlocks:
    """Blocks of noise, as coarse as the map of a backbone's last stage.

    Attributes:
        name: In tables.
        grid: Rows and columns of the noise.

    Each image has noise of its own, and always the same: it is drawn by the image's content.
    """

    name: str = "random"
    grid: int = 7

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch; see `Explainer`."""
        del model, target
        rows, columns = np.indices(images.shape[-2:])
        height, width = images.shape[-2:]
        seeds = [zlib.crc32(image.cpu().contiguous().numpy().tobytes()) for image in images]
        shape = (self.grid, self.grid)
        noise = np.stack([np.random.default_rng(seed).random(shape) for seed in seeds])
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
