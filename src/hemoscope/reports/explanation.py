"""The page of an explanation: every cell beside its map, and how faithful the maps are."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from hemoscope.explanation.faithfulness.summary import mean_limits, summarise
from hemoscope.explanation.result import ExplainedCells
from hemoscope.files import cause
from hemoscope.reports.errors import ReportError
from hemoscope.reports.html.elements import Picture, Section, Table
from hemoscope.reports.html.in_words import IN_WORDS
from hemoscope.reports.html.jpeg_uri import jpeg_uri
from hemoscope.reports.html.mistakes import probability_bars
from hemoscope.reports.html.page import data_folder, write_page
from hemoscope.reports.numbers import NOT_DEFINED, cells, fixed
from hemoscope.reports.overlays import save_overlay, side_by_side

SHOWN = 200  # keeps the page below 5 MB; the folder of overlays holds all
QUALITY = 85
_STEM = 100  # characters of an image's name in that of its overlay
NOISE = "random"

MEASURES = {
    "deletion": "Deletion (area; low is good)",
    "insertion": "Insertion (area; high is good)",
    "faithfulness": "Insertion minus deletion",
    "nucleus_share": "Energy in the nucleus",
    "cell_share": "Energy in the cell",
}


def write_overlays(explained: ExplainedCells, folder: Path) -> tuple[Path, ...]:
    """Writes cell and map side by side, one PNG a cell: `0001-NAME.png` and so on.

    Long names are cut off.

    Raises:
        ReportError: The folder cannot be written.
    """
    try:
        return tuple(
            save_overlay(
                explained.pixels[row],
                explained.maps[row],
                folder / f"{row + 1:04d}-{_short(PurePosixPath(str(path)).stem)}.png",
            )
            for row, path in enumerate(explained.predictions.paths)
        )
    except OSError as error:
        raise ReportError(f"cannot write into {folder}: {cause(error)}.") from error


def _short(stem: str) -> str:
    # A name has 255 bytes at most, and the number that tells it from others needs some.
    stem = stem[:_STEM]
    while len(os.fsencode(stem)) > 2 * _STEM:
        stem = stem[:-1]
    return stem


def write_explanation_report(
    explained: ExplainedCells, path: str | Path, *, model: str = "", mistakes: bool = False
) -> Path:
    """Writes an explanation as one HTML file that opens offline.

    Args:
        explained: The maps.
        path: The `.html` file to write.
        model: Its name.
        mistakes: Whether the cells are a model's worst mistakes, which the heading then says.

    Raises:
        ReportError: The file cannot be written.
    """
    path = Path(path)
    context = {
        "title": "Mistakes explained" if mistakes else "Cells explained",
        "explained": explained,
        "heading": _heading(len(explained), mistakes),
        "model": model,
        "question": _question(explained),
        "pictures": _pictures(explained),
        "in_words_note": IN_WORDS,
        "unshown": max(0, len(explained) - SHOWN),
        "data_folder": data_folder(path).name,
    }
    tables = {"cells": explained.frame()}
    return write_page(
        path, "explanation.html.j2", context, _sections(explained.measures), tables=tables
    )


def _heading(count: int, mistakes: bool) -> str:
    if not mistakes:
        return f"{cells(count)} explained"
    return f"{count} confident mistake{'' if count == 1 else 's'} explained"


def _question(explained: ExplainedCells) -> str:
    pairs = {*zip(explained.wanted, explained.against, strict=True)}
    if len(pairs) == 1:
        wanted, against = pairs.pop()
        return f"Why {wanted} and not {against}?" if against else f"Why {wanted}?"
    return "Why was each cell called what it was called" + (
        ", and not the other class named below it?" if explained.target.against is not None else "?"
    )


def _pictures(explained: ExplainedCells) -> tuple[Picture, ...]:
    labels = explained.predictions.labels
    return tuple(
        Picture(
            jpeg_uri(side_by_side(explained.pixels[row], explained.maps[row]), QUALITY),
            str(path),
            _headline(explained, row),
            probability_bars(
                explained.predictions, row, None if labels is None else str(labels[row])
            ),
            words="" if explained.in_words is None else explained.in_words[row],
        )
        for row, path in enumerate(explained.predictions.paths[:SHOWN])
    )


def _headline(explained: ExplainedCells, row: int) -> str:
    wanted, against = explained.wanted[row], explained.against[row]
    return f"Why {wanted} and not {against}?" if against else f"Why {wanted}?"


def _sections(measures: pd.DataFrame) -> Sequence[Section]:
    if measures.empty:
        return ()
    table = summarise(measures)
    rows = tuple(
        (MEASURES[str(measure)], str(method), fixed(mean, 3), _range(low, high), str(count))
        for method, measure, mean, low, high, count in table.itertuples(index=False, name=None)
    )
    order = list(MEASURES.values())
    rows = tuple(sorted(rows, key=lambda row: order.index(row[0])))
    header = ("Measure", "Map", "Mean", "95 % interval", "Cells")
    shown = Table("Faithfulness on these cells", header, rows, words=(0, 1))
    return (Section("faithfulness", "How faithful the maps are", _meaning(measures), (), (shown,)),)


def _range(low: float, high: float) -> str:
    return NOT_DEFINED if pd.isna(low) else f"{low:.3f} to {high:.3f}"


def _meaning(measures: pd.DataFrame) -> str:
    """Whether the maps beat noise, cell by cell."""
    wide = measures.pivot_table(index="cell", columns="method", values="faithfulness").dropna()
    own = next(name for name in wide.columns if name != NOISE)
    gains = (wide[own] - wide[NOISE]).to_numpy(dtype=np.float64)
    low, high = mean_limits(gains)
    numbers = f"insertion minus deletion {wide[own].mean():.3f} against {wide[NOISE].mean():.3f}"
    if not np.isnan(low):
        numbers += f"; 95 % interval of the difference {_range(low, high)}"
    tried = "Blurring and restoring pixels in the order of these maps"
    if low > 0:
        moved = "moves the model more than in the order of noise"
        return f"{tried} {moved} ({numbers}), so they show where the model looks."
    if high < 0:
        moved = "moves the model less than in the order of noise"
        verdict = "so they should not be taken for what the model looks at"
        return f"{tried} {moved} ({numbers}), {verdict}."
    return (
        f"{tried} was compared with the order of noise ({numbers}): these cells do not show that "
        "the maps are better than noise."
    )
