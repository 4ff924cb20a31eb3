"""The page of an audit: every finding with its evidence as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hemoscope.audit import Audit, Finding
from hemoscope.cells import CellTable
from hemoscope.reports.figure import Plot
from hemoscope.reports.html.elements import Picture, Section, Table, Tile
from hemoscope.reports.html.page import data_folder, write_page
from hemoscope.reports.html.pictures import thumbnails
from hemoscope.reports.numbers import NOT_DEFINED, cells, count
from hemoscope.reports.plots.audit import BackgroundFigure, SharedFieldsFigure, ShortcutsFigure

THUMBNAIL = 112  # pixels
GROUPS_SHOWN = 40  # of each finding; the files beside the page hold all
PICTURES_SHOWN = 24
PICTURES_IN_A_GROUP = 12
ROWS_SHOWN = 12


@dataclass(frozen=True)
class GroupRow:
    """The pictures of one group, side by side.

    Attributes:
        name: What stands above them.
        pictures: The cells.
    """

    name: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class FindingPart:
    """A finding, ready to be set.

    Attributes:
        finding: What was found.
        groups: For findings about cells that belong together.
        pictures: For findings about single cells.
        table: The first rows of the evidence; None without any.
        unlisted: Rows of the evidence that the table leaves out.
    """

    finding: Finding
    groups: tuple[GroupRow, ...]
    pictures: tuple[Picture, ...]
    table: Table | None
    unlisted: int


def write_audit_report(result: Audit, path: str | Path, *, title: str = "") -> Path:
    """Writes an audit as one HTML file that opens offline.

    The evidence of every finding goes into the folder `NAME_data` beside it, as CSV.

    Args:
        result: The audit.
        path: The `.html` file to write.
        title: What was audited.

    Raises:
        ReportError: The file cannot be written.
    """
    path = Path(path)
    sections = _sections(result)
    parts = [_part(result, finding) for finding in result.findings]
    context = {
        "title": f"Audit of {title}" if title else "Audit",
        "subject": title,
        "result": result,
        "tiles": _tiles(result),
        "parts": parts,
        "data_folder": data_folder(path).name,
    }
    tables = {
        f"{number:02d}-{finding.code}": finding.evidence
        for number, finding in enumerate(result.findings, 1)
        if len(finding.evidence)
    }
    return write_page(path, "audit.html.j2", context, sections, tables=tables)


def _sections(result: Audit) -> tuple[Section, ...]:
    """The figures, for what there is to draw."""
    readable = len(result.case.examination.facts)
    shortcuts = [f.evidence for f in result.findings if f.code == "CELL020"]
    plots: tuple[Plot, ...] = (
        *((SharedFieldsFigure(result),) if len(result.case.groups.pairs) else ()),
        *((BackgroundFigure(result),) if result.case.batches.second.any() else ()),
        *(ShortcutsFigure(evidence, readable) for evidence in shortcuts),
    )
    meaning = "What was measured, over the whole set."
    return (Section("figures", "Figures", meaning, plots),) if plots else ()


def _tiles(result: Audit) -> tuple[Tile, ...]:
    groups = result.case.groups
    grouped = int((groups.size > 1).sum())
    severities = [finding.severity.value for finding in result.findings]
    return (
        Tile("Serious findings", count(severities.count("serious")), "", "results would be wrong"),
        Tile("Warnings", count(severities.count("warning")), "", "look at these"),
        Tile("Groups", count(len(groups.rows())), "", f"{cells(grouped)} that belong together"),
        Tile("Second batch", count(int(result.case.batches.second.sum())), "", "files"),
    )


def _part(result: Audit, finding: Finding) -> FindingPart:
    evidence = finding.evidence
    together = "path_1" in evidence or finding.code == "CELL033"
    groups = _groups(result, evidence) if together else ()
    singles = "path" in evidence and not together and finding.code != "CELL001"
    return FindingPart(
        finding,
        groups,
        _pictures(result.case.table, evidence["path"].head(PICTURES_SHOWN)) if singles else (),
        None if len(evidence) == 0 else _table(evidence),
        max(0, len(evidence) - ROWS_SHOWN),
    )


def _groups(result: Audit, evidence: pd.DataFrame) -> tuple[GroupRow, ...]:
    """The groups of the evidence, the largest first."""
    of_row = result.case.groups.of_row
    sizes = result.case.groups.size
    wanted = evidence["group"].unique()
    largest = {int(of_row[row]): int(size) for row, size in enumerate(sizes)}
    shown = sorted(wanted, key=lambda group: (-largest[int(group)], group))[:GROUPS_SHOWN]
    rows = {group: np.flatnonzero(of_row == group)[:PICTURES_IN_A_GROUP] for group in shown}
    paths = result.case.table.paths
    names = [str(paths[row]) for members in rows.values() for row in members]
    picture = dict(zip(names, _pictures(result.case.table, names), strict=True))
    return tuple(
        GroupRow(
            f"Group g{int(group):06d}, {cells(largest[int(group)])}",
            tuple(picture[str(paths[row])] for row in members),
        )
        for group, members in rows.items()
    )


def _pictures(table: CellTable, paths: Sequence[str] | pd.Series) -> tuple[Picture, ...]:
    names = [str(path) for path in paths]
    uris = thumbnails(table, names, THUMBNAIL)
    labels = {} if table.labels is None else dict(zip(table.paths, table.labels, strict=True))
    return tuple(Picture(uris.get(name), name, str(labels.get(name, ""))) for name in names)


def _table(evidence: pd.DataFrame) -> Table:
    text = [name for name in evidence if not pd.api.types.is_numeric_dtype(evidence[name])]
    ordered = evidence[[*text, *(name for name in evidence if name not in text)]]
    rows = tuple(
        tuple(_text(value) for value in row)
        for row in ordered.head(ROWS_SHOWN).itertuples(index=False, name=None)
    )
    header = tuple(str(name).replace("_", " ") for name in ordered)
    return Table("Evidence", header, rows, words=tuple(range(len(text))))


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        return NOT_DEFINED if np.isnan(value) else f"{value:.3g}"
    return str(value)
