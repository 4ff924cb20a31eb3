"""INT8 and what it costs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from hemoscope.cells import Frame, open_cells
from hemoscope.deployment import int8
from hemoscope.deployment.export import ExportOptions, export_run
from hemoscope.deployment.int8 import Int8Plan, QuantisationError, write_int8
from hemoscope.deployment.quantise import Quantiser
from hemoscope.deployment.samples import NamedCells
from hemoscope.errors import UsageError
from hemoscope.inference import Observation, load_scorer
from tests.deployment.conftest import CLASSES


@pytest.fixture
def plan(cells: Path) -> Int8Plan:
    table = open_cells(cells)
    even = np.arange(len(table)) % 2 == 0
    return Int8Plan(NamedCells("even", table.take(even)), NamedCells("odd", table.take(~even)), 100)


def test_an_int8_bundle_is_smaller_close_and_says_what_it_costs(run, bundle, plan, tmp_path):
    (tmp_path / "calibration.json").write_text("{}")
    quantised = export_run(run, tmp_path / "bundle", ExportOptions(int8=plan))
    info = quantised.info
    assert info.model.precision == "int8"
    assert info.model.size < 0.5 * (bundle / "model.onnx").stat().st_size
    assert info.quantisation is not None
    assert info.quantisation.validation_cells == 16
    cost = info.quantisation.accuracy_float32 - info.quantisation.accuracy_int8
    assert info.quantisation.cost_points == pytest.approx(100 * cost)
    assert info.quantisation.float_blocks == ()
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    plain = load_scorer(bundle).score(pixels)
    difference = np.abs(load_scorer(quantised.path).score(pixels) - plain)
    assert 0 < difference.max() < 0.2 * np.ptp(plain)
    assert sorted(file.name for file in quantised.path.iterdir()) == [
        "bundle.json",
        "model-card.md",
        "model.onnx",
    ]


def test_a_block_that_stays_in_float_keeps_its_weights(bundle, plan, tmp_path):
    pixels = np.zeros((2, 32, 32, 3), np.uint8)
    quantiser = Quantiser(bundle / "model.onnx", pixels, tmp_path, weight_bits=7)
    assert quantiser.blocks[0] == "backbone.stages.0"
    assert "encoder.blocks.1" in quantiser.blocks
    assert "head" not in quantiser.blocks
    quantiser.write(tmp_path / "q.onnx", ["backbone.stages.2"])
    weights = {
        tensor.name: onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(tmp_path / "q.onnx").graph.initializer
        if "stages" in tensor.name and ".weight" in tensor.name
    }
    kept = {name for name, values in weights.items() if values.dtype == np.float32}
    whole = {name for name in kept if weights[name].ndim == 4}
    assert {name.split("stages.")[1][0] for name in whole} == {"2"}
    coded = [values for values in weights.values() if values.dtype == np.int8 and values.ndim == 4]
    assert len(coded) == 3
    assert max(np.abs(values).max() for values in coded) <= 64  # seven bits


@dataclass
class _Rigged:
    """Right about a share of all cells that its file's content decides."""

    file: Path

    classes = CLASSES
    frame = Frame(8)

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        floats = set(self.file.read_text().split())
        harm = 2.0 * ("bad" not in floats) + 1.0 * ("worse" not in floats)
        if "reference" in floats:
            harm = 0
        wrong = np.arange(len(pixels)) < 2 * harm
        logits = np.zeros((len(pixels), len(CLASSES)), np.float32)
        logits[np.arange(len(pixels)), np.where(wrong, 1, 0)] = 1 + harm
        return logits

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        return Observation(self.score(pixels), self.score(pixels))

    def describe(self) -> dict[str, Any]:
        return {}


class _Blocks:
    """A quantiser of three blocks whose files say which of them are in float."""

    blocks = ("good", "worse", "bad")

    def __init__(self, *_arguments: object, **_settings: object) -> None: ...

    def write(self, file: Path, float_blocks: Any = ()) -> None:
        file.write_text(" ".join(float_blocks))

    def others(self, block: str) -> list[str]:
        return [name for name in self.blocks if name != block]


@pytest.mark.parametrize(("allowed", "kept"), [(100, ()), (20, ("bad",)), (0.3, ("bad", "worse"))])
def test_the_most_sensitive_blocks_go_back_to_float_until_the_cost_is_allowed(
    allowed, kept, cells, tmp_path, monkeypatch
):
    monkeypatch.setattr(int8, "Quantiser", _Blocks)
    table = open_cells(cells)
    of_one_class = table.with_column("label", [CLASSES[0]] * len(table))
    plan = Int8Plan(
        NamedCells("first", of_one_class.take(np.arange(16))),
        NamedCells("rest", of_one_class.take(np.arange(16, 32))),
        allowed,
    )
    (tmp_path / "float32").write_text("reference")
    target = tmp_path / "int8"
    found = write_int8(tmp_path / "float32", target, plan, _Rigged, lambda _words: None)
    assert found.float_blocks == kept
    assert found.accuracy_float32 == 1
    assert found.cost_points <= allowed


def test_int8_that_is_never_good_enough_is_refused(cells, tmp_path, monkeypatch):
    class Hopeless(_Blocks):
        blocks = ("worse", "bad")

    monkeypatch.setattr(int8, "Quantiser", Hopeless)
    table = open_cells(cells)
    of_one_class = table.with_column("label", [CLASSES[0]] * len(table))
    plan = Int8Plan(
        NamedCells("first", of_one_class.take(np.arange(16))),
        NamedCells("rest", of_one_class.take(np.arange(16, 32))),
        0.3,
    )
    (tmp_path / "float32").write_text("reference")
    with pytest.raises(QuantisationError, match=r"costs more than 0\.3 points"):
        write_int8(tmp_path / "float32", tmp_path / "int8", plan, _Rigged, lambda _words: None)


def test_cells_that_calibrate_may_not_validate(cells):
    table = open_cells(cells)
    with pytest.raises(UsageError, match=r"calibrated on \(32 of them"):
        Int8Plan(NamedCells("a", table), NamedCells("b", table))
    unlabelled = NamedCells("b", table.without_labels())
    with pytest.raises(UsageError, match="the cells of b have no labels"):
        Int8Plan(NamedCells("a", table), unlabelled)
