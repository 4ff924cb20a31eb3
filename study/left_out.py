"""Scores for unknown cells by networks that have never seen the class: one training a class.

    python -m study.thinned --cells pbc/manifest.csv --per-class 400 --out pbc-400.csv
    python -m study.left_out --cells pbc-400.csv --recipe results/recipes/robustness.yaml \
        --runs ~/left-out [--set weights=tf_efficientnet_lite0.safetensors]

For each class, a network is trained without it. The class's training and validation cells are then
unknown, the other classes' validation cells known, and every score is asked to tell them apart:
fitted on training cells, thresholds set on known cells. No test cell is looked at. Interrupted, the
same command goes on. results/left-out/trials.csv has a row for each class and score; unknown.svg
beside it shows them.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hemoscope.calibration.unknown import (
    Trial,
    UnknownComparison,
    compare_methods,
    known_from_table,
    unknown_from_table,
)
from hemoscope.cells import CellTable, open_cells, write_manifest
from hemoscope.predictions import Predictions
from hemoscope.reports.figure import save_figure
from hemoscope.reports.plots.unknown import UnknownFigure
from study.alone import Elsewhere, alone
from study.commands import predict, setting_options, train
from study.run import RESULTS

SPLIT = "left_out_split"
SPLITS = ("train", "val")


@dataclass(frozen=True)
class LeftOut:
    """One class that a network never sees.

    Attributes:
        name: The class.
        folder: Where its manifests, its run and its tables lie.
    """

    name: str
    folder: Path

    @property
    def run(self) -> Path:
        """The run folder."""
        return self.folder / self.name / "run"

    def table(self, part: str) -> Path:
        """Predictions of "train", "val" or "unknown"."""
        return self.folder / self.name / f"{part}.parquet"

    def manifest(self, part: str) -> Path:
        """Cells that are "known", or "unknown"."""
        return self.folder / self.name / f"{part}.csv"


def parted(cells: CellTable, column: str, name: str) -> tuple[CellTable, CellTable]:
    """Training and validation cells of all other classes, and the cells of one, without labels.

    Args:
        cells: With labels.
        column: Its split; what is neither train nor val is left out.
        name: The class that is to be unknown.
    """
    split = cells.answers(column)
    table = cells.with_column(SPLIT, split)
    used, unknown = np.isin(split, SPLITS), cells.answers("label") == name
    return table.take(used & ~unknown), table.take(used & unknown).without_labels()


def perform(left: LeftOut, options: argparse.Namespace) -> Trial:
    """Trains without the class, and scores; what is done is not done again.

    Raises:
        InWorkError: Another command is at it.
    """
    with alone(left.run):
        _train_and_score(left, options)
    like = Predictions.read(left.table("val"))
    return Trial(
        f"without {left.name}",
        known_from_table(left.table("val")),
        known_from_table(left.table("train")),
        unknown_from_table(left.table("unknown"), like),
    )


def _train_and_score(left: LeftOut, options: argparse.Namespace) -> None:
    known, unknown = parted(open_cells(options.cells), options.split_column, left.name)
    for part, table in (("known", known), ("unknown", unknown)):
        if not left.manifest(part).is_file():
            write_manifest(table, left.manifest(part), provenance={"left_out": left.name})
    settings = (*options.set, f"data.split_column={SPLIT}")
    recipe = ("--recipe", options.recipe, *setting_options(settings))
    train(left.manifest("known"), left.run, recipe)
    cells = {part: (left.manifest("known"), (SPLIT, part)) for part in SPLITS}
    for part, (source, split) in {**cells, "unknown": (left.manifest("unknown"), None)}.items():
        predict(source, left.run, left.table(part), split, features=True)


def accuracy(trial: Trial) -> float:
    """Of the network on the cells that it knows."""
    return float((trial.known.logits.argmax(axis=1) == trial.known.truth).mean())


def write(trials: list[Trial], folder: Path) -> UnknownComparison:
    """Table and figure of the classes that are done."""
    compared = compare_methods(trials)
    known = {trial.name: accuracy(trial) for trial in trials}
    table = compared.frame()
    folder.mkdir(parents=True, exist_ok=True)
    table["accuracy"] = table["trial"].map(known)
    table.to_csv(folder / "trials.csv", index=False, float_format="%.4f")
    save_figure(UnknownFigure(compared), folder / "unknown.svg")
    return compared


def main() -> int:
    """Runs what is missing, and writes the table after each class."""
    options = _options()
    trials: list[Trial] = []
    elsewhere = Elsewhere()
    for name in options.classes or open_cells(options.cells).classes:
        with elsewhere.passing(name):
            trials.append(perform(LeftOut(name, options.runs), options))
            compared = write(trials, options.results / "left-out")
            for method, found in compared.means().items():
                print(f"{method}: AUROC {found.auroc:.4f}, flagged {found.flagged:.1%}", flush=True)
    elsewhere.tell()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Unknown cells by networks without the class.")
    parser.add_argument("--cells", type=Path, required=True, help="manifest with labels and split")
    parser.add_argument("--split-column", default="clean_split", help="train, val and others")
    parser.add_argument("--recipe", required=True, help="recipe or file")
    parser.add_argument("--set", action="append", default=[], help="a field of the recipe")
    parser.add_argument("--classes", nargs="+", help="only these are left out; else each in turn")
    parser.add_argument("--runs", type=Path, required=True, help="where models stay")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
