"""Scores for unknown cells where the left-out class is truly new: frozen features, new heads.

    python benchmarks/unknown_cells.py features --cells MANIFEST --outside FOLDER \
        --weights FILE --out FOLDER
    python benchmarks/unknown_cells.py trials --out FOLDER

`features` runs EfficientNet-Lite0 with ImageNet weights, never tuned, at 160 pixels over all
validation cells of `clean_split`, `--per-class` training cells of each class (in the order of the
SHA-256 of their paths), and every image of an outside folder. `trials` fits a logistic regression
on the training cells, with all classes and once without each, and compares the scores: with the
class left out of the head ("new head"), with its column of logits taken out of the whole head
("column"), and on the outside cells. It writes `trials.csv` and prints the means.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

SIZE, BATCH = 160, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=("features", "trials"))
    parser.add_argument("--cells")
    parser.add_argument("--outside", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--per-class", type=int, default=200)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    extract(options) if options.stage == "features" else compare(options.out)


def extract(options: argparse.Namespace) -> None:
    """Writes one file of features for each set of cells; those that are there are kept."""
    import torch
    from safetensors.torch import load_file

    from hemoscope.cells import open_cells
    from hemoscope.models.backbones.timm_body import create_body

    torch.set_num_threads(1)
    body = create_body("tf_efficientnet_lite0", "timm").eval()
    tensors = {name: value.float() for name, value in load_file(options.weights).items()}
    print(body.load_state_dict(tensors, strict=False))
    split = {"split_column": "clean_split"}
    sets = {
        "val": open_cells(options.cells, **split, use="val"),
        "train": spread(open_cells(options.cells, **split, use="train"), options.per_class),
    }
    for folder in sorted(path for path in options.outside.iterdir() if path.is_dir()):
        sets[folder.name] = open_cells(str(folder)).without_labels()
    for name, table in sets.items():
        file = options.out / f"{name}.npz"
        if not file.is_file():
            values, labels = observe(body, table)
            np.savez(file, features=values, labels=labels)
        print(name, len(table), flush=True)


def spread(table, per_class: int):
    order = sorted(range(len(table)), key=lambda row: digest(table.paths[row]))
    seen: dict[str, int] = {}
    rows = []
    for row in order:
        label = table.labels[row]
        seen[label] = seen.get(label, 0) + 1
        if seen[label] <= per_class:
            rows.append(row)
    return table.take(np.sort(rows))


def digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()


def observe(body, table) -> tuple[np.ndarray, np.ndarray]:
    import torch

    from hemoscope.cells import Frame, read_cells

    values, rows = [], []
    with torch.inference_mode():
        for cells in read_cells(table, Frame(SIZE), batch=BATCH):
            images = torch.from_numpy(cells.pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
            values.append(body.forward_features(images).mean((2, 3)).numpy())
            rows.append(cells.rows)
    chosen = table.take(np.concatenate(rows))
    labels = [""] * len(chosen) if chosen.labels is None else chosen.labels.tolist()
    return np.concatenate(values), np.array(labels)


def compare(out: Path) -> None:
    """Every score in every trial."""
    from hemoscope.calibration.unknown import (
        KnownCells,
        Trial,
        UnknownCells,
        compare_methods,
        leave_one_class_out,
        outside_trials,
    )

    stored = {file.stem: dict(np.load(file)) for file in sorted(out.glob("*.npz"))}
    train, val = stored.pop("train"), stored.pop("val")
    classes = tuple(np.unique(train["labels"]).tolist())
    head = fit_head(train["features"], train["labels"])
    print(f"accuracy of the head on val: {head.score(val['features'], val['labels']):.4f}")

    def known(cells, by, names) -> KnownCells:
        truth = np.searchsorted(names, cells["labels"])
        return KnownCells(tuple(names), by.decision_function(cells["features"]), truth,
                          cells["features"])  # fmt: skip

    whole, reference = known(val, head, classes), known(train, head, classes)
    trials = [Trial(f"column: {t.name}", t.known, t.reference, t.unknown)
              for t in leave_one_class_out(whole, reference)]  # fmt: skip
    for name in classes:
        rest = [other for other in classes if other != name]
        kept = {key: cells["labels"] != name for key, cells in (("t", train), ("v", val))}
        some = {k: v[kept["t"]] for k, v in train.items()}
        usual = {k: v[kept["v"]] for k, v in val.items()}
        odd = val["features"][~kept["v"]]
        own = fit_head(some["features"], some["labels"])
        strange = UnknownCells(own.decision_function(odd), odd)
        trials.append(Trial(f"new head: without {name}", known(usual, own, rest),
                            known(some, own, rest), strange))  # fmt: skip
    outside = {
        name: UnknownCells(head.decision_function(cells["features"]), cells["features"])
        for name, cells in stored.items()
    }
    trials += outside_trials(whole, reference, outside)
    frame = compare_methods(trials).frame()
    frame.to_csv(out / "trials.csv", index=False, float_format="%.4f")
    kind = frame["trial"].str.split(": ").str[0]
    means = frame.assign(kind=kind).groupby(["kind", "method"], sort=False)[["auroc", "flagged"]]
    print(means.mean().to_string(float_format="%.4f"))


def fit_head(features: np.ndarray, labels: np.ndarray):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500)).fit(
        features, labels
    )


if __name__ == "__main__":
    pd.set_option("display.width", 160)
    main()
