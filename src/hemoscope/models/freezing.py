"""Which parts of the backbone stand still: the paper's choice, all, none, or up to a module.

A plan is one word: "none", "paper", "backbone", or the name of a module of the backbone
("layer3", "blocks.4", "Mixed_6a"), which freezes everything up to and including it. A
schedule for progressive unfreezing maps the epoch from which a plan holds to that plan.

In a joint model the first three hold for every branch; a module is named with its branch before
it ("resnet50.layer3"), and freezes there alone.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from torch import nn

from hemoscope.errors import UsageError
from hemoscope.models.config import CUSTOM_CNN
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.joint import STEMS, Classifier, JointClassifier

NONE = "none"
PAPER = "paper"
BACKBONE = "backbone"

BODY = "backbone.body"

# The first 100 / 300 / 200 Keras layers in timm's names. Each list ends inside a block; where
# InceptionV3's branches run side by side, Keras numbers their layers across the branches.
PAPER_FREEZE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        CUSTOM_CNN: (),
        "resnet50": (
            *("conv1", "bn1", "layer1", "layer2", "layer3.0"),
            *("layer3.1.conv1", "layer3.1.bn1", "layer3.1.conv2", "layer3.1.bn2"),
            "layer3.1.conv3",
        ),
        "efficientnet_b3": (
            *("conv_stem", "bn1", "blocks.0", "blocks.1", "blocks.2", "blocks.3", "blocks.4"),
            *("blocks.5.0", "blocks.5.1", "blocks.5.2.conv_pw", "blocks.5.2.bn1"),
            *("blocks.5.2.conv_dw", "blocks.5.2.bn2"),
        ),
        "inception_v3": (
            *("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1"),
            *("Conv2d_4a_3x3", "Mixed_5b", "Mixed_5c", "Mixed_5d", "Mixed_6a"),
            *("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e.branch7x7dbl_1"),
        ),
    }
)


def freeze(model: Classifier, plan: str) -> None:
    """Freeze what the plan says and unfreeze everything else.

    Frozen modules get no gradients and keep their BatchNorm statistics, also after
    `model.train()`.

    Args:
        model: Changed in place.
        plan: See the module's text.

    Raises:
        UsageError: If the plan does not fit this backbone.
    """
    model.set_frozen(frozen_modules(model, plan))


def frozen_modules(model: Classifier, plan: str) -> tuple[str, ...]:
    """The modules that a plan freezes, named as in `model.named_modules()`.

    Raises:
        UsageError: If the plan does not fit this backbone.
    """
    if isinstance(model, HybridClassifier):
        return _frozen_in(model, plan)
    plans = _by_branch(model, plan)
    return tuple(
        f"{STEMS}.{branch}.{name}"
        for branch, each in plans.items()
        for name in _frozen_in(model.branches[branch], each)
    )


def _by_branch(model: JointClassifier, plan: str) -> Mapping[str, str]:
    if plan in (NONE, PAPER, BACKBONE):
        return dict.fromkeys(model.branches, plan)
    branch, _, module = plan.partition(".")
    if branch not in model.branches or not module:
        raise UsageError(
            f"{plan!r} names no module of a branch to freeze. Write none, paper or backbone, or a "
            f"module with its branch before it, such as {next(iter(model.branches))}.MODULE; the "
            f"branches are {', '.join(model.branches)}."
        )
    return {branch: module}


def _frozen_in(model: HybridClassifier, plan: str) -> tuple[str, ...]:
    if plan == NONE:
        return ()
    if plan == BACKBONE:
        return (BODY,)
    architecture = model.config.architecture
    names = _paper(architecture) if plan == PAPER else _up_to(model.backbone.body, plan)
    return tuple(f"{BODY}.{name}" for name in names)


def plan_at(schedule: Mapping[int, str], epoch: int) -> str:
    """The plan that holds in an epoch (from 0): the latest one begun.

    `{0: "backbone", 3: "layer3", 6: "none"}` trains the encoder and head alone for three
    epochs, then the last stage too, then everything.

    Raises:
        UsageError: If the schedule does not begin at epoch 0.
    """
    if 0 not in schedule or min(schedule) < 0:
        raise UsageError(
            f"A schedule for unfreezing begins at epoch 0; this one has {sorted(schedule)}. "
            'Write for instance {0: "backbone", 3: "none"}.'
        )
    return schedule[max(start for start in schedule if start <= epoch)]


def _paper(architecture: str) -> tuple[str, ...]:
    if architecture not in PAPER_FREEZE:
        raise UsageError(
            f"The paper freezes nothing in {architecture}: it uses {', '.join(PAPER_FREEZE)}. "
            "Write freeze: none, backbone, or the name of the last module to freeze."
        )
    return PAPER_FREEZE[architecture]


def _up_to(body: nn.Module, last: str) -> tuple[str, ...]:
    layers = list(_layers(body))
    inside = [at for at, name in enumerate(layers) if f"{name}.".startswith(f"{last}.")]
    if not inside:
        stages = ", ".join(dict.fromkeys(_stage(name) for name in layers))
        raise UsageError(
            f"There is nothing called {last!r} to freeze. Write none, paper, backbone, or a "
            f"module of this backbone: {stages}, or one inside them."
        )
    return tuple(layers[: inside[-1] + 1])


def _layers(body: nn.Module) -> Iterator[str]:
    """Modules that hold parameters themselves, in the order in which they were made and run."""
    for name, module in body.named_modules():
        if next(module.parameters(recurse=False), None) is not None:
            yield name


def _stage(layer: str) -> str:
    """`blocks.4.1.conv_pw` is said as `blocks.4`, `layer1.0.bn1` as `layer1`."""
    first, _, rest = layer.partition(".")
    second = rest.partition(".")[0]
    listed = first in {"blocks", "stages", "features"} and second
    return f"{first}.{second}" if listed else first
