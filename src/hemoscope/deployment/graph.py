"""The ONNX file: preprocessing, backbone, encoder, fusion and head in one graph."""

import copy
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from hemoscope.deployment.blocks import name_blocks
from hemoscope.inference.onnx_scorer import ATTENTION, FEATURES, LOGITS, PIXELS, task_output
from hemoscope.models.attention_map import attention_map
from hemoscope.models.hybrid import HybridClassifier, Normalise

OPSET = 20
"""The first opset with GELU as one operator; onnxruntime reads it since release 1.17."""

_BATCH = "batch"


class _Graph(nn.Module):
    """What the file computes: uint8 pixels in, everything that a scorer observes out."""

    def __init__(self, model: HybridClassifier) -> None:
        super().__init__()
        self.normalise = _NormaliseRows(model.normalise, model.config.image_size)
        self.model = _without_normalisation(model)

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        seen = self.model(self.normalise(pixels), return_attention=True)
        attention = attention_map(seen)
        own = (seen.logits, seen.features, *(() if attention is None else (attention,)))
        return (*own, *self.model.heads(seen.features, seen.logits).values())


class _NormaliseRows(nn.Module):
    """What `Normalise` computes, to the bit, a row of pixels at a time.

    onnxruntime moves the turning of the axes behind this. Then three numbers of a mean would meet
    the innermost axis, three long, which costs as much as a seventh of a small network.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, channels: Normalise, size: int) -> None:
        super().__init__()
        self.register_buffer("mean", channels.mean.flatten().repeat(size))
        self.register_buffer("std", channels.std.flatten().repeat(size))

    def forward(self, pixels: Tensor) -> Tensor:
        """(batch, size, size, 3) uint8 to (batch, 3, size, size), normalised."""
        rows = (pixels.flatten(2).float() / 255 - self.mean) / self.std
        return rows.view(pixels.shape).permute(0, 3, 1, 2)


def _without_normalisation(model: HybridClassifier) -> HybridClassifier:
    """The same modules, but for that one; `model` stays as it is."""
    bare = copy.copy(model)
    bare._modules = {**model._modules, "normalise": nn.Identity()}
    return bare


def write_onnx(model: HybridClassifier, file: Path) -> None:
    """Exports a model in float32.

    Input: `pixels` (batch, size, size, 3) uint8 RGB. Outputs: `logits` (batch, C), `features`
    (batch, D) and, of a model with encoder, `attention` (batch, h, w), as in `Observation`; then
    `task.NAME` (batch, answers) of every further task.

    Args:
        model: On the CPU. It is put into eval mode.
        file: Where to write.
    """
    size = model.config.image_size
    names = [LOGITS, FEATURES] + ([ATTENTION] if model.config.encoder.blocks else [])
    names += map(task_output, model.config.tasks)
    program = torch.onnx.export(
        _Graph(model).eval(),
        # Two cells, because torch takes an axis of length one for a constant.
        (torch.zeros(2, size, size, 3, dtype=torch.uint8),),
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
        input_names=[PIXELS],
        output_names=names,
        opset_version=OPSET,
        verbose=False,
    )
    if program is None:  # torch's other exporter gives none
        raise RuntimeError("torch.onnx.export gave no program")
    exported = program.model_proto
    name_blocks(exported, "model")
    _name_batch(exported)
    onnx.checker.check_model(exported)
    onnx.save(exported, file)


def output_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each output of an ONNX file, without the batch."""
    graph = onnx.load(file, load_external_data=False).graph
    return {
        output.name: tuple(axis.dim_value for axis in output.type.tensor_type.shape.dim[1:])
        for output in graph.output
    }


def _name_batch(model: onnx.ModelProto) -> None:
    """Gives the free axis of inputs and outputs a name that says what it is."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = _BATCH
    # Shapes within the graph name the axis as the exporter did; runtimes infer them anew.
    del model.graph.value_info[:]
