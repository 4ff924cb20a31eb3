"""Draws the figures of docs/pbc-audit.md from the tables in results/pbc-audit. No cell is shown.

python benchmarks/draw_audit.py results/pbc-audit docs/images
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from statsmodels.stats.proportion import proportion_confint

from hemoscope.reports.style import BLUE, GREY, ORANGE, PAGE_WIDTH, VERMILION, new_figure

KINDS = {"exact": VERMILION, "near": ORANGE, "overlap": BLUE}
EDGES = np.array([0.1, 0.15, 0.2, 0.25, 1 / 3, 0.4, 0.5, 0.75, 1.0])


def found_and_missed(pairs: pd.DataFrame, planted: pd.DataFrame) -> Figure:
    """Left: how much of the frame the pairs of the set share. Right: recall on planted pairs."""
    figure = new_figure(PAGE_WIDTH, 2.8)
    left, right = figure.subplots(1, 2)
    parts = [pairs.loc[pairs["kind"] == kind, "share"] for kind in KINDS]
    names = [f"{kind} ({len(part)})" for kind, part in zip(KINDS, parts, strict=True)]
    left.hist(parts, np.linspace(0, 1, 21), stacked=True, color=list(KINDS.values()), label=names)
    left.set(xlabel="Share of the frame that both show", ylabel="Pairs found", xlim=(0, 1))
    left.legend()
    bands = planted.groupby(pd.cut(planted["share"], EDGES, right=False), observed=True)
    counts = bands.agg(share=("share", "mean"), found=("found", "sum"), n=("found", "count"))
    rate = counts["found"] / counts["n"]
    low, high = proportion_confint(counts["found"], counts["n"], method="wilson")
    spread = np.maximum([rate - low, high - rate], 0)
    right.axvline(1 / 3, color=GREY, linewidth=1)
    right.errorbar(counts["share"], rate, yerr=spread, fmt="o", color=BLUE, capsize=2)
    right.set(
        xlabel="Share of the frame", ylabel="Planted pairs found", xlim=(0, 1), ylim=(0, 1.03)
    )
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    for axes in (left, right):
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("images", type=Path)
    arguments = parser.parse_args()
    pairs = pd.read_csv(arguments.results / "pairs.csv")
    planted = pd.read_csv(arguments.results / "planted.csv")
    figure = found_and_missed(pairs, planted)
    figure.savefig(arguments.images / "pbc-audit.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
