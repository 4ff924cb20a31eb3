"""Grad-CAM (Selvaraju et al., ICCV 2017), on any stage of the backbone."""

from dataclasses import dataclass

from torch import Tensor, nn

from hemoscope.explanation.errors import UnsuitableMethodError
from hemoscope.explanation.extra import captum_attribution
from hemoscope.explanation.grids import to_pixels
from hemoscope.explanation.methods.explainer import Maps
from hemoscope.explanation.scoring import target_arguments, target_score
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier


@dataclass(frozen=True)
class GradCam:
    """Channels of a feature map, weighted by the mean gradient of the score.

    `sum over channels of (mean over positions of d score / d map) * map`, enlarged to the image.
    The paper keeps positive values only. Here negative ones stay: they say where the other
    class of a contrast is seen, and they put pixels in order where the paper has a tie at zero.

    Attributes:
        name: What `--method` calls it.
        stage: Which map, counted from the end; -1 is the last, -2 the last of the next larger
            size.
    """

    name: str = "gradcam"
    stage: int = -1

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch; see `Explainer`.

        Raises:
            UnsuitableMethodError: The backbone has no such stage.
        """
        layer = stage_module(model, self.stage)
        method = captum_attribution().LayerGradCam(target_score(model), layer)
        arguments = tuple(each.to(images.device) for each in target_arguments(target))
        found = method.attribute(images, additional_forward_args=arguments)
        # The backbone gives all maps that become tokens; the last of them is the last map.
        coarse = found[-1] if isinstance(found, tuple) else found
        size = (images.shape[-2], images.shape[-1])
        return to_pixels(coarse[:, 0].detach(), size).cpu().numpy()


def stage_module(model: HybridClassifier, stage: int) -> nn.Module:
    """The part of the backbone whose output is the map of a stage.

    For the last stage that is the backbone itself: several timm networks add a convolution
    after the last stage that they list.

    Raises:
        UnsuitableMethodError: There is no such stage.
    """
    if stage == -1:
        return model.backbone
    listed = [each["module"] for each in model.backbone.body.feature_info]  # pyright: ignore[reportGeneralTypeIssues, reportOptionalIterable]
    known = dict(model.backbone.body.named_modules())
    if -stage > len(listed) or listed[stage] not in known:
        raise UnsuitableMethodError(
            f"the backbone {model.config.backbone} has no stage {stage} that can be looked at. "
            "Take gradcam, which looks at its last map."
        )
    return known[listed[stage]]
