"""Every method by name, and the one that is taken where none is named."""

from collections.abc import Mapping
from types import MappingProxyType

from hemoscope.errors import UsageError
from hemoscope.explanation.methods.explainer import Explainer
from hemoscope.explanation.methods.grad_cam import GradCam
from hemoscope.explanation.methods.integrated_gradients import IntegratedGradients
from hemoscope.explanation.methods.occlusion import Occlusion
from hemoscope.explanation.methods.references import Centre, RandomBlocks
from hemoscope.explanation.methods.rollout import AttentionRollout

METHODS: Mapping[str, Explainer] = MappingProxyType(
    {
        "gradcam": GradCam(),
        "gradcam-early": GradCam("gradcam-early", stage=-2),
        "rollout": AttentionRollout(),
        "integrated-gradients": IntegratedGradients(),
        "occlusion": Occlusion(),
    }
)

REFERENCES: Mapping[str, Explainer] = MappingProxyType(
    {"centre": Centre(), "random": RandomBlocks()}
)

DEFAULT = "gradcam-early"
"""Provisional: docs/explanation.md says on how few cells it rests."""

AUTO = "auto"


def method_called(name: str) -> Explainer:
    """The method of a name; "auto" stands for the default.

    Raises:
        UsageError: There is no such method.
    """
    known = METHODS.get(DEFAULT if name == AUTO else name)
    if known is None:
        raise UsageError(f"there is no method {name!r}. Choose {AUTO}, {', '.join(METHODS)}.")
    return known
