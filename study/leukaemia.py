"""Leukaemic beside normal cells, and whether a model tells the disease or the source.

    python -m study.leukaemia cells --pbc pbc/manifest.csv --munich munich_aml/images --out L.csv
    python -m study.leukaemia run --cells L.csv --runs ~/leukaemia-runs [--from RUN]
    python -m study.leukaemia control --cells L.csv --runs ~/leukaemia-runs

Normal cells are PBC's, myeloblasts are Munich's: other stain, other background, so that a model
can tell the source instead of the disease. Munich's neutrophils, from the same slides as the
myeloblasts, are the control: normal cells that a model of the source calls pathological.

`held_out_split`: no Munich neutrophil is trained on, all are the control (the hard question).
`mixed_split`: a part of them is trained on as normal, so that source and disease come apart.
Interrupted at any moment, `run` goes on where it was.

A research tool, not clinically validated: one disease, one laboratory each, no patients known.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score

from hemoscope.cells import CellTable, open_cells, split_stratified, write_manifest
from hemoscope.evaluation.control import pathological_probability, source_control
from hemoscope.predictions import Predictions
from study.alone import Elsewhere, alone
from study.commands import predict, setting_options, train

RESULTS = Path(__file__).resolve().parent.parent / "results" / "leukaemia"
PATHOLOGICAL = ("myeloblast",)
PARTS = {"train": 0.7, "val": 0.1, "test": 0.2}
CONTROL = "control"
SPLITS = ("held_out_split", "mixed_split")
PLAIN = tuple(f"augmentation.{name}=0" for name in ("stain", "blur", "jpeg", "noise"))


@dataclass(frozen=True)
class Variant:
    """One training of the study: which split, stain augmentation or not, which framing."""

    split: str
    stain: bool
    framing: str

    @property
    def name(self) -> str:
        """Its folder."""
        stain = "stain" if self.stain else "plain"
        return f"{self.split.removesuffix('_split')}-{self.framing}-{stain}"

    @property
    def settings(self) -> tuple[str, ...]:
        """What differs from the recipe `leukaemia`."""
        lines = (f"data.split_column={self.split}", f"model.framing={self.framing}")
        return lines if self.stain else (*lines, *PLAIN)


VARIANTS = tuple(
    Variant(split, stain, framing)
    for split in SPLITS
    for framing in ("whole", "cell")
    for stain in (False, True)
)


def build_cells(pbc: CellTable, munich: CellTable, *, seed: int = 42) -> CellTable:
    """One table of both sets, relative to the folder above them; no image is copied.

    Args:
        pbc: With the column `clean_split`, which keeps cells of one field together.
        munich: Myeloblasts and neutrophils. Nothing says which cells are of one patient, so that
            they are split at random and cells of a patient come to stand on both sides.
        seed: Of that split.

    Returns:
        Columns path, label, source, pathology, held_out_split, mixed_split, and munich_split:
        Munich's cells alone, in which the source tells nothing.
    """
    root = Path(commonpath([pbc.root.absolute(), munich.root.absolute()]))
    split = split_stratified(munich, PARTS, seed=seed, column="mixed_split")
    normal = split.frame["label"] == "neutrophil"
    held_out = split.frame["mixed_split"].mask(normal, CONTROL)
    clean = pbc.frame["clean_split"]
    frames = [
        _moved(pbc, root).assign(
            source="pbc", mixed_split=clean, held_out_split=clean, munich_split=""
        ),
        _moved(split, root).assign(
            source="munich", held_out_split=held_out, munich_split=split.frame["mixed_split"]
        ),
    ]
    columns = ["path", "label", "source", *SPLITS, "munich_split"]
    frame = pd.concat([each[columns] for each in frames], ignore_index=True)
    ill = frame["label"].isin(PATHOLOGICAL)
    frame["pathology"] = ill.map({True: "pathological", False: "normal"}).astype(object)
    return CellTable(frame.astype(object), root)


def _moved(table: CellTable, root: Path) -> pd.DataFrame:
    """The table's frame with paths relative to a folder above it."""
    shift = table.root.absolute().relative_to(root)
    return table.frame.assign(path=[(shift / path).as_posix() for path in table.paths])


def perform(variant: Variant, cells: Path, folder: Path, options: tuple[str, ...]) -> None:
    """Trains a variant and scores the cells that judge it; what is done is not done again.

    Raises:
        InWorkError: Another command is at it.
    """
    run = folder / variant.name
    settings = setting_options(variant.settings)
    judged = ("test", CONTROL) if variant.split == "held_out_split" else ("test",)
    with alone(run):
        train(cells, run, ("--recipe", "leukaemia", *options, *settings))
        for part in judged:
            predict(cells, run, run / f"{part}.parquet", (variant.split, part))


def judge(variant: Variant, run: Path, cells: pd.DataFrame) -> dict[str, object]:
    """A row of the table.

    Args:
        variant: What was trained.
        run: Its folder, with its predictions.
        cells: The manifest's frame.
    """
    tables = [Predictions.read(file) for file in sorted(run.glob("*.parquet")) if _main(file)]
    found = pd.concat([_called(table) for table in tables], ignore_index=True)
    found = found.merge(cells[["path", "source", "label"]], on="path", validate="one_to_one")
    ill = found["label"].isin(PATHOLOGICAL)
    munich = found["source"] == "munich"
    control = source_control(found.loc[munich & ~ill, "called"], found.loc[ill, "called"])
    within = found[munich]
    return {
        "variant": variant.name,
        "split": variant.split.removesuffix("_split"),
        "framing": variant.framing,
        "stain_augmentation": variant.stain,
        "myeloblasts": control.pathological,
        "myeloblasts_called": control.sensitivity,
        "myeloblasts_lower": control.lower,
        "pbc_cells": int((~munich).sum()),
        "pbc_called": float(found.loc[~munich, "called"].mean()),
        "control_cells": control.cells,
        "control_called": control.share,
        "control_upper": control.upper,
        # Within one source the source is no help: what is left is the cell.
        "auc_within_munich": float(roc_auc_score(ill[munich], within["probability"])),
        "verdict": control.verdict,
    }


def _main(file: Path) -> bool:
    return file.stem in ("test", CONTROL)


def _called(table: Predictions) -> pd.DataFrame:
    called = pd.Series(table.predicted).map(dict(enumerate(table.classes))).isin(PATHOLOGICAL)
    return pd.DataFrame(
        {
            "path": table.paths,
            "called": called.to_numpy(),
            "probability": pathological_probability(table, PATHOLOGICAL),
        }
    )


def table_of(folder: Path, cells: Path) -> pd.DataFrame:
    """A row for each variant that is done."""
    frame = open_cells(cells).frame
    rows = [judge(each, folder / each.name, frame) for each in done(folder)]
    return pd.DataFrame(rows)


def done(folder: Path) -> Iterator[Variant]:
    """The variants whose last predictions are there."""
    for variant in VARIANTS:
        last = CONTROL if variant.split == "held_out_split" else "test"
        if (folder / variant.name / f"{last}.parquet").is_file():
            yield variant


def main() -> int:
    """Builds the cells, trains the variants, or judges them."""
    options = _options()
    if options.what == "cells":
        table = build_cells(open_cells(options.pbc), open_cells(options.munich))
        note = {"from": "PBC and Munich AML", "not_known": "patients of the Munich cells"}
        written = write_manifest(table, options.out, provenance=note)
        print(written.frame.groupby(["source", "label", "held_out_split"]).size().to_string())
        return 0
    if options.what == "run":
        return _run(options)
    table = table_of(options.runs, options.cells)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(options.out, index=False, float_format="%.6f")
    for _, row in table.iterrows():
        print(f"{row['variant']}: {row['verdict']}")
    return 0


def _run(options: argparse.Namespace) -> int:
    elsewhere = Elsewhere()
    for variant in VARIANTS:
        if options.only in variant.name:
            with elsewhere.passing(variant.name):
                perform(variant, options.cells, options.runs, _training(options))
    elsewhere.tell()
    return 0


def _training(options: argparse.Namespace) -> tuple[str, ...]:
    start = ("--from", str(options.start)) if options.start else ()
    return (*start, *setting_options(options.set))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Leukaemic beside normal cells.")
    verbs = parser.add_subparsers(dest="what", required=True)
    cells = verbs.add_parser("cells", help="write one manifest of both sets")
    cells.add_argument("--pbc", type=Path, required=True, help="manifest of PBC")
    cells.add_argument("--munich", type=Path, required=True, help="folder of class folders")
    cells.add_argument("--out", type=Path, required=True, help="manifest to write")
    run = verbs.add_parser("run", help="train every variant")
    run.add_argument("--from", dest="start", type=Path, help="a model of normal cells")
    run.add_argument("--set", action="append", default=[], help="a field of the recipe, for all")
    run.add_argument("--only", default="", help="variants whose name holds this")
    judged = verbs.add_parser("control", help="judge what is trained")
    judged.add_argument("--out", type=Path, default=RESULTS / "control.csv", help="CSV to write")
    for each in (run, judged):
        each.add_argument("--cells", type=Path, required=True, help="the manifest")
        each.add_argument("--runs", type=Path, required=True, help="folder of run folders")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
