"""Occlusion (Zeiler & Fergus, ECCV 2014), by captum."""

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
class Occlusion:
    """How far the score falls where a square window shows the blurred image.

    A pixel gets the mean over the windows that cover it.

    Attributes:
        name: What `--method` calls it.
        window: Side of the window, as a share of the image's side.
        overlap: Windows are moved by `window / overlap`.
    """

    name: str = "occlusion"
    window: float = 0.25
    overlap: int = 2

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch; see `Explainer`."""
        method = captum_attribution().Occlusion(target_score(model))
        side = max(1, round(self.window * min(images.shape[-2:])))
        stride = max(1, side // self.overlap)
        found = []
        for row in range(len(images)):
            image = images[row : row + 1]
            arguments = (each.to(images.device) for each in target_arguments(target.take([row])))
            with torch.inference_mode():
                found.append(
                    method.attribute(
                        image,
                        sliding_window_shapes=(3, side, side),
                        strides=(3, stride, stride),
                        baselines=blurred(image),
                        additional_forward_args=tuple(arguments),
                        perturbations_per_eval=BATCH,
                    )
                )
        return torch.cat(found).mean(dim=1).float().cpu().numpy()
