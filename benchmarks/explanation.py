"""How faithful the maps of a trained model are: curves, energy in the cell, sanity check.

    python benchmarks/explanation.py curves --model RUN --cells MANIFEST --out FOLDER
    python benchmarks/explanation.py energy --model RUN --cells MANIFEST --out FOLDER
    python benchmarks/explanation.py sanity --model RUN --cells MANIFEST --out FOLDER
    python benchmarks/explanation.py tables --out FOLDER [--figure FILE.svg]

`curves` and `sanity` take the first `--per-class` cells of every class among `--use` of
`--split-column`, in an order drawn by the SHA-256 of their paths; `energy` takes cells with
masks, in that same order. Each appends to a CSV cell by cell and goes on where it stopped, so a
run that was cut short, or asked for fewer cells, is the beginning of a longer one. `tables`
prints what is there.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=("curves", "energy", "sanity", "tables"))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--cells")
    parser.add_argument("--split-column", default="clean_split")
    parser.add_argument("--use", default="val")
    parser.add_argument("--per-class", type=int, default=8)
    parser.add_argument("--methods", nargs="*", help="default: all, and the references")
    parser.add_argument("--minutes", type=float, default=600, help="stop after so many")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--figure", type=Path, help="tables: draw the mean curves")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.stage == "tables":
        print_tables(options.out)
        if options.figure:
            draw_curves(options.out, options.figure)
    else:
        measure(options)


def measure(options: argparse.Namespace) -> None:
    from hemoscope.cells import open_cells, read_cells
    from hemoscope.explanation.opening import open_model
    from hemoscope.explanation.scoring import as_images, logits_of
    from hemoscope.explanation.target import choose_target

    stored = open_model(options.model)
    table = open_cells(options.cells)
    if options.stage != "energy":
        table = table.where(options.split_column, options.use)
    table = table.take(chosen_rows(table, None if options.stage == "energy" else options.per_class))
    file = options.out / f"{options.stage}.csv"
    end = time.monotonic() + 60 * options.minutes
    done = finished(file)
    for batch in read_cells(table, stored.model.config.frame, batch=1, workers=1):
        path = str(table.paths[batch.rows[0]])
        todo = [m for m in chosen_methods(options.methods) if (path, m.name) not in done]
        if not todo:
            continue
        if time.monotonic() > end:
            break
        images = as_images(batch.pixels)
        logits = logits_of(stored.model, images)
        target = choose_target(logits, stored.classes)
        started = time.monotonic()
        for found in STAGES[options.stage](stored.model, images, target, todo, table, batch.rows):
            found["path"] = path
            found["called"] = stored.classes[int(logits.argmax())]
            append(file, found)
        print(f"{path}: {len(todo)} methods, {time.monotonic() - started:.0f} s", flush=True)


def curves(model, images, target, methods, table, rows) -> Iterator[pd.DataFrame]:
    """Deletion and insertion on one cell, with the points of the curves."""
    from hemoscope.explanation.faithfulness.compare import measures_frame
    from hemoscope.explanation.faithfulness.curves import curve_ends, faithfulness_curves

    ends = curve_ends(model, images, target)
    for method in methods:
        started = time.process_time()
        maps = method.explain(model, images, target)
        seconds = time.process_time() - started
        found = faithfulness_curves(model, images, maps, target, ends=ends)
        frame = measures_frame(method.name, found, maps, None)
        for place in range(len(found.shares)):
            frame[f"deletion_{place}"] = found.deletion[:, place]
            frame[f"insertion_{place}"] = found.insertion[:, place]
        yield frame.assign(seconds=seconds)


def energy(model, images, target, methods, table, rows) -> Iterator[pd.DataFrame]:
    """Shares of energy in nucleus and cell of one cell, and the shares of the picture."""
    from hemoscope.explanation.faithfulness.compare import measures_frame
    from hemoscope.explanation.faithfulness.energy import energy_shares
    from hemoscope.explanation.masks import masks_of

    masks = masks_of(table.take(rows), None, model.config.frame)
    for method in methods:
        maps = method.explain(model, images, target)
        areas = energy_shares(maps, masks)
        frame = measures_frame(method.name, None, maps, masks)
        yield frame.assign(nucleus_area=areas.nucleus_area, cell_area=areas.cell_area)


def sanity(model, images, target, methods, table, rows) -> Iterator[pd.DataFrame]:
    """Likeness to the trained model's map while weights are randomised; one row a level."""
    from hemoscope.explanation.faithfulness.sanity import sanity_check

    for method in methods:
        if method.name in ("centre", "random"):
            continue
        found = sanity_check(method, model, images, target)
        yield pd.DataFrame(
            {
                "cell": 0,
                "method": method.name,
                "level": found.levels,
                "rank_correlation": found.rank_correlation[:, 0],
                "structural_similarity": found.structural_similarity[:, 0],
            }
        )


STAGES = {"curves": curves, "energy": energy, "sanity": sanity}


def chosen_methods(names):
    from hemoscope.explanation.methods.table import METHODS, REFERENCES

    known = {**METHODS, **REFERENCES}
    return [known[name] for name in names or known]


def chosen_rows(table, per_class: int | None) -> np.ndarray:
    """Rows in an order that nobody picked, the classes taking turns."""
    order = sorted(
        range(len(table)),
        key=lambda row: hashlib.sha256(str(table.paths[row]).encode()).digest(),
    )
    turn = pd.Series(order).groupby(table.labels[order]).cumcount().to_numpy()
    if per_class is None:
        return np.array(order)
    rows = np.array(order)[np.argsort(turn, kind="stable")]
    return rows[np.sort(turn, kind="stable") < per_class]


def finished(file: Path) -> set[tuple[str, str]]:
    if not file.is_file():
        return set()
    frame = pd.read_csv(file)
    return set(zip(frame["path"], frame["method"], strict=True))


def append(file: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(file, mode="a", header=not file.is_file(), index=False, float_format="%.6g")


def print_tables(folder: Path) -> None:
    from hemoscope.explanation.faithfulness.summary import summarise

    if (folder / "curves.csv").is_file():
        frame = pd.read_csv(folder / "curves.csv")
        kept = frame[["cell", "method", "deletion", "insertion", "faithfulness", "seconds"]]
        show("Curves", summarise(complete(frame, kept)))
        show("Curves, minus the centre", summarise(minus(frame, "faithfulness", "centre")))
    if (folder / "energy.csv").is_file():
        frame = pd.read_csv(folder / "energy.csv")
        names = ["nucleus_share", "cell_share", "nucleus_area", "cell_area"]
        show("Energy", summarise(frame[["cell", "method", *names]]))
    if (folder / "sanity.csv").is_file():
        frame = pd.read_csv(folder / "sanity.csv")
        for level, part in frame.groupby("level", sort=False):
            names = ["rank_correlation", "structural_similarity"]
            show(f"Sanity: {level}", summarise(part[["cell", "method", *names]]))


def draw_curves(folder: Path, file: Path) -> None:
    from hemoscope.reports.figure import save_figure
    from hemoscope.reports.plots.explanation import FaithfulnessFigure

    frame = pd.read_csv(folder / "curves.csv")
    means = complete(frame, frame).groupby("method", sort=False).mean(numeric_only=True)
    steps = sum(name.startswith("deletion_") for name in means.columns) - 1
    points = [
        {
            "method": method,
            "share": place / steps,
            "deletion": row[f"deletion_{place}"],
            "insertion": row[f"insertion_{place}"],
        }
        for method, row in means.iterrows()
        for place in range(steps + 1)
    ]
    save_figure(FaithfulnessFigure(pd.DataFrame(points)), file)


def complete(frame: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """The cells that every method has been measured on."""
    counts = frame.groupby("path")["method"].transform("count")
    return kept[counts == counts.max()]


def minus(frame: pd.DataFrame, measure: str, reference: str) -> pd.DataFrame:
    """A measure's difference to a reference, cell by cell."""
    wide = complete(frame, frame).pivot_table(index="path", columns="method", values=measure)
    wide = wide.sub(wide[reference], axis=0).drop(columns=reference)
    long = wide.melt(value_name=f"{measure}_minus_{reference}")
    return long.assign(cell=0)


def show(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3f}"))


if __name__ == "__main__":
    main()
