"""What a recipe writes as `joint:` becomes the configuration of a joint model. Plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

from hemoscope.models.config import JOINT, BranchConfig, ModelConfig, with_changes
from hemoscope.models.zoo import ZOO, zoo_config

_BASE = "resnet50-text"
"""Where everything but the backbones comes from, unless the recipe names another base."""


def joint_config(given: Mapping[str, Any]) -> ModelConfig:
    """A joint model from the fields of a recipe.

    Args:
        given: `joint` names the branches: a list of backbones (of the zoo, such as
            "inception_v3", or any timm name), or a mapping of names to a backbone or to the
            fields of `BranchConfig`. The other fields are of `ModelConfig`; `base` names the model
            of the zoo from which everything but the backbones comes.

    Raises:
        ValueError: The branches do not do; pydantic's ValidationError is one.
        UsageError: There is no such base.
    """
    changes = {name: value for name, value in given.items() if name != "base"}
    base = zoo_config(str(given.get("base", _BASE))).model_copy(
        update={
            "backbone": JOINT,
            "pooling": "timm",
            "normalisation": None,
            "map_projected": True,
            "joint": _branches(changes.pop("joint")),
        }
    )
    return with_changes(base, changes)


def branch_config(config: ModelConfig, branch: BranchConfig) -> ModelConfig:
    """One branch as a model of its own: its backbone, and all that the branches have in common.

    Args:
        config: Of the joint model.
        branch: One of its branches.
    """
    own = {
        "backbone": branch.backbone,
        "pooling": branch.pooling,
        "normalisation": branch.normalisation or config.normalisation,
        "joint": (),
    }
    return config.model_copy(update=own)


def _branches(given: Any) -> tuple[BranchConfig, ...]:
    if isinstance(given, Mapping):
        return tuple(_named(name, value) for name, value in given.items())
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(map(_listed, given))
    raise ValueError(
        "joint is a list of backbones, such as [inception_v3, resnet50], or a mapping of names to "
        f"backbones, not {given!r}"
    )


def _listed(given: Any) -> BranchConfig:
    if isinstance(given, Mapping):  # as a written recipe has it
        return BranchConfig.model_validate(given)
    return _of_backbone(str(given).partition(".")[0].removesuffix(_variant(str(given))), str(given))


def _named(name: Any, given: Any) -> BranchConfig:
    if isinstance(given, Mapping):
        return BranchConfig.model_validate({"name": name, **given})
    return _of_backbone(str(name), str(given))


def _of_backbone(name: str, backbone: str) -> BranchConfig:
    """A branch of a backbone as the zoo has it, or as timm has it."""
    known = ZOO.get(backbone) or ZOO.get(f"{backbone}-backbone")
    if known is None:
        return BranchConfig(name=name, backbone=backbone)
    return BranchConfig(name=name, backbone=known.backbone, pooling=known.pooling)


def _variant(name: str) -> str:
    """What a name of the zoo says beyond its backbone: "-text" of "resnet50-text"."""
    return name.removeprefix(ZOO[name].architecture) if name in ZOO else ""
