"""What framing and augmentation bring on another microscope: one short training each.

    python -m study.robustness --cells pbc/manifest.csv --runs ~/robustness \
        --weights tf_efficientnet_lite0.safetensors \
        --cellavision external/cellavision100/manifest.csv \
        --neutrophils external/munich_aml/images/neutrophil

`STEPS` has neither, either and both. Each is judged on PBC's validation cells, on the first half of
CellaVision's cells (the other half is for the final figure), and on the neutrophils of the Munich
set. No test cell is looked at. Interrupted, the same command goes on; the table lands in
results/robustness/.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from hemoscope.audit.shares import share_of
from hemoscope.predictions import Predictions
from study.commands import hemoscope, setting_options, train
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
STEPS: dict[str, tuple[str, ...]] = {
    "whole frame, flips and turns": (),
    "framing": FRAMING,
    "augmentation": AUGMENTATION,
    "framing and augmentation": FRAMING + AUGMENTATION,
}


def perform(number: int, settings: tuple[str, ...], options: argparse.Namespace) -> Path:
    """Trains and scores one step; what is there is not done again."""
    run = options.runs / f"step-{number}"
    weights = (f"weights={options.weights}",) if options.weights else ()
    train(options.cells, run, ("--recipe", RECIPE, *setting_options(settings + weights)))
    scored = {
        "val": (options.cells, "--split-column", "clean_split", "--use", "val"),
        "cellavision": (options.cellavision,),
        "neutrophils": (options.neutrophils,),
    }
    for name, source in scored.items():
        if not (run / f"{name}.parquet").exists():
            hemoscope("predict", *source, "--model", run, "--out", run / f"{name}.parquet")
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
    out = RESULTS / "robustness" / "steps.csv"
    out.parent.mkdir(exist_ok=True)
    rows = []
    for number, (step, settings) in enumerate(STEPS.items(), start=1):
        rows.append(row(step, perform(number, settings, options)))
        pd.DataFrame(rows).to_csv(out, index=False, float_format="%.4f")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What each part of the shipped recipe brings.")
    parser.add_argument("--cells", type=Path, required=True, help="PBC manifest with clean_split")
    parser.add_argument("--weights", type=Path, help="EfficientNet-Lite0's; else timm's")
    parser.add_argument("--cellavision", type=Path, required=True, help="its manifest")
    parser.add_argument("--neutrophils", type=Path, required=True, help="folder of images")
    parser.add_argument("--runs", type=Path, required=True, help="where models stay")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
