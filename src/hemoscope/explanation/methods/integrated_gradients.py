"""Integrated gradients (Sundararajan et al., ICML 2017), by captum."""

from dataclasses import dataclass

import torch
from torch import Tensor

from hemoscope.explanation.baseline import blurred
from hemoscope.explanation.extra import captum_attribution
from hemoscope.explanation.methods.explainer import Maps
from hemoscope.explanation.scoring import BATCH, target_arguments, target_score
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier


@dataclass(frozen=True)
class IntegratedGradients:
    """Gradients summed along the straight line from the blurred image to the image.

    Complete: a map sums to the score of the image minus that of the blurred image, up to the
    error of integrating in `steps` steps (Gauss-Legendre).

    Attributes:
        name: What `--method` calls it.
        steps: Images on the line.
    """

    name: str = "integrated-gradients"
    steps: int = 16

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch, summed over colours; see `Explainer`."""
        method = captum_attribution().IntegratedGradients(target_score(model))
        found = [
            method.attribute(
                images[row : row + 1],
                baselines=blurred(images[row : row + 1]),
                additional_forward_args=tuple(
                    each.to(images.device) for each in target_arguments(target.take([row]))
                ),
                n_steps=self.steps,
                internal_batch_size=BATCH,
            )
            for row in range(len(images))
        ]
        return torch.cat(found).sum(dim=1).float().cpu().numpy()
