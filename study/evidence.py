"""What predictions tables of finished runs say of leakage and calibration.

    python -m study.evidence --cells pbc/manifest.csv                    # every run without any
    python -m study.evidence --cells pbc/manifest.csv results/shipped    # these runs

Beside a run's predictions it writes

- `twins.json`: accuracy on test cells with and without a twin among the training cells, as
  `hemoscope twins TEST --pairs results/pbc-audit/pairs.csv --training CELLS --json` says it.
- `calibrations.json`: what each method of `hemoscope calibrate VAL --method M` does to the test
  cells, as `hemoscope evaluate TEST --calibration … --json` says it. A run without validation
  cells (the paper's split has none) is fitted on its test cells by 10-fold cross-validation, so
  that no cell is judged by a fit that has seen it.

Nothing is trained, and what is there is not made again unless the predictions have changed.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import yaml

from hemoscope.audit import groups_of_pairs, twin_accuracy
from hemoscope.cells import CellTable, open_cells
from hemoscope.predictions import Predictions
from study.calibrations import calibrations
from study.commands import leave, write_whole
from study.plan import Reduced
from study.run import REDUCED, RESULTS
from study.thinned import thinned

PAIRS = RESULTS / "pbc-audit" / "pairs.csv"
STUDIES = ("study", "study-reduced")


def finished_runs(results: Path) -> Iterator[Path]:
    """Every folder of a finished run: single ones, and the study's."""
    yield from sorted(file.parent for file in results.glob("*/test.parquet"))
    for study in STUDIES:
        yield from sorted(file.parent for file in results.glob(f"{study}/*/seed-*/test.parquet"))


def training_cells(run: Path, cells: CellTable) -> tuple[str, CellTable]:
    """The split column of a run, and the cells that it was fitted or chosen on.

    Args:
        run: A result folder, with its recipe.
        cells: All cells.
    """
    recipe = yaml.safe_load((run / "recipe.yaml").read_text(encoding="utf-8"))
    data = recipe["data"]
    column = data["split_column"]
    cells.check_column(column)
    file = run.parents[1] / REDUCED
    if file.is_file():
        most = Reduced.model_validate_json(file.read_bytes()).train_per_class
        if most is not None:
            cells = thinned(cells, column, {data["train"]: most}, seed=recipe["seed"])
    # The paper validates on its test cells: nothing is chosen on them, so they count as test.
    parts = {data["train"], data["validation"]} - {"test"}
    return column, cells.take(cells.frame[column].isin(parts).to_numpy(dtype=bool))


def twins(run: Path, cells: CellTable, pairs: pd.DataFrame) -> dict[str, Any]:
    """Accuracy with and without a twin in training, as `hemoscope twins --json` gives it."""
    column, trained = training_cells(run, cells)
    scored = Predictions.read(run / "test.parquet")
    groups = groups_of_pairs(pairs, [*scored.paths, *trained.paths])
    found = twin_accuracy(scored, groups, trained.paths)
    return {"split_column": column, "training_cells": len(trained), **found.to_dict()}


def gather(run: Path, cells: CellTable, pairs: pd.DataFrame, work: Path) -> None:
    """Writes what a run lacks, or what was said of other predictions."""
    kinds = {
        "twins.json": lambda: twins(run, cells, pairs),
        "calibrations.json": lambda: calibrations(run, work),
    }
    digest = digest_of(run)
    for name, make in kinds.items():
        if not up_to_date(run / name, digest):
            content = json.dumps({"predictions": digest, **make()}, indent=1)
            write_whole(run / name, content + "\n")


def digest_of(run: Path) -> str:
    """What tells the predictions of a run from others: SHA-256 of its tables, 16 digits."""
    seen = hashlib.sha256()
    for name in ("val.parquet", "test.parquet"):
        if (run / name).is_file():
            seen.update((run / name).read_bytes())
    return seen.hexdigest()[:16]


def up_to_date(file: Path, digest: str) -> bool:
    """Whether a file is there and about these predictions."""
    if not file.is_file():
        return False
    return json.loads(file.read_text(encoding="utf-8")).get("predictions") == digest


def main() -> int:
    """Gathers for every run."""
    parser = argparse.ArgumentParser(description="Leakage and calibration of finished runs.")
    parser.add_argument("runs", nargs="*", type=Path, help="result folders; by default all")
    parser.add_argument("--cells", type=Path, required=True, help="manifest with both splits")
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="pairs.csv of an audit")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results lie")
    options = parser.parse_args()
    cells, pairs = open_cells(options.cells), pd.read_csv(options.pairs, dtype=str)
    with TemporaryDirectory() as work:
        for run in options.runs or finished_runs(options.results):
            gather(run, cells, pairs, Path(work))
            print(run, flush=True)
    return 0


if __name__ == "__main__":
    leave(main)
