"""Learning curves: how many labels a class it takes, by what a model starts from.

    python -m study.learning_curves --cells L.csv --split-column munich_split \
        --normal NORMAL_RUN --runs ~/curve-runs

`--normal` is a finished run on normal cells; its architecture is used throughout. A start is
`normal` (its backbone, encoder and fusion, by `hemoscope train --from`), `imagenet` (the backbone's
pretrained weights: timm's, or `--weights FILE`) or `nothing` (random). Each training has as great a
number of steps as the others of its number of labels (whole epochs, so at least what is asked for),
keeps the last one, and is judged on the same test cells; nothing is chosen on validation, of which
few-label training has none. Subsets are nested: the 10 cells of a seed hold its 5.

Interrupted at any moment, the same command goes on where it was. Figures come into
results/leukaemia/learning-curves.csv and .svg. A research tool, not clinically validated.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from hemoscope.cells import CellTable, open_cells, write_manifest
from hemoscope.reports.figure import save_figure
from hemoscope.reports.plots.learning_curve import LearningCurveFigure
from hemoscope.training.start import starting_config
from study.alone import Elsewhere, alone
from study.commands import hemoscope, predict, train, write_whole
from study.thinned import thinned

RESULTS = Path(__file__).resolve().parent.parent / "results" / "leukaemia"
COUNTS = ("5", "10", "20", "50", "100", "all")
STARTS = ("normal", "imagenet", "nothing")
NAMES = {"normal": "normal cells", "imagenet": "ImageNet", "nothing": "nothing"}
SPLIT = "few_split"
BATCH = 32


@dataclass(frozen=True)
class Point:
    """One training: what it starts from, labels a class ("all" or a number), and the seed."""

    start: str
    count: str
    seed: int

    @property
    def name(self) -> str:
        """Its run folder."""
        return f"{self.start}-{self.count}-seed-{self.seed}"


def few_labels(table: CellTable, column: str, count: str, seed: int) -> CellTable:
    """The cells with `count` training cells of each class, and two of validation.

    Args:
        table: With labels and a split column of train, val and test.
        column: Its name.
        count: A number, or "all". A class with fewer cells gives all it has.
        seed: Subsets of one seed are nested.
    """
    split = table.answers(column)
    used = table.with_column(SPLIT, split).take(np.isin(split, ("train", "val", "test")))
    most = {"val": 2} if count == "all" else {"train": int(count), "val": 2}
    return thinned(used, SPLIT, most, seed=seed)


def points(counts: list[str], seeds: int) -> Iterator[Point]:
    """Every training, the cheapest first."""
    for count in counts:
        for seed in range(1, seeds + 1):
            for start in STARTS:
                yield Point(start, count, seed)


def perform(point: Point, options: argparse.Namespace) -> dict[str, object]:
    """Trains, scores and evaluates one point; what is done is not done again.

    Raises:
        InWorkError: Another command is at it.
    """
    folder = options.runs / point.name
    manifest = options.runs / "cells" / f"{point.count}-seed-{point.seed}.csv"
    if not manifest.is_file():
        table = few_labels(open_cells(options.cells), options.split_column, point.count, point.seed)
        write_manifest(table, manifest, provenance={"labels_a_class": point.count})
    cells = open_cells(manifest)
    split = cells.answers(SPLIT)
    figures = folder / "test.json"
    with alone(folder):
        train(manifest, folder, _recipe(point, int((split == "train").sum()), options))
        predict(manifest, folder, folder / "test.parquet", (SPLIT, "test"))
        if not figures.is_file():
            call = ("evaluate", folder / "test.parquet", "--resamples", "0", "--json")
            write_whole(figures, hemoscope(*call, capture=True))
    return _row(point, json.loads(figures.read_text(encoding="utf-8")), cells)


def _recipe(point: Point, cells: int, options: argparse.Namespace) -> tuple[str, ...]:
    """What `hemoscope train` is called with: the same model and steps for every start."""
    recipe = options.runs / "recipe.yaml"
    if not recipe.is_file():
        model = starting_config(options.normal).model_dump(mode="json")
        text = {"model": model, "keep": "last", "augmentation": {"quarter_turns": True}}
        write_whole(recipe, yaml.safe_dump(text))
    epochs = max(1, math.ceil(options.steps / math.ceil(cells / BATCH)))
    settings = {
        "data.split_column": SPLIT,
        "batch_size": BATCH,
        "epochs": epochs,
        "seed": point.seed,
    }
    starts = {
        "normal": ("--from", str(options.normal)),
        "imagenet": ("--weights", options.weights),
        "nothing": ("--weights", "none"),
    }
    lines = (part for key, value in settings.items() for part in ("--set", f"{key}={value}"))
    return ("--recipe", str(recipe), *starts[point.start], *lines)


def _row(point: Point, figures: dict[str, dict], cells: CellTable) -> dict[str, object]:
    training = cells.where(SPLIT, "train").frame["label"].value_counts()
    return {
        "start": NAMES[point.start],
        "count": point.count,
        # "all" stands on the axis where the smallest class does.
        "labels_a_class": int(training.min()),
        "seed": point.seed,
        "train_cells": int(training.sum()),
        "test_cells": figures["cells"],
        "accuracy": figures["accuracy"],
        "macro_f1": figures["macro"]["f1"],
        "macro_auc": figures["roc"]["macro"]["auc"],
    }


def main() -> int:
    """Runs what is missing, and writes table and figure after each training."""
    options = _options()
    options.runs.mkdir(parents=True, exist_ok=True)
    rows = []
    elsewhere = Elsewhere()
    for point in points(options.counts, options.seeds):
        with elsewhere.passing(point.name):
            rows.append(perform(point, options))
            _write(pd.DataFrame(rows), options.results)
            print(f"{point.name}: accuracy {float(str(rows[-1]['accuracy'])):.4f}", flush=True)
    elsewhere.tell()
    return 0


def _write(table: pd.DataFrame, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "learning-curves.csv", index=False, float_format="%.6f")
    save_figure(LearningCurveFigure(table), folder / "learning-curves.svg")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Learning curves by what a model starts from.")
    parser.add_argument("--cells", type=Path, required=True, help="manifest with labels and split")
    parser.add_argument("--split-column", default="munich_split", help="train, val and test")
    parser.add_argument("--normal", type=Path, required=True, help="run folder of normal cells")
    parser.add_argument("--weights", default="timm", help="of the start imagenet: timm or a file")
    parser.add_argument("--runs", type=Path, required=True, help="where models stay")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where figures go")
    parser.add_argument("--counts", nargs="+", default=list(COUNTS), help="labels a class, or all")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each point")
    parser.add_argument("--steps", type=int, default=300, help="of each training")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
