"""How many parameters a model has: as torch counts them, and as Keras would (the paper's way).

Keras counts a BatchNorm's moving mean and variance as parameters that are not trainable, and
its versions of the backbones differ from timm's in small ways (`KerasHabits`). Everything is
added up from the modules of the model; nothing here is a total written down.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import nn

from hemoscope.models.config import CUSTOM_CNN
from hemoscope.models.freezing import PAPER, frozen_modules
from hemoscope.models.hybrid import HybridClassifier

_RGB = 3


@dataclass(frozen=True)
class KerasHabits:
    """Where `keras.applications` differs from timm, for one backbone.

    Attributes:
        convolution_biases: Every convolution has a bias, also before a BatchNorm.
        batch_norm_scales: BatchNorms have a scale (gamma).
        normalization_layer: A Normalization layer at the input, with a mean and a variance per
            channel and one counter, none of them trainable.
    """

    convolution_biases: bool = False
    batch_norm_scales: bool = True
    normalization_layer: bool = False


KERAS_HABITS: Mapping[str, KerasHabits] = MappingProxyType(
    {
        CUSTOM_CNN: KerasHabits(),
        "resnet50": KerasHabits(convolution_biases=True),
        "efficientnet_b3": KerasHabits(normalization_layer=True),
        "inception_v3": KerasHabits(batch_norm_scales=False),
    }
)


@dataclass(frozen=True)
class KerasCount:
    """Parameters as `model.summary()` in Keras gives them, with the paper's frozen layers.

    Attributes:
        total: All, moving statistics included.
        frozen: Not trainable: all of the frozen layers, and the moving statistics of the rest.
    """

    total: int
    frozen: int

    @property
    def trainable(self) -> int:
        """What training changes by gradient."""
        return self.total - self.frozen


def count_parameters(module: nn.Module) -> int:
    """Parameters as torch counts them: no moving statistics."""
    return sum(parameter.numel() for parameter in module.parameters())


def count_as_keras(model: HybridClassifier) -> KerasCount | None:
    """Parameters as the paper counts them, or None for a backbone that it does not use."""
    habits = KERAS_HABITS.get(model.config.architecture)
    if habits is None:
        return None
    weights = statistics = frozen = 0
    still = set(_inside(model, frozen_modules(model, PAPER)))
    for module in model.modules():
        own = _weights(module, habits)
        weights += own
        statistics += _moving_statistics(module)
        frozen += own if module in still else 0
    if habits.normalization_layer:
        statistics += 2 * _RGB + 1
    return KerasCount(total=weights + statistics, frozen=frozen + statistics)


def count_tokens(model: HybridClassifier) -> int:
    """Tokens that the encoder reads at the model's own image size; 0 if nothing reads them."""
    if not model.config.uses_tokens:
        return 0
    return sum(shape.height * shape.width for shape in model.map_shapes)


def _inside(model: nn.Module, names: tuple[str, ...]) -> Iterator[nn.Module]:
    for name in names:
        yield from model.get_submodule(name).modules()


def _weights(module: nn.Module, habits: KerasHabits) -> int:
    own = sum(parameter.numel() for parameter in module.parameters(recurse=False))
    if isinstance(module, nn.Conv2d) and module.bias is None and habits.convolution_biases:
        return own + module.out_channels
    if isinstance(module, nn.BatchNorm2d) and not habits.batch_norm_scales:
        return own - module.weight.numel()
    return own


def _moving_statistics(module: nn.Module) -> int:
    if not isinstance(module, nn.BatchNorm2d):
        return 0
    statistics = (module.running_mean, module.running_var)
    return sum(each.numel() for each in statistics if each is not None)
