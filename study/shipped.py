"""The bundle that ships: made of its run, calibrated on validation cells, and judged once.

    python -m study.shipped make --run runs/shipped --second runs/second \
        --cells pbc/manifest.csv --munich external/munich_aml/images --work ~/shipped
    python -m study.shipped judge --cells pbc/manifest.csv --munich external/munich_aml/images \
        --cellavision external/cellavision100/manifest.csv --work ~/shipped

`make` sees training and validation cells of PBC, and the Munich myeloblasts and drawn pictures of
no cell, by which the score for unknown cells is chosen; it puts the bundle into the package.
Networks that lie in WORK/first and WORK/second as bundles are taken as they are.
`judge` writes results/shipped/: the test cells, CellaVision's and Munich's and other pictures of no
cell, each named and judged by `hemoscope classify`. `expect` is its last part: what an expected mix
of classes (`--prior`) and adapting to the source (`--adapt`) change.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hemoscope.audit.shares import share_of
from study.adapted import at_home
from study.commands import hemoscope, predict
from study.expected_mix import in_the_mix
from study.no_cells import KINDS, write_no_cells
from study.run import COPIED, RESULTS

# Relative, so that the tables do not tell of the machine.
SHIPPED = Path(os.path.relpath(RESULTS.parent / "src" / "hemoscope" / "shipped"))
OUT = RESULTS / "shipped"
SPLIT = "clean_split"
VIEWS = "8"
MAX_ERROR = "0.005"
PRIOR = "adult-blood"
WAYS = {
    PRIOR: ("--prior", PRIOR),
    "adapted": ("--adapt",),
    f"adapted-{PRIOR}": ("--adapt", "--prior", PRIOR),
}


def make(options: argparse.Namespace) -> None:
    """Runs → INT8 bundle → its own predictions → calibration in it → the package."""
    bundle, work = options.work / "bundle", options.work
    if not bundle.exists():
        _pair(options, bundle)
    if not (work / "no-cells").exists():
        write_no_cells(work / "no-cells", each=40, seed=0)
    sources = {
        "val": (options.cells, (SPLIT, "val")),
        "train": (options.cells, (SPLIT, "train")),
        "myeloblasts": (options.munich / "myeloblast", None),
        "no-cells": (work / "no-cells", None),
    }
    for name, (source, split) in sources.items():
        predict(source, bundle, work / f"{name}.parquet", split, features=True)
    unknown = ("--unknown-cells", work / "myeloblasts.parquet")
    unknown += ("--unknown-cells", work / "no-cells.parquet", "--reference", work / "train.parquet")
    trust = ("--max-error", MAX_ERROR, "--unknown", "auto", *unknown)
    said = hemoscope(
        "calibrate", work / "val.parquet", *trust, "--out", bundle, "--json", capture=True
    )
    OUT.mkdir(exist_ok=True)
    (OUT / "calibration.json").write_text(said, encoding="utf-8")
    shutil.copy(work / "val.parquet", OUT / "val.parquet")
    _keep_record(options.run, OUT)
    _keep_record(options.second, OUT / "second")
    shutil.rmtree(SHIPPED, ignore_errors=True)
    shutil.copytree(bundle, SHIPPED)


def _pair(options: argparse.Namespace, out: Path) -> None:
    """Both runs as INT8 bundles, and one of the two."""
    first, second = options.work / "first", options.work / "second"
    cells = str(options.cells)
    made = ("--views", VIEWS, "--int8", "--calibrate-on", cells, "--validate-on", cells)
    for run, network in ((options.run, first), (options.second, second)):
        if not network.exists():
            hemoscope("export", run, "--out", network, "--cells", cells, *made)
    hemoscope("export", first, "--second", second, "--home", cells, "--out", out)


def _keep_record(run: Path | None, out: Path) -> None:
    """How a network was trained; of one that lay in WORK as a bundle there is no run."""
    if run is not None:
        out.mkdir(exist_ok=True)
        for name in COPIED:
            shutil.copy(run / name, out / name)


def judge(options: argparse.Namespace) -> None:
    """The shipped bundle on cells that had no part in it."""
    table = options.work / "test.parquet"
    table.unlink(missing_ok=True)  # of a bundle that was shipped before
    predict(options.cells, SHIPPED, table, (SPLIT, "test"), features=True)
    shutil.copy(table, OUT / "test.parquet")
    said = hemoscope("evaluate", table, "--calibration", SHIPPED, "--json", capture=True)
    (OUT / "test.json").write_text(said, encoding="utf-8")
    if not (options.work / "other-no-cells").exists():
        write_no_cells(options.work / "other-no-cells", each=40, seed=1)
    outside = {
        "no-cells": options.work / "other-no-cells",
        "cellavision100": options.cellavision,
        "munich-neutrophils": options.munich / "neutrophil",
        "munich-myeloblasts": options.munich / "myeloblast",
    }
    for name, source in outside.items():
        _classify(source, options.work, name)
    expect(options)


def expect(options: argparse.Namespace) -> None:
    """The same by the mix of healthy adults' blood, and by what cells show of their source."""
    for name, source in (
        ("cellavision100", options.cellavision),
        ("munich-neutrophils", options.munich / "neutrophil"),
        ("munich-myeloblasts", options.munich / "myeloblast"),
    ):
        for way, asked in WAYS.items():
            _classify(source, options.work, f"{name}-{way}", *asked)
    tables = {part: OUT / f"{part}.parquet" for part in ("val", "test")}
    mixes = {part: in_the_mix(table, SHIPPED, PRIOR) for part, table in tables.items()}
    homes = {part: at_home(table, SHIPPED) for part, table in tables.items()}
    outside = _outside(options.cellavision)
    for name, found in {"prior": mixes, "adapted": homes, "outside": outside}.items():
        (OUT / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _classify(source: Path, work: Path, name: str, *options: str) -> None:
    out = work / "classified" / name
    shutil.rmtree(out, ignore_errors=True)
    hemoscope("classify", source, "--out", out, "--no-report", *options)
    shutil.copy(out / "cells.csv", OUT / f"{name}.csv")


def _outside(cellavision: Path) -> dict[str, Any]:
    labels = pd.read_csv(cellavision).set_index("path")["label"]
    figures = {}
    for name in ("cellavision100", *(f"cellavision100-{way}" for way in WAYS)):
        named = pd.read_csv(OUT / f"{name}.csv").set_index("path")
        right = (named["class"] == labels.reindex(named.index)).to_numpy()
        order = labels.index.get_indexer(named.index)
        accepted = named["accepted"].to_numpy(bool)
        figures |= {
            f"{name}, second half (final)": _share(right[order >= 50]),
            f"{name}, first half (looked at)": _share(right[order < 50]),
            f"{name}, all": _share(right),
            f"{name}, accepted": _share(accepted),
            f"{name}, right among accepted": _share(right[accepted]),
            f"{name}, flagged unknown": _share(named["unknown"].to_numpy(bool)),
        }
    munich = ("munich-neutrophils", "munich-myeloblasts")
    for name in (*munich, *(f"{each}-{way}" for way in WAYS for each in munich)):
        cells = pd.read_csv(OUT / f"{name}.csv")
        figures[f"{name}, named neutrophil"] = _share(cells["class"] == "neutrophil")
        figures[f"{name}, accepted"] = _share(cells["accepted"].to_numpy(bool))
        figures[f"{name}, flagged unknown"] = _share(cells["unknown"].to_numpy(bool))
    cells = pd.read_csv(OUT / "no-cells.csv")
    figures["no cells, accepted"] = _share(cells["accepted"].to_numpy(bool))
    for kind in KINDS:
        flagged = cells.loc[cells["path"].str.startswith(kind), "unknown"].to_numpy(bool)
        figures[f"no cells, {kind}, flagged unknown"] = _share(flagged)
    return figures


def _share(flags: Any) -> dict[str, float | int | None]:
    """A share with its 95 % interval (Wilson)."""
    found = share_of(np.asarray(flags, dtype=bool))
    limits = {"low": found.low, "high": found.high}
    return {"count": found.right, "cells": found.cells, "share": found.accuracy, **limits}


def main() -> int:
    """Makes or judges."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    {"make": make, "judge": judge, "expect": expect}[options.step](options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The bundle that ships.")
    parser.add_argument("step", choices=("make", "judge", "expect"))
    parser.add_argument("--run", type=Path, help="the finished run of results/recipes/shipped.yaml")
    parser.add_argument("--second", type=Path, help="that of results/recipes/shipped-second.yaml")
    parser.add_argument("--cells", type=Path, required=True, help="PBC manifest with clean_split")
    parser.add_argument("--munich", type=Path, required=True, help="its folder of class folders")
    parser.add_argument("--cellavision", type=Path, help="its manifest")
    parser.add_argument("--work", type=Path, required=True, help="where large files stay")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
