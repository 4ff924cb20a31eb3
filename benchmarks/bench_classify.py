"""`hemoscope classify` beside the script that a user would write, each a process of its own.

    bench_classify.py [--bundle BUNDLE …] [--cells CELLS] [--count 1000] [--rounds 3] [--out JSON]

From JPEG files of 360 by 363 pixels on disk to the finished table, start-up and all. BUNDLE: others
to time beside the one that ships, such as an InceptionV3's. CELLS: real cells (a manifest, a
folder); without it cells are drawn. The ways take turns, so that what else the machine does meets
them all.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import Machine
from PIL import Image

from hemoscope.cells import open_cells
from hemoscope.cells.reading import read_cell

BENCHMARKS = Path(__file__).parent
SIZE = (360, 363)
QUALITY = 95
PLAIN = "plain script"


@dataclass(frozen=True)
class Way:
    """One way to the table: its name, and the command but for the file that it writes."""

    name: str
    command: tuple[str, ...]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--bundle", type=Path, action="append", default=[])
    parser.add_argument("--cells", help="a SOURCE of real cells")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    return parser.parse_args()


def jpeg_files(source: str | None, count: int, folder: Path) -> None:
    """Writes `count` JPEG files of one size."""
    table = open_cells(source or _drawn(count, folder.parent / "drawn"))
    rows = range(0, len(table), max(1, len(table) // count))
    for number, row in enumerate(list(rows)[:count]):
        image = Image.fromarray(read_cell(table, row))
        image.resize(SIZE).save(folder / f"{number:06d}.jpg", quality=QUALITY)


def _drawn(count: int, folder: Path) -> str:
    from hemoscope.cells.synthetic.folder import write_synthetic

    write_synthetic(folder, per_class=-(-count // 8))
    return str(folder / "manifest.csv")


def _ways(folder: Path, bundles: list[Path]) -> list[Way]:
    python = sys.executable
    script = str(BENCHMARKS / "plain_classify.py")
    classify = (python, "-m", "hemoscope", "classify", str(folder), "--no-report")
    ways = [
        Way(PLAIN, (python, script, str(folder), "{out}.csv")),
        Way(f"{PLAIN}, 2 workers", (python, script, str(folder), "{out}.csv", "2")),
        Way("hemoscope, shipped bundle", (*classify, "--out", "{out}")),
    ]
    for bundle in bundles:
        command = (*classify, "--model", str(bundle), "--out", "{out}")
        ways.append(Way(f"hemoscope, {bundle.name}", command))
    return ways


def _seconds(way: Way, out: Path) -> float:
    command = [part.format(out=out) for part in way.command]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{way.name} failed:\n{done.stderr}")
    return seconds


def _timed(ways: list[Way], rounds: int, folder: Path) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {way.name: [] for way in ways}
    for round_ in range(rounds):
        for number, way in enumerate(ways):
            seconds[way.name].append(_seconds(way, folder / f"{round_}-{number}"))
    return seconds


def _figures(seconds: dict[str, list[float]], count: int) -> list[dict[str, Any]]:
    plain = min(statistics.median(s) for name, s in seconds.items() if name.startswith(PLAIN))
    return [
        {
            "way": name,
            "cells_per_second": round(count / statistics.median(times), 1),
            "slowest": round(count / max(times), 1),
            "fastest": round(count / min(times), 1),
            "times_plain": round(plain / statistics.median(times), 2),
        }
        for name, times in seconds.items()
    ]


def main() -> None:
    """Prints a row for each way; times_plain is against the faster of the two plain scripts."""
    arguments = _arguments()
    machine = Machine.now()
    print(machine.words())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cells"
        folder.mkdir()
        jpeg_files(arguments.cells, arguments.count, folder)
        count = len(list(folder.iterdir()))
        print(f"{count} JPEG files of {SIZE[0]}×{SIZE[1]}, median of {arguments.rounds} rounds")
        seconds = _timed(_ways(folder, arguments.bundle), arguments.rounds, Path(name))
    figures = _figures(seconds, count)
    for row in figures:
        print(
            f"{row['way']:<28} {row['cells_per_second']:8.1f} cells/s "
            f"({row['slowest']:.1f} – {row['fastest']:.1f})  ×{row['times_plain']:.2f}"
        )
    if arguments.out:
        said = {"machine": machine.values(), "cells": count, "ways": figures}
        arguments.out.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
