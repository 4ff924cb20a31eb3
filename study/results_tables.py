"""Writes the tables of docs/results.md from the predictions tables under results/.

    python -m study.results_tables            write them
    python -m study.results_tables --check    name the blocks that differ, exit 1 if any does

A run is a folder `results/<name>/` with `test.parquet`, `val.parquet`, `history.csv`,
`recipe.yaml` and `provenance.json`; what is about the study comes from `study.page`. Between
`<!-- table NAME -->` and `<!-- end -->` the page is generated; everything else is written by hand.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hemoscope.evaluation import Evaluation, evaluate
from hemoscope.evaluation.result import Estimate
from hemoscope.predictions import Predictions
from study.markdown import NOTHING, check, fill, number, table
from study.page.blocks import blocks
from study.plan import Plan
from study.provenance import commit, hardware

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "results.md"
RESULTS = ROOT / "results"

FIGURES = (
    ("accuracy", "accuracy"),
    ("balanced accuracy", "balanced_accuracy"),
    ("macro F1", "macro.f1"),
    ("Matthews correlation", "mcc"),
    ("macro AUC", "roc.macro.auc"),
    ("macro average precision", "pr.macro.average_precision"),
    ("ECE, 15 bins, uncalibrated", "calibration.ece"),
    ("Brier score (sum over classes)", "calibration.brier.sum.score"),
    ("negative log-likelihood", "calibration.nll"),
)


@dataclass(frozen=True)
class Run:
    """A finished run as it lies under results/."""

    folder: Path

    @cached_property
    def test(self) -> Evaluation:
        """Every statistic on the test cells, as `hemoscope evaluate` computes it."""
        return evaluate(Predictions.read(self.folder / "test.parquet"))

    @cached_property
    def validation(self) -> Evaluation:
        """The same on the validation cells, without the bootstrap."""
        return evaluate(Predictions.read(self.folder / "val.parquet"), resamples=0)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What the run was made of."""
        return json.loads((self.folder / "provenance.json").read_text(encoding="utf-8"))

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """The resolved recipe."""
        return yaml.safe_load((self.folder / "recipe.yaml").read_text(encoding="utf-8"))

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row an epoch."""
        return pd.read_csv(self.folder / "history.csv")


def figures(run: Run) -> str:
    """Headline figures of one run, with the interval and how it was made."""
    rows = [
        (
            label,
            number(run.validation.estimate(path).value),
            number(run.test.estimate(path).value),
            _interval(run.test.estimate(path)),
        )
        for label, path in FIGURES
    ]
    head = (
        "figure",
        f"validation (n = {run.validation.cells:,})",
        f"test (n = {run.test.cells:,})",
        "95 % interval (test)",
    )
    return table(head, rows, align="lrrl")


def epochs(run: Run) -> str:
    """Accuracy and time by epoch."""
    rows = [
        (str(epoch), f"{train:.4f}", f"{validation:.4f}", f"{seconds:.0f}")
        for epoch, train, validation, seconds in run.history[
            ["epoch", "train_accuracy", "val_accuracy", "seconds"]
        ].itertuples(index=False)
    ]
    return table(("epoch", "train accuracy", "validation accuracy", "seconds"), rows, align="rrrr")


def made_with(run: Run) -> str:
    """What it ran on, for how long, with which seed."""
    minutes = run.provenance["training_seconds"] / 60
    device = hardware(run.provenance)
    return (
        f"Seed {run.provenance['seed']}, {run.recipe['epochs']} epochs, {minutes:.0f} minutes on "
        f"{device} (other work beside it); torch {run.provenance['libraries']['torch']}, "
        f"commit {commit(run.provenance)}."
    )


def overview(runs: Iterable[Run]) -> str:
    """All runs in one table."""
    rows = [
        (
            f"`{run.folder.name}`",
            str(run.recipe["data"]["split_column"]),
            str(run.recipe["epochs"]),
            number(run.validation.estimate("accuracy").value),
            number(run.test.estimate("accuracy").value),
            _interval(run.test.estimate("accuracy")),
            number(run.test.estimate("macro.f1").value),
            number(run.test.estimate("calibration.ece").value),
            f"{run.provenance['training_seconds'] / 60:.0f} min",
        )
        for run in runs
    ]
    head = (
        "run",
        "split",
        "epochs",
        "val. accuracy",
        "test accuracy",
        "95 %",
        "macro F1",
        "ECE",
        "training",
    )
    return table(head, rows, align="llrrrlrrr")


def write(page: str) -> str:
    """The page with its tables made anew."""
    runs = {path.parent.name: Run(path.parent) for path in sorted(RESULTS.glob("*/test.parquet"))}
    tables: dict[str, Callable[[], str]] = {"overview": lambda: overview(runs.values())}
    for name, run in runs.items():
        tables[name] = lambda run=run: figures(run)
        tables[f"{name}-epochs"] = lambda run=run: epochs(run)
        tables[f"{name}-made"] = lambda run=run: made_with(run)
    return fill(page, {**tables, **blocks(RESULTS, Plan.read())})


def _interval(estimate: Estimate) -> str:
    found = estimate.interval
    if found is None:
        return NOTHING
    resamples = f", {found.resamples:,}" if found.resamples else ""
    return f"{found.low:.4f} – {found.high:.4f} ({found.method}{resamples})"


def main() -> int:
    """Writes the page, or checks it."""
    parser = argparse.ArgumentParser(
        description="Writes the tables of docs/results.md from the result files."
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether the page is as the files"
    )
    options = parser.parse_args()
    before = PAGE.read_text(encoding="utf-8")
    after = write(before)
    if options.check:
        return check(before, after, "python -m study.results_tables")
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
