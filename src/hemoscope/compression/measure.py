"""How large, how fast and how right a model is."""

import statistics
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from hemoscope.compression.journal import Measured
from hemoscope.models.counts import count_parameters
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.training.augmentation import centre, to_unit_range
from hemoscope.training.data import LabelledCells

_BATCH = 32
_PASSES, _SECONDS = 20, 4.0


def as_images(cells: LabelledCells, rows: NDArray[np.intp], size: int) -> Tensor:
    """(n, 3, size, size) in [0, 1] of some of the cells, as validation sees them."""
    pixels = torch.from_numpy(cells.pixels.batch(cells.rows[rows]))
    return centre(to_unit_range(pixels), size)


def called(model: HybridClassifier, cells: LabelledCells) -> NDArray[np.intp]:
    """(n,) the class index that each cell is called; float32, on the model's device."""
    device, found = next(model.parameters()).device, []
    with torch.inference_mode():
        for rows in np.array_split(np.arange(len(cells)), -(-len(cells) // _BATCH)):
            images = as_images(cells, rows, model.config.image_size).to(device)
            found.append(model(images).argmax(dim=1).cpu().numpy())
    return np.concatenate(found)


def measure(model: HybridClassifier, file: Path, accuracy: float) -> Measured:
    """Everything of a model but its accuracy.

    Args:
        model: In eval mode, on the device that is measured.
        file: Where it is stored.
        accuracy: On the validation cells, in [0, 1].
    """
    size, device = model.config.image_size, next(model.parameters()).device
    image = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0)).to(device)
    latency, processor = _milliseconds(model, image)
    return Measured(
        parameters=count_parameters(model),
        encoder_parameters=count_parameters(model.encoder),
        operations=_operations(model, image),
        file_bytes=file.stat().st_size,
        latency_ms=latency,
        processor_ms=processor,
        val_accuracy=accuracy,
    )


def _operations(model: HybridClassifier, image: Tensor) -> int:
    """Counted on the path that holds the attention weights: the counter knows its products."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model(image, return_attention=True)
    return int(counter.get_total_flops())


def _milliseconds(model: HybridClassifier, image: Tensor) -> tuple[float, float]:
    """Median of the clock, mean of the processor, over up to 20 passes or four seconds."""
    clock: list[float] = []
    with torch.inference_mode():
        for _ in range(2):
            model(image)
        began, processor = time.perf_counter(), time.process_time()
        while len(clock) < 3 or (len(clock) < _PASSES and time.perf_counter() - began < _SECONDS):
            start = time.perf_counter()
            model(image)
            _wait(image.device)
            clock.append(time.perf_counter() - start)
        spent = (time.process_time() - processor) / len(clock)
    return round(1000 * statistics.median(clock), 3), round(1000 * spent, 3)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
