"""The most memory that `hemoscope classify` takes, by the number of images.

    classify_memory.py [--cells CELLS] [--counts 1000 100000] [--out JSON]

JPEG files of 360 by 363 pixels on disk, a thousand different ones, linked under as many names as
are asked for; each count is a process of its own, with its report, as a user runs it. CELLS: real
cells; without it cells are drawn. Prints the peak of the resident memory (of the whole process, by
the system's count) and the cells a second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_classify import jpeg_files

DIFFERENT = 1000


def main() -> None:
    """Prints a line for each count."""
    options = _options()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        (place / "files").mkdir()
        jpeg_files(options.cells, DIFFERENT, place / "files")
        for count in options.counts:
            rows.append(measure(sorted((place / "files").iterdir()), count, place))
            print(json.dumps(rows[-1]), flush=True)
    if options.out:
        options.out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def measure(files: list[Path], count: int, place: Path) -> dict[str, float | int]:
    """One run over `count` names."""
    folder = place / str(count)
    folder.mkdir()
    for number in range(count):
        os.link(files[number % len(files)], folder / f"{number:06d}.jpg")
    command = (sys.executable, "-m", "hemoscope", "classify", folder, "--out", place / f"o{count}")
    began = time.monotonic()
    process = subprocess.Popen(
        [*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    # 1: some cells need a person, or an image is bad, as the verb's exit codes have it.
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"hemoscope classify failed over {count} images: {status}.")
    seconds = time.monotonic() - began
    return {
        "images": count,
        "peak_mib": round(usage.ru_maxrss / 1024),
        "seconds": round(seconds, 1),
        "cells_per_second": round(count / seconds, 1),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cells", help="a SOURCE of real cells")
    parser.add_argument("--counts", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
