"""Images per second: hemoscope's training, its model fed from memory, and a plain loop.

    python benchmarks/bench_training.py
    HEMOSCOPE_PBC=… python benchmarks/bench_training.py --json training.json

The three take turns (A B C A B C …), so that whatever else the machine does meets all of them.
benchmarks/training_loops.py says what each does. Also: filling the pixel cache against a loop of
Pillow calls, and how long `hemoscope --help` takes.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from machine import Machine
from PIL import Image

from hemoscope.cells import CellTable, PixelCache, open_cells
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.training.cells import prepare_cells
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import load_recipe

TARGETS = {"hemoscope / memory": 0.9, "hemoscope / plain": 1.5}
HELP_TARGET = 0.3
PBC_CELLS, PBC_SECONDS = 17_092, 90
SPLIT = "bench"
VALIDATED = 8


def main() -> None:
    given = _arguments()
    machine = Machine.now()
    print(machine.words(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        table = _cells(given, Path(folder))
        found = {
            "machine": machine.values(),
            "cells": "synthetic" if given.cells is None else "given",
            "training": _training(given, table, Path(folder)),
            "cache": _cache(given, table, Path(folder)),
            "help": _help(given.repeats),
        }
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    pbc = os.environ.get("HEMOSCOPE_PBC")
    parser.add_argument(
        "--cells",
        default=str(Path(pbc) / "manifest.csv") if pbc else None,
        help="SOURCE with labels; by default that of HEMOSCOPE_PBC, else synthetic cells",
    )
    parser.add_argument("--model", default="inception_v3-text", help="of the zoo")
    parser.add_argument("--size", type=int, default=224, help="side of the pictures")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=8, help="of each turn, the first two untimed")
    parser.add_argument("--repeats", type=int, default=3, help="turns of each")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--cached", type=int, default=1000, help="cells to fill the cache with")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    given = parser.parse_args()
    if given.steps <= 2:
        parser.error("--steps must be more than the two that are not timed")
    return given


def _cells(given: argparse.Namespace, folder: Path) -> CellTable:
    """The labelled cells, in random order; synthetic ones are drawn just as many as are needed."""
    if given.cells is None:
        needed = max(given.steps * given.batch + VALIDATED, given.cached)
        print(f"drawing {needed} synthetic cells …", flush=True)
        table = write_synthetic(folder / "cells", per_class=-(-needed // 8), size=360)
    else:
        table = open_cells(given.cells)
    return table.take(np.random.default_rng(0).permutation(len(table)))


def _training(given: argparse.Namespace, table: CellTable, folder: Path) -> dict[str, Any]:
    from training_loops import LOOPS, Job

    recipe = load_recipe(
        "default",
        (
            f"model={{base: {given.model}, image_size: {given.size}}}",
            *("weights=none", "epochs=1", "keep=last"),
            *(f"batch_size={given.batch}", f"data.split_column={SPLIT}"),
        ),
    )
    chosen = _with_split(table, given.steps * given.batch)
    cached = PixelCache(folder / "cache").open(chosen, given.size)
    cells = prepare_cells(chosen, cached, cached.readable, recipe)
    job = Job(cells, [chosen.file(int(row)) for row in cells.train.rows], recipe, given.workers)
    speeds = _in_turns({name: lambda loop=loop: loop(job) for name, loop in LOOPS.items()}, given)
    print(f"\n{given.model}, {given.size} px, batches of {given.batch}: images per second")
    _print_speeds(speeds, "img/s")
    return {
        **{"model": given.model, "size": given.size, "batch": given.batch, "steps": given.steps},
        "precision": _precision(recipe),
        "images_per_second": speeds,
        "ratios": {name: _ratio(speeds, name, least) for name, least in TARGETS.items()},
    }


def _with_split(table: CellTable, count: int) -> CellTable:
    """The first `count` cells train; a few of the rest, of the same classes, validate."""
    if len(table) <= count:
        sys.exit(f"{count} cells to train on are needed and one more; there are {len(table)}.")
    labels = table.labels
    if labels is None:
        sys.exit("these cells have no labels.")
    known = set(labels[:count])
    rest = [row for row in range(count, len(table)) if labels[row] in known][:VALIDATED]
    split = ["train"] * count + ["val"] * len(rest)
    return table.take([*range(count), *rest]).with_column(SPLIT, split)


def _precision(recipe: Recipe) -> str:
    from hemoscope.training.precision import lightning_precision

    return lightning_precision(recipe.precision, "cpu")


def _cache(given: argparse.Namespace, table: CellTable, folder: Path) -> dict[str, Any]:
    """Cells per second into an empty cache, and through a loop of Pillow calls."""
    some = table.take(range(min(given.cached, len(table))))
    files = [some.file(row) for row in range(len(some))]
    for file in files:  # from here on both read from memory, not from the disk
        file.read_bytes()

    def fill() -> float:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            began = time.perf_counter()
            PixelCache(place).open(some, given.size)
            return len(some) / (time.perf_counter() - began)

    def pillow() -> float:
        began = time.perf_counter()
        for file in files:
            image = Image.open(file).convert("RGB")
            np.asarray(image.resize((given.size, given.size), Image.Resampling.BILINEAR))
        return len(some) / (time.perf_counter() - began)

    speeds = _in_turns({"pixel cache": fill, "Pillow loop": pillow}, given)
    print(f"\n{len(some)} cells to {given.size} px: cells per second")
    _print_speeds(speeds, "cells/s")
    whole = PBC_CELLS / statistics.median(speeds["pixel cache"])
    print(f"  {PBC_CELLS:,} cells at this speed: {whole:.0f} s (target: {PBC_SECONDS} s)")
    return {
        "cells": len(some),
        "cells_per_second": speeds,
        "ratio": _ratio(speeds, "pixel cache / Pillow loop", None),
        "seconds_for_17092": whole,
    }


def _help(repeats: int) -> dict[str, Any]:
    """Wall clock, and the processor's seconds, which a busy machine stretches less."""
    command = [sys.executable, "-m", "hemoscope", "--help"]
    seconds, processor = [], []
    for _ in range(max(3, repeats)):
        began, used = time.perf_counter(), _children_seconds()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
        processor.append(_children_seconds() - used)
    middle = statistics.median(seconds)
    verdict = _verdict(HELP_TARGET - middle, HELP_TARGET)
    print(f"\nhemoscope --help: {_spread(seconds)} s {verdict}, processor {_spread(processor)} s")
    return {
        **{"seconds": seconds, "processor_seconds": processor},
        **{"target": HELP_TARGET, "met": middle <= HELP_TARGET},
    }


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _in_turns(
    loops: Mapping[str, Callable[[], float]], given: argparse.Namespace
) -> dict[str, list[float]]:
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(given.repeats):
        for name, loop in loops.items():
            speeds[name].append(loop())
            print(f"  turn {turn + 1}: {name} {speeds[name][-1]:.2f}", file=sys.stderr, flush=True)
    return speeds


def _print_speeds(speeds: Mapping[str, Sequence[float]], unit: str) -> None:
    for name, values in speeds.items():
        print(f"  {name:<12} {_spread(values)} {unit}")


def _ratio(
    speeds: Mapping[str, Sequence[float]], name: str, target: float | None
) -> dict[str, Any]:
    """The ratio turn by turn: what slowed the machine slowed both."""
    above, below = (speeds[part] for part in name.split(" / "))
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    middle = statistics.median(ratios)
    verdict = "" if target is None else _verdict(middle - target, target)
    print(f"  {name}: {_spread(ratios)} {verdict}")
    met = None if target is None else middle >= target
    return {"by_turn": ratios, "median": middle, "target": target, "met": met}


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def _verdict(margin: float, target: float) -> str:
    return f"(target {target:g}: {'met' if margin >= 0 else 'MISSED'})"


if __name__ == "__main__":
    main()
