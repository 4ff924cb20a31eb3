"""INT8 by onnxruntime: static, weights per channel, in QuantizeLinear / DequantizeLinear form.

What is quantised: in the backbone every convolution and what stands between convolutions; in
tokens and encoder the products with weights. Preprocessing, the softmaxes, the normalisations,
fusion and head stay in float32: they take next to no time, and the head turns every error of
its input into an error of the opinion.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from hemoscope.deployment.blocks import blocks_in_order, node_block
from hemoscope.inference.onnx_scorer import PIXELS

_PRODUCTS = ("Conv", "Gemm", "MatMul")
_BETWEEN = (
    *("Add", "AveragePool", "Clip", "Concat", "GlobalAveragePool"),
    *("MaxPool", "Mul", "Relu", "Sigmoid"),
)
_BATCH = 8


class Quantiser:
    """Makes INT8 files of one float32 file; the ranges of the activations are found once.

    Attributes:
        blocks: What can be quantised, in the order of the network.
    """

    def __init__(
        self, file: Path, calibration: NDArray[np.uint8], work: Path, *, weight_bits: int
    ) -> None:
        """Read the graph.

        Args:
            file: As `write_onnx` leaves it.
            calibration: (n, size, size, 3) training cells.
            work: A folder for the ranges and a tagged copy of the file.
            weight_bits: 8, or 7: on processors without VNNI (x86 before about 2019) two products
                of 8-bit weights overflow 16 bits, and the same file would give other answers.
        """
        self._calibration, self._seven = calibration, weight_bits == 7
        self._ranges = work / "ranges.json"
        self._source = work / "quantise.onnx"
        model = onnx.load(file)
        self._nodes = [node for node in model.graph.node if _can(node)]
        self.blocks = blocks_in_order(self._nodes)
        # The exporter has folded what can be folded, which is all that the step does which
        # onnxruntime otherwise asks for.
        onnx.helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
        onnx.save(model, self._source)

    def write(self, file: Path, float_blocks: Collection[str] = ()) -> None:
        """Writes an INT8 file in which some blocks stay in float32."""
        chosen = [node.name for node in self._nodes if node_block(node) not in float_blocks]
        quantize_static(
            self._source,
            file,
            _Reader(self._calibration),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=[*_PRODUCTS, *_BETWEEN],
            nodes_to_quantize=chosen,
            per_channel=True,
            reduce_range=self._seven,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"MatMulConstBOnly": True},
            calibration_cache_path=self._ranges,
        )

    def others(self, block: str) -> Sequence[str]:
        """Every block but one."""
        return [name for name in self.blocks if name != block]


class _Reader(CalibrationDataReader):
    """Hands cells to onnxruntime, a few at a time."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        starts = range(0, len(pixels), _BATCH)
        self._batches = iter([pixels[start : start + _BATCH] for start in starts])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        batch = next(self._batches, None)
        return None if batch is None else {PIXELS: batch}


def _can(node: onnx.NodeProto) -> bool:
    block = node_block(node)
    if block.startswith("backbone"):
        return node.op_type in _PRODUCTS or node.op_type in _BETWEEN
    return block.startswith(("tokens", "encoder")) and node.op_type in _PRODUCTS
