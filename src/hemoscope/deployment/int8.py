"""From float32 to INT8 at a bounded cost in accuracy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells import CellTable
from hemoscope.deployment.quantise import Quantiser
from hemoscope.deployment.samples import NamedCells, read_pixels
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.inference.bundle_info import Quantisation
from hemoscope.inference.predict import predict_cells
from hemoscope.inference.scorer import Scorer

ALLOWED_POINTS = 0.3
CALIBRATION_CELLS = 200
_PROBES = 32

OpenFile = Callable[[Path], Scorer]
Tell = Callable[[str], None]


class QuantisationError(HemoscopeError):
    """INT8 is not to be had at the allowed cost, or cannot be measured."""


@dataclass(frozen=True)
class Int8Plan:
    """What INT8 is fitted on and how it is judged.

    Attributes:
        calibrate_on: Training cells; they give the ranges of the activations.
        validate_on: Other cells, with labels; they measure the cost.
        allowed_points: The highest cost in accuracy, percentage points.
        calibration_cells: How many training cells are used, spread over the table.
        weight_bits: See `Quantiser`.
    """

    calibrate_on: NamedCells
    validate_on: NamedCells
    allowed_points: float = ALLOWED_POINTS
    calibration_cells: int = CALIBRATION_CELLS
    weight_bits: Literal[7, 8] = 7

    def __post_init__(self) -> None:
        if self.validate_on.table.labels is None:
            raise UsageError(
                f"the cells of {self.validate_on.name} have no labels, so they cannot say what "
                "INT8 costs. Name a labelled SOURCE to validate on."
            )
        shared = _files(self.calibrate_on.table) & _files(self.validate_on.table)
        if shared:
            raise UsageError(
                f"INT8 would be validated on cells that it is calibrated on ({len(shared)} of "
                f"them, such as {min(shared)}). Name other cells to validate on."
            )


def write_int8(
    float32: Path, file: Path, plan: Int8Plan, open_file: OpenFile, tell: Tell
) -> Quantisation:
    """Quantises a model; where that costs too much, its most sensitive blocks stay in float32.

    Blocks are ranked by the squared error of the logits when a block alone is quantised, over
    some calibration cells; they go back to float32 in this order, one after another, until the
    cost on the validation cells is allowed.

    Args:
        float32: As `write_onnx` leaves it.
        file: Where the INT8 model is written. Files beside it are used for the work.
        plan: What to fit and judge on.
        open_file: Makes a scorer of an ONNX file.
        tell: Called with what is going on, in words.

    Raises:
        QuantisationError: No part of the model can be quantised at the allowed cost.
    """
    scorer = open_file(float32)
    calibration = read_pixels(plan.calibrate_on.spread(plan.calibration_cells), scorer.frame)
    tell("INT8: measuring the float32 model on the validation cells")
    before, count = _accuracy(scorer, plan.validate_on)
    quantiser = Quantiser(float32, calibration.pixels, file.parent, weight_bits=plan.weight_bits)
    search = _Search(quantiser, scorer, open_file, calibration.pixels[:_PROBES], file, tell)
    for float_blocks in search.candidates():
        tell(f"INT8: quantising{_but(float_blocks)} and measuring the cost")
        quantiser.write(file, float_blocks)
        after, _ = _accuracy(open_file(file), plan.validate_on)
        cost = 100 * (before - after)
        tell(f"INT8: accuracy {100 * before:.2f} % → {100 * after:.2f} %")
        # A cost that is allowed to the digit shown does not fail by rounding.
        if cost <= plan.allowed_points + 1e-9:
            return Quantisation(
                calibrated_on=plan.calibrate_on.name,
                calibration_cells=len(calibration),
                validated_on=plan.validate_on.name,
                validation_cells=count,
                accuracy_float32=before,
                accuracy_int8=after,
                cost_points=cost,
                allowed_points=plan.allowed_points,
                weight_bits=plan.weight_bits,
                float_blocks=float_blocks,
            )
    raise QuantisationError(
        f"INT8 costs more than {plan.allowed_points:g} points of accuracy, however much of the "
        "model stays in float32. Nothing was written. Export without --int8, or allow a higher "
        "cost."
    )


@dataclass(frozen=True)
class _Search:
    """Which blocks to keep in float32, from none to all but one."""

    quantiser: Quantiser
    reference: Scorer
    open_file: OpenFile
    probes: NDArray[np.uint8]
    scratch: Path
    tell: Tell

    def candidates(self) -> Iterator[tuple[str, ...]]:
        """Sets of blocks, each with one more than the one before; the ranking is made late."""
        yield ()
        if len(self.quantiser.blocks) > 1:
            ranked = self._ranked()
            yield from (tuple(ranked[:count]) for count in range(1, len(ranked)))

    def _ranked(self) -> list[str]:
        """All blocks, the most sensitive first."""
        self.tell(f"INT8: ranking {len(self.quantiser.blocks)} blocks by what each costs alone")
        errors = {block: self._error(block) for block in self.quantiser.blocks}
        return sorted(errors, key=errors.__getitem__, reverse=True)

    def _error(self, block: str) -> float:
        self.quantiser.write(self.scratch, self.quantiser.others(block))
        logits = self.open_file(self.scratch).score(self.probes)
        return float(np.square(logits - self.reference.score(self.probes)).mean())


def _accuracy(scorer: Scorer, cells: NamedCells) -> tuple[float, int]:
    predictions = predict_cells(cells.table, scorer).predictions
    return float((predictions.predicted == predictions.truth()).mean()), len(predictions)


def _files(table: CellTable) -> set[str]:
    return {str((table.root / path).resolve()) for path in table.paths}


def _but(float_blocks: tuple[str, ...]) -> str:
    return f" all but {', '.join(float_blocks)}" if float_blocks else ""
