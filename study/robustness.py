"""What each part of the shipped recipe brings on another microscope: one small training each.

    python -m study.robustness input --cells pbc/manifest.csv --runs ~/robustness \
        --weights tf_efficientnet_lite0.safetensors \
        --cellavision external/cellavision100/manifest.csv \
        --neutrophils external/munich_aml/images/neutrophil

    python -m study.thinned --cells pbc/manifest.csv --per-class 200 --out pbc-200.csv
    python -m study.robustness training --cells pbc-200.csv --teacher TEACHER_RUN ...

`input` is what a network sees: framing and augmentation, neither, either and both. `training` is
how long and by what it learns, both of them on: length, calming and a teacher. Each step is judged
on PBC's validation cells, on the first half of CellaVision's cells (the other half is for the final
figure), and on the neutrophils of the Munich set. No test cell is looked at. Interrupted, the same
command goes on; the tables land in results/robustness/.
"""

import argparse
from pathlib import Path

import pandas as pd

from hemoscope.audit.shares import share_of
from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions
from study.alone import Elsewhere, alone
from study.commands import leave, predict, setting_options, train
from study.run import RESULTS

RECIPE = RESULTS / "recipes" / "robustness.yaml"
FRAMING = ("model.framing=cell",)
AUGMENTATION = (
    "augmentation.brightness=0",
    "augmentation.stain=0.8",
    "augmentation.blur=0.15",
    "augmentation.coarseness=0.1",
    "augmentation.noise=0.15",
    "augmentation.jpeg=0.1",
    "augmentation.zoom=1.5",
    "augmentation.shift=0.08",
    "augmentation.tight=0.1",
)
BOTH = FRAMING + AUGMENTATION
LONG = (*BOTH, "epochs=12")
CALM = ("calming={8: 0.3}",)


def steps(part: str, teacher: Path | None) -> dict[str, tuple[str, ...]]:
    """Settings by step of "input" or "training".

    Raises:
        UsageError: A training is to have a teacher, and none is named.
    """
    if part == "input":
        return {
            "whole frame, flips and turns": (),
            "framing": FRAMING,
            "augmentation": AUGMENTATION,
            "framing and augmentation": BOTH,
        }
    if teacher is None:
        raise UsageError("`training` has steps with a teacher: name its run by --teacher.")
    taught = (f"distillation.teacher={teacher}",)
    return {
        "short": (*BOTH, "epochs=4"),
        "three times as long": LONG,
        "long, calm at the end": LONG + CALM,
        "long, with a teacher": LONG + taught,
        "long, calm, with a teacher": LONG + CALM + taught,
    }


def perform(name: str, settings: tuple[str, ...], options: argparse.Namespace) -> Path:
    """Trains and scores one step; what is there is not done again.

    Raises:
        InWorkError: Another command is at it.
    """
    run = options.runs / name
    weights = (f"weights={options.weights}",) if options.weights else ()
    scored = {
        "val": (options.cells, ("clean_split", "val")),
        "cellavision": (options.cellavision, None),
        "neutrophils": (options.neutrophils, None),
    }
    with alone(run):
        train(options.cells, run, ("--recipe", RECIPE, *setting_options(settings + weights)))
        for table, (cells, split) in scored.items():
            predict(cells, run, run / f"{table}.parquet", split)
    return run


def row(step: str, run: Path) -> dict[str, object]:
    """The figures of one step, each with its 95 % interval (Wilson)."""
    judged = {
        "validation": _right(Predictions.read(run / "val.parquet")),
        "cellavision_first_half": _right(Predictions.read(run / "cellavision.parquet"))[:50],
        "munich_neutrophils": _named(Predictions.read(run / "neutrophils.parquet"), "neutrophil"),
    }
    figures: dict[str, object] = {"step": step}
    for name, right in judged.items():
        found = share_of(right.to_numpy(dtype=bool))
        figures |= {name: found.accuracy, f"{name}_low": found.low, f"{name}_high": found.high}
        figures[f"{name}_cells"] = found.cells
    return figures


def _right(predictions: Predictions) -> pd.Series:
    names = [predictions.classes[index] for index in predictions.predicted]
    return pd.Series(names) == pd.Series(predictions.labels)


def _named(predictions: Predictions, name: str) -> pd.Series:
    return pd.Series([predictions.classes[index] == name for index in predictions.predicted])


def main() -> int:
    """Runs what is missing, and writes the table after every step."""
    options = _options()
    out = RESULTS / "robustness" / f"{options.part}.csv"
    out.parent.mkdir(exist_ok=True)
    rows = []
    elsewhere = Elsewhere()
    chosen = steps(options.part, options.teacher)
    for number, (step, settings) in enumerate(chosen.items(), start=1):
        with elsewhere.passing(step):
            rows.append(row(step, perform(f"{options.part}-{number}", settings, options)))
            pd.DataFrame(rows).to_csv(out, index=False, float_format="%.4f")
    elsewhere.tell()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What each part of the shipped recipe brings.")
    parser.add_argument("part", choices=("input", "training"))
    parser.add_argument("--cells", type=Path, required=True, help="PBC manifest with clean_split")
    parser.add_argument(
        "--teacher", type=Path, help="a finished run that the longer ones learn from"
    )
    parser.add_argument("--weights", type=Path, help="EfficientNet-Lite0's; else timm's")
    parser.add_argument("--cellavision", type=Path, required=True, help="its manifest")
    parser.add_argument("--neutrophils", type=Path, required=True, help="folder of images")
    parser.add_argument("--runs", type=Path, required=True, help="where models stay")
    return parser.parse_args()


if __name__ == "__main__":
    leave(main)
