"""A joint model: several backbones, each with its own way to tokens, and one of all the rest.

    normalise, backbone, tokens   a branch's own
    encoder, fusion, heads        of all branches: the same modules, the same tensors

Each branch is a `HybridClassifier` of its own whose last parts (the head of the class and those of
further tasks among them) are everybody's, so that what works on a hybrid works on a branch.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, overload

import torch
from torch import Tensor, nn

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.models.config import ModelConfig
from hemoscope.models.freezable import Freezable
from hemoscope.models.hybrid import HybridClassifier, WithAttention

STEMS = "stems"
_OWN = ("normalise", "backbone", "tokens")
_SHARED = ("encoder", "fusion", "head", "heads")


class JointClassifier(Freezable):
    """Several hybrids with one encoder, fusion and heads.

    Attributes:
        config: What it was built from, with every branch's normalisation written out.
        classes: How many.
        stems: By branch, what is its own.
    """

    def __init__(self, config: ModelConfig, branches: Mapping[str, HybridClassifier]) -> None:
        """Let some hybrids share what comes after their tokens.

        Args:
            config: Of the whole; the order of its branches is that of `branches`.
            branches: Changed in place: all of them get the first one's encoder, fusion and heads.

        Raises:
            HemoscopeError: Their tokens have several widths.
        """
        super().__init__()
        _check_widths(branches)
        first = next(iter(branches.values()))
        self.classes = first.classes
        self.config = _written_out(config, branches)
        for branch in branches.values():
            for part in _SHARED:
                setattr(branch, part, getattr(first, part))
        # Here stands every module once, which is what is counted, saved and trained; the branches
        # are further ways to the same modules, in a plain mapping that torch does not look into.
        self.stems = nn.ModuleDict(
            {
                name: nn.ModuleDict({part: getattr(branch, part) for part in _OWN})
                for name, branch in branches.items()
            }
        )
        self.encoder, self.fusion = first.encoder, first.fusion
        self.head, self.heads = first.head, first.heads
        self._branches = dict(branches)

    @property
    def branches(self) -> Mapping[str, HybridClassifier]:
        """By name, in the order of the recipe; they share what is shared."""
        return MappingProxyType(self._branches)

    def branch(self, name: str) -> HybridClassifier:
        """One branch, as a model of its own.

        Raises:
            UsageError: There is none of that name; the message names those there are.
        """
        if name not in self._branches:
            raise UsageError(
                f"this model has no branch {name!r}. It has {', '.join(self._branches)}."
            )
        return self._branches[name]

    @overload
    def forward(self, images: Tensor, return_attention: Literal[False] = False) -> Tensor: ...
    @overload
    def forward(self, images: Tensor, return_attention: Literal[True]) -> WithAttention: ...
    def forward(self, images: Tensor, return_attention: bool = False) -> Tensor | WithAttention:
        """The mean of all branches' logits: of their probabilities the normalised geometric mean.

        All branches have one head, so that their logits are on one scale, and the mean of logits
        is what a linear head says of the mean of the fused vectors.

        Args:
            images: (batch, 3, height, width), RGB in [0, 1].
            return_attention: Whether to hand out the fused vectors too. Branches look at grids of
                different sizes, so that the whole has no attention maps; ask a branch for them.

        Returns:
            Logits (batch, classes), or `WithAttention` without maps, whose features are the mean
            of the branches' fused vectors.
        """
        if not return_attention:
            return torch.stack([branch(images) for branch in self._branches.values()]).mean(dim=0)
        seen = [branch(images, return_attention=True) for branch in self._branches.values()]
        logits = torch.stack([each.logits for each in seen]).mean(dim=0)
        features = torch.stack([each.features for each in seen]).mean(dim=0)
        return WithAttention(logits, features, (), None, ())

    def features(self, images: Tensor) -> Tensor:
        """The mean of the fused vectors: (batch, fusion width). Images as in `forward`."""
        vectors = [branch.features(images) for branch in self._branches.values()]
        return torch.stack(vectors).mean(dim=0)

    def answers(self, images: Tensor) -> dict[str, Tensor]:
        """The mean of all branches' logits for the class and every further task.

        Args:
            images: As in `forward`.

        Returns:
            "class" to (batch, classes), as `forward` gives them, then task name to
            (batch, answers).
        """
        return self.heads.mean([branch.answers(images) for branch in self._branches.values()])


Classifier = HybridClassifier | JointClassifier
"""What can be trained, kept and scored with."""


def branches_of(model: Classifier) -> Mapping[str, HybridClassifier]:
    """The branches by name; a hybrid is its own only one, without a name."""
    return model.branches if isinstance(model, JointClassifier) else {"": model}


def _check_widths(branches: Mapping[str, HybridClassifier]) -> None:
    widths = {name: branch.tokens.width for name, branch in branches.items()}
    if len(set(widths.values())) > 1:
        said = ", ".join(f"{name} {width}" for name, width in widths.items())
        raise HemoscopeError(
            f"the branches have tokens of several widths ({said}), and one encoder reads one. Set "
            "model.width, such as 256: each branch is then projected to it."
        )


def _written_out(config: ModelConfig, branches: Mapping[str, HybridClassifier]) -> ModelConfig:
    """Every branch with its normalisation."""
    joint = tuple(
        each.model_copy(update={"normalisation": branches[each.name].config.normalisation})
        for each in config.joint
    )
    return config.model_copy(update={"joint": joint, "normalisation": None})
