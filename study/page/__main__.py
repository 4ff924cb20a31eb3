"""Writes the study's part of docs/results.md and its plates from the result files.

    python -m study.page            write them
    python -m study.page --check    name the blocks that differ, exit 1 if any does

Run `python -m study.evidence --cells pbc/manifest.csv` before, for leakage and calibration. The
tables of single runs are written by `python -m study.results_tables`, which writes these too.
"""

import argparse
from pathlib import Path

from study.commands import leave
from study.evidence import STUDIES
from study.markdown import check, fill
from study.page.blocks import OURS, blocks
from study.page.plates import draw
from study.page.runs import StudyRuns
from study.plan import PLAN, Plan
from study.run import RESULTS

DOCS = RESULTS.parent / "docs"


def main() -> int:
    """Writes the page, or checks it."""
    parser = argparse.ArgumentParser(description="The study's part of docs/results.md.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results lie")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where results.md lies")
    parser.add_argument("--plan", type=Path, default=PLAN, help="another plan")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args()
    page = options.docs / "results.md"
    before = page.read_text(encoding="utf-8")
    written = blocks(options.results, Plan.read(options.plan))
    after = fill(before, written, skip=f"(?!{OURS}$).*")
    if options.check:
        return check(before, after, "python -m study.page")
    page.write_text(after, encoding="utf-8")
    for name in STUDIES:
        for file in draw(StudyRuns.read(options.results / name), options.docs):
            print(file)
    return 0


if __name__ == "__main__":
    leave(main)
