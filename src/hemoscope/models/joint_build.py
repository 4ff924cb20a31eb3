"""From a configuration to a model, of one backbone or of several."""

from collections.abc import Mapping

from torch import nn

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.models.backbones.weights import FROM_TIMM, NONE
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig
from hemoscope.models.joint import Classifier, JointClassifier
from hemoscope.models.joint_config import branch_config

Weights = str | Mapping[str, str] | None


def build_classifier(config: ModelConfig, classes: int, weights: Weights = None) -> Classifier:
    """Build a model; a joint one where the configuration has branches.

    Args:
        config: What to build.
        classes: Number of classes, at least two.
        weights: As `build_model` takes them. Of a joint model: "timm" or "none" for all
            branches, or by name of the branch; a branch that is not named has the default.

    Raises:
        HemoscopeError: If a backbone does not exist, its weights cannot be had, or the branches
            do not go together.
    """
    if not config.joint:
        return build_model(config, classes, _one(weights))
    names = [branch.name for branch in config.joint]
    _check_names(names)
    sources = _sources(weights, names)
    branches = {
        branch.name: build_model(branch_config(config, branch), classes, sources[branch.name])
        for branch in config.joint
    }
    return JointClassifier(config, branches)


def _check_names(names: list[str]) -> None:
    """That torch can hold the branches under their names, beside its own methods."""
    taken = [name for name in names if hasattr(nn.ModuleDict(), name)]
    if taken:
        raise UsageError(
            f"a branch cannot be called {taken[0]}, which torch calls something of its own. Give "
            "it another name."
        )


def _one(weights: Weights) -> str | None:
    if isinstance(weights, Mapping):
        raise UsageError(
            "weights by branch are for a joint model; this one has one backbone. Write weights: "
            "timm, none, or FILE."
        )
    return weights


def _sources(weights: Weights, names: list[str]) -> Mapping[str, str | None]:
    if isinstance(weights, Mapping):
        unknown = sorted(set(weights) - set(names))
        if unknown:
            raise UsageError(
                f"weights name {', '.join(unknown)}, which is no branch of this model. It has "
                f"{', '.join(names)}."
            )
        return {name: weights.get(name) for name in names}
    if weights not in (None, FROM_TIMM, NONE):
        raise HemoscopeError(
            f"the file {weights} holds the weights of one backbone, and this model has several. "
            f"Write weights: {{{', '.join(f'{name}: FILE' for name in names)}}}."
        )
    return dict.fromkeys(names, weights)
