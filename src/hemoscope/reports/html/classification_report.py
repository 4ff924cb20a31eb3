"""The classification report: what each cell is, how many of each, and which to look at first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hemoscope.calibration.differential import Differential
from hemoscope.cells import CellTable
from hemoscope.opinions import PICTURES, Findings, Opinion, SecondLook
from hemoscope.reports.html.contact_sheet import contact_sheets, first_pictures, pictures_of
from hemoscope.reports.html.elements import Section, Table
from hemoscope.reports.html.in_words import IN_WORDS
from hemoscope.reports.html.page import check_formats, data_folder, write_page
from hemoscope.reports.html.provenance import provenance_table
from hemoscope.reports.numbers import NOT_DEFINED, cells, count, fixed, percent
from hemoscope.reports.plots.class_counts import ClassCountsFigure
from hemoscope.reports.plots.per_hundred import PerHundredFigure


@dataclass(frozen=True)
class About:
    """What stands around the findings.

    Attributes:
        provenance: Where the opinions came from, as plain JSON values.
        table: Name of the file that holds all cells, to point to.
        remark: What readers must know of these cells, such as that they are synthetic.
        warning: What is odd about them as a set, such as that they seem to be of another source.
        expected: The mix of classes by which they were weighed, in words; "" for that of the
            validation cells.
        adapted: From how many cells the shift of their source was learned; 0: from none.
    """

    provenance: Mapping[str, Any] = field(default_factory=dict)
    table: str | None = None
    remark: str = ""
    warning: str = ""
    expected: str = ""
    adapted: int = 0


def write_classification_report(
    findings: Findings,
    path: str | Path,
    *,
    images: CellTable | None = None,
    looks: Mapping[int, SecondLook] | None = None,
    per_100: Differential | None = None,
    about: About | None = None,
    figure_formats: Iterable[str] = (),
) -> Path:
    """Writes what was found in a set of cells as one HTML file that opens offline.

    The page shows a bounded number of cells, so that its size, and the memory that it takes, do not
    grow with the job. The differential goes into the folder `NAME_data` beside it, as CSV.

    Args:
        findings: What was found.
        path: The `.html` file to write; its folder is made if need be.
        images: Where the pictures of `findings.shown` are, matched by path.
        looks: Attention on some of `findings.look_first`, by index.
        per_100: The differential per 100 white cells, where the model has one.
        about: What stands around the findings.
        figure_formats: "svg" and "png": also write every figure in these formats.

    Returns:
        The path of the file.

    Raises:
        ReportError: The file cannot be written.
    """
    formats = check_formats(figure_formats)
    path, about = Path(path), about or About()
    figure = ClassCountsFigure(findings.counted)
    uris = pictures_of(findings, images)
    context = {
        "title": "Classification report",
        "found": findings,
        "model": str(about.provenance.get("model", "")),
        "remark": about.remark,
        "warning": about.warning,
        "first": first_pictures(findings, uris, looks or {}),
        "attention": bool(looks),
        "in_words_note": IN_WORDS,
        "pictures_most": PICTURES,
        "sheets": contact_sheets(findings, uris),
        "pictures_at_hand": bool(uris),
        "images_given": images is not None,
        "cells_table": cells_table(findings),
        "table_file": about.table,
        "provenance": provenance_table(about.provenance),
        "data_folder": data_folder(path).name,
    }
    section = Section(
        "differential",
        "Differential",
        _meaning(findings, figure, about),
        (figure, *(() if per_100 is None else (PerHundredFigure(per_100),))),
        (
            *(() if per_100 is None else (per_100_table(per_100, weighed=bool(about.expected)),)),
            differential_table(findings, figure),
        ),
    )
    return write_page(
        path, "classification.html.j2", context, (section,), tables={}, figure_formats=formats
    )


def cells_table(findings: Findings) -> Table:
    """The cells of `findings.listed`, as text; in words, too, where the model tells them so."""
    header = ("Cell", "Called", "Second choice", "Why look", "Probability", "of the second")
    rows = tuple(map(_row, findings.listed))
    if findings.told:
        header = (*header, "In words")
        rows = tuple(
            (*row, one.in_words or "") for row, one in zip(rows, findings.listed, strict=True)
        )
    return Table("Cells, those to look at first", header, rows, words=(0, 1, 2, 3, 6))


def _row(opinion: Opinion) -> tuple[str, ...]:
    return (
        str(opinion.path),
        str(opinion.label),
        str(opinion.second),
        opinion.reason or "accepted",
        fixed(opinion.probability or 0.0, 3),
        fixed(opinion.second_probability or 0.0, 3),
    )


def per_100_table(differential: Differential, *, weighed: bool = False) -> Table:
    """Numbers per 100 white cells as text, as a laboratory gives them.

    Args:
        differential: The numbers.
        weighed: Whether classes were weighed by a prior, by which these numbers do not go.
    """
    rows = tuple(
        (
            row.name if row.white else f"{row.name} (counted apart)",
            _number(row.per_100),
            _number(row.estimate),
            NOT_DEFINED if row.low is None else f"{row.low:.1f} to {_number(row.high)}",
        )
        for row in differential
    )
    caption = (
        f"Per 100 white cells; the {100 * differential.level:g} % limits are for the patient, and "
        "allow for counting and for cells called wrong as often as the validation cells were"
    )
    if weighed:
        caption += ". Counted as called by looks alone: the limits allow for any mix of classes"
    return Table(caption, ("Class", "Counted", "Estimate", "Limits"), rows)


def _number(value: float | None) -> str:
    return NOT_DEFINED if value is None else f"{value:.1f}"


def differential_table(findings: Findings, figure: ClassCountsFigure) -> Table:
    """The differential as text, unknown cells below it."""
    frame = figure.frame()
    rows = tuple(
        (str(name), count(int(number)), percent(share, 1), _range(low, high))
        for name, number, share, low, high in frame.itertuples(index=False, name=None)
    )
    total = ("all counted", count(findings.counted.cells), "", "")
    unknown = findings.counted.unknown
    apart = (("none of them (not counted)", count(unknown), "", ""),) if unknown else ()
    header = ("Class", "Cells", "Share", "95 % interval")
    return Table("Differential", header, (*rows, total, *apart), totals=1 + len(apart))


def _range(low: float, high: float) -> str:
    return NOT_DEFINED if np.isnan(low) else f"{100 * low:.1f} to {100 * high:.1f} %"


def _meaning(findings: Findings, figure: ClassCountsFigure, about: About) -> str:
    total = findings.counted.cells
    if total == 0:
        return "No cell could be named, so there is nothing to count."
    frame = figure.frame()
    commonest = frame.iloc[int(frame["cells"].to_numpy().argmax())]
    parts = []
    if about.expected:
        parts.append(f"Calls and probabilities are for this expected mix: {about.expected}.")
    if about.adapted:
        parts.append(
            "What the source of these cells does to their looks was learned from "
            f"{cells(about.adapted)} without labels, and is taken out of calls and probabilities."
        )
    if parts:
        parts.append("A cell that is called otherwise by its looks alone goes to a person.")
    changed = "".join(f" {part}" for part in parts)
    return (
        f"{cells(total)} counted; the commonest class is {commonest['class']} "
        f"({percent(commonest['share'], 1)}). The intervals of the shares allow for the number of "
        f"cells counted, not for cells that were called wrong.{changed}"
    )
