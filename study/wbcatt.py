"""The eleven attributes of WBCAtt joined to PBC, and macro F1 over them.

    python -m study.wbcatt join --pbc pbc/manifest.csv --attributes wbcatt --out attributes.csv
    hemoscope train attributes.csv --recipe attributes --out RUN
    hemoscope predict attributes.csv --split-column wbcatt_split --use test --model RUN \
        --out test.parquet
    python -m study.wbcatt score test.parquet

    python -m study.wbcatt agreement --attributes wbcatt    # two readings of the same 1,000 cells

Tsutsui, Pang and Wen 2023 publish 10,298 PBC cells with attributes and a random split; their
ResNet50 reaches a macro F1 of 91.3 % over attributes on its test cells. Cells of one field stand on
both sides of that split, so the figure says how models compare there, and not how well either
would do on another day. A research tool, not clinically validated.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hemoscope.cells import CellTable, open_cells, write_manifest
from hemoscope.evaluation.classification import f1, macro
from hemoscope.evaluation.confusion import confusion_matrix
from hemoscope.inference.in_words import ATTRIBUTES
from hemoscope.inference.tasks import task_file
from hemoscope.predictions import Predictions

SPLITS = ("train", "val", "test")
SPLIT_COLUMN = "wbcatt_split"


def annotated(folder: Path) -> pd.DataFrame:
    """All annotated cells: `file` (its stem), the attributes, and the split they came in."""
    parts = [_read(folder / f"{split}.csv").assign(**{SPLIT_COLUMN: split}) for split in SPLITS]
    return pd.concat(parts, ignore_index=True)[["file", *ATTRIBUTES, SPLIT_COLUMN]]


def joined(pbc: CellTable, attributes: pd.DataFrame) -> CellTable:
    """PBC with the attributes; blank for cells that nobody has annotated.

    Args:
        pbc: Cells whose file names without suffix are the annotated ones.
        attributes: From `annotated`.

    Raises:
        ValueError: An annotated cell is not in PBC, or stands there twice.
    """
    stems = [Path(path).stem for path in pbc.paths]
    missing = sorted(set(attributes["file"]) - set(stems))
    if missing:
        raise ValueError(f"{len(missing)} annotated cells are not in PBC, such as {missing[0]}.")
    if len(set(stems)) < len(stems) or attributes["file"].duplicated().any():
        raise ValueError("a file name stands twice in PBC or among the annotated cells.")
    rows = attributes.set_index("file").reindex(stems).fillna("")
    for column in (*ATTRIBUTES, SPLIT_COLUMN):
        pbc = pbc.with_column(column, rows[column].to_numpy())
    return pbc


@dataclass(frozen=True)
class OverAttributes:
    """Macro F1 over attributes.

    Attributes:
        cells: How many were scored.
        macro_f1: Attribute to the unweighted mean of F1 over its answers, in [0, 1].
        low: Of the mean over attributes; None without bootstrap.
        high: The same.
    """

    cells: int
    macro_f1: dict[str, float]
    low: float | None = None
    high: float | None = None

    @property
    def mean(self) -> float:
        """Unweighted mean over attributes."""
        return float(np.mean(list(self.macro_f1.values())))

    def show(self, *, as_json: bool) -> None:
        """Prints it for people, or as JSON."""
        if as_json:
            print(json.dumps({**asdict(self), "mean": self.mean}, indent=2))
            return
        for name, value in self.macro_f1.items():
            print(f"{name:28}{100 * value:6.2f} %")
        print(f"{'mean':28}{100 * self.mean:6.2f} %  ({self.cells:,} cells)")
        if self.low is not None and self.high is not None:
            print(f"95 % interval {100 * self.low:.2f} to {100 * self.high:.2f} %")


def macro_f1_over_attributes(table: Path, *, resamples: int = 1000) -> OverAttributes:
    """Macro F1 of each attribute, and a bootstrap interval of their mean.

    Cells are resampled with all of their attributes together, because these depend on each other.

    Args:
        table: NAME.parquet; NAME.ATTRIBUTE.parquet lie beside it, about the same cells.
        resamples: Bootstrap resamples.

    Raises:
        ValueError: The tables are about different cells.
    """
    tables = {name: Predictions.read(task_file(table, name)) for name in ATTRIBUTES}
    paths = next(iter(tables.values())).paths
    each, drawn = {}, np.zeros(resamples)
    rng = np.random.default_rng(0)
    rows = [rng.integers(len(paths), size=len(paths)) for _ in range(resamples)]
    for name, one in tables.items():
        if not np.array_equal(one.paths, paths):
            raise ValueError(f"{name} is about other cells than the attributes before it.")
        truth, called, answers = one.truth(), one.predicted, len(one.classes)
        each[name] = _macro_f1(truth, called, answers)
        drawn += [_macro_f1(truth[r], called[r], answers) for r in rows]
    if not resamples:
        return OverAttributes(len(paths), each)
    low, high = np.nanquantile(drawn / len(tables), [0.025, 0.975])
    return OverAttributes(len(paths), each, float(low), float(high))


def agreement(folder: Path) -> OverAttributes:
    """Macro F1 of the second reading of 1,000 cells against the first, by attribute."""
    first = annotated(folder).set_index("file")
    second = _read(folder / "reannotations.csv")
    second.index = pd.Index([Path(name).stem for name in second["img_name"]])
    both = second.index.intersection(first.index)
    each = {}
    for name in ATTRIBUTES:
        names = sorted(set(first[name]) | set(second[name]))
        before, after = (
            pd.Categorical(frame.loc[both, name], categories=names).codes
            for frame in (first, second)
        )
        each[name] = _macro_f1(before, after, len(names))
    return OverAttributes(len(both), each)


def _macro_f1(truth: np.ndarray, called: np.ndarray, answers: int) -> float:
    matrix = confusion_matrix(truth.astype(np.intp), called.astype(np.intp), answers)
    return float(macro(f1(matrix), matrix))


def _read(file: Path) -> pd.DataFrame:
    # "nil" is an answer; nothing in these files stands for a missing one.
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def main() -> int:
    """Joins, scores, or compares two readings."""
    options = _options()
    if options.what == "join":
        table = joined(open_cells(options.pbc), annotated(options.attributes))
        write_manifest(table, options.out, provenance={"from": "PBC and WBCAtt"})
        print(table.frame[SPLIT_COLUMN].replace("", "(not annotated)").value_counts().to_string())
    elif options.what == "score":
        macro_f1_over_attributes(options.table, resamples=options.resamples).show(
            as_json=options.json
        )
    else:
        agreement(options.attributes).show(as_json=options.json)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="WBCAtt's eleven attributes.")
    verbs = parser.add_subparsers(dest="what", required=True)
    join = verbs.add_parser("join", help="write a manifest of PBC with attributes")
    join.add_argument("--pbc", type=Path, required=True, help="manifest of PBC")
    join.add_argument("--out", type=Path, required=True, help="manifest to write")
    score = verbs.add_parser("score", help="macro F1 over attributes")
    score.add_argument("table", type=Path, help="what `hemoscope predict` wrote")
    score.add_argument("--resamples", type=int, default=1000, help="of the bootstrap")
    readings = verbs.add_parser("agreement", help="second reading against the first")
    for each in (join, readings):
        each.add_argument("--attributes", type=Path, required=True, help="folder of WBCAtt's CSVs")
    for each in (score, readings):
        each.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
