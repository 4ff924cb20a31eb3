"""The classification report: what each cell is, how many of each, and which to look at first."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from hemoscope.cells import CellFailure, CellTable
from hemoscope.predictions import Predictions
from hemoscope.reports.html.contact_sheet import (
    contact_sheets,
    doubtful_pictures,
    least_sure,
)
from hemoscope.reports.html.elements import Section, Table
from hemoscope.reports.html.page import check_formats, data_folder, write_page
from hemoscope.reports.html.provenance import provenance_table
from hemoscope.reports.numbers import NOT_DEFINED, cells, count, fixed, percent
from hemoscope.reports.plots.differential import DifferentialFigure

LISTED = 5000  # rows of the table on the page; the file beside it holds all


def write_classification_report(
    predictions: Predictions,
    path: str | Path,
    *,
    images: CellTable | None = None,
    failures: Sequence[CellFailure] = (),
    review_below: float = 0.9,
    figure_formats: Iterable[str] = (),
) -> Path:
    """Writes what was found in a set of cells as one HTML file that opens offline.

    The table of cells and the differential go into the folder `NAME_data` beside it, as CSV.

    Args:
        predictions: The cells; labels are not used.
        path: The `.html` file to write; its folder is made if need be.
        images: Where the pictures of the cells are, matched by path.
        failures: Cells that could not be read.
        review_below: Cells with a lower confidence are put first and counted; only an order of
            looking, not a tested threshold.
        figure_formats: "svg" and "png": also write every figure in these formats.

    Returns:
        The path of the file.

    Raises:
        ReportError: The file cannot be written.
    """
    formats = check_formats(figure_formats)
    path = Path(path)
    figure = DifferentialFigure(predictions)
    frame = cells_frame(predictions)
    sheets = contact_sheets(predictions, images)
    context = {
        "title": "Classification report",
        "predictions": predictions,
        "model": str(predictions.provenance.get("model", "")),
        "doubtful": int((predictions.confidence < review_below).sum()),
        "review_below": f"{100 * review_below:g} %",
        "first": doubtful_pictures(predictions, images, review_below),
        "sheets": sheets,
        "pictures_at_hand": any(p.uri for sheet in sheets for p in sheet.pictures),
        "images_given": images is not None,
        "failures": failures,
        "cells_table": cells_table(frame),
        "unlisted": max(0, len(frame) - LISTED),
        "provenance": provenance_table(predictions.provenance),
        "data_folder": data_folder(path).name,
    }
    section = Section(
        "differential", "Differential", _meaning(figure), (figure,), (differential_table(figure),)
    )
    return write_page(
        path,
        "classification.html.j2",
        context,
        (section,),
        tables={"cells": frame},
        figure_formats=formats,
    )


def cells_frame(predictions: Predictions) -> pd.DataFrame:
    """One row a cell, the least sure first: path, call, confidence, second choice."""
    order = least_sure(predictions)
    ranked = np.argsort(-predictions.probabilities[order], axis=1, kind="stable")
    names = np.array(predictions.classes, dtype=object)
    chances = predictions.probabilities[order]
    rows = np.arange(len(order))
    return pd.DataFrame(
        {
            "path": predictions.paths[order],
            "class": names[ranked[:, 0]],
            "probability": chances[rows, ranked[:, 0]],
            "second_class": names[ranked[:, 1]],
            "second_probability": chances[rows, ranked[:, 1]],
        }
    )


def cells_table(frame: pd.DataFrame) -> Table:
    """The first `LISTED` rows of the table of cells, as text."""
    rows = tuple(
        (str(path), str(first), str(second), fixed(p, 3), fixed(q, 3))
        for path, first, p, second, q in frame.head(LISTED).itertuples(index=False, name=None)
    )
    header = ("Cell", "Called", "Second choice", "Probability", "of the second")
    return Table("Cells, the least sure first", header, rows, words=(0, 1, 2))


def differential_table(figure: DifferentialFigure) -> Table:
    """The differential as text."""
    frame = figure.frame()
    rows = tuple(
        (str(name), count(int(number)), percent(share, 1), _range(low, high))
        for name, number, share, low, high in frame.itertuples(index=False, name=None)
    )
    total = ("all", count(int(frame["cells"].sum())), "", "")
    header = ("Class", "Cells", "Share", "95 % interval")
    return Table("Differential", header, (*rows, total), totals=1)


def _range(low: float, high: float) -> str:
    return NOT_DEFINED if np.isnan(low) else f"{100 * low:.1f} to {100 * high:.1f} %"


def _meaning(figure: DifferentialFigure) -> str:
    frame = figure.frame()
    total = int(frame["cells"].sum())
    if total == 0:
        return "No cell could be read, so there is nothing to count."
    commonest = frame.iloc[int(frame["cells"].to_numpy().argmax())]
    return (
        f"{cells(total)} counted; the commonest class is {commonest['class']} "
        f"({percent(commonest['share'], 1)}). The intervals allow for the number of cells counted, "
        "not for cells that were called wrong."
    )
