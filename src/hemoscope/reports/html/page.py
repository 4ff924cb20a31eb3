"""From elements to a file: templates, and the numbers of every figure beside it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

import hemoscope
from hemoscope.files import cause, replacing
from hemoscope.reports.errors import ReportError
from hemoscope.reports.figure import FORMATS, Plot, inline_svg, save_figure, save_numbers
from hemoscope.reports.html.elements import Section
from hemoscope.reports.html.former import former_files

FIGURE_FORMATS = tuple(suffix.removeprefix(".") for suffix in FORMATS)


def write_page(
    path: Path,
    template: str,
    context: Mapping[str, Any],
    sections: Sequence[Section],
    *,
    tables: Mapping[str, pd.DataFrame],
    figure_formats: Iterable[str] = (),
) -> Path:
    """Writes a page, and its figures' numbers into the folder `NAME_data` beside it.

    Files of the page that it replaces go, where this one has none of their name.

    Args:
        path: The `.html` file.
        template: Name of the template.
        context: What the template needs besides `sections`.
        sections: The parts of the report.
        tables: Further tables for the folder, by the name of their file.
        figure_formats: "svg" and "png": also write every figure in these formats.

    Raises:
        ReportError: The file or folder cannot be written.
    """
    plots = [plot for section in sections for plot in section.plots]
    page = _environment().get_template(template)
    html = page.render(sections=sections, version=hemoscope.__version__, **context)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        former = former_files(path, data_folder(path))
        with replacing(path) as draft:
            draft.write_text(html, encoding="utf-8", newline="\n")
        former.remove(keep=_write_data(data_folder(path), plots, tables, figure_formats))
    except OSError as error:
        raise ReportError(f"cannot write the report {path}: {cause(error)}.") from error
    return path


def data_folder(path: Path) -> Path:
    """The folder with a report's numbers: `report.html` has `report_data`."""
    return path.with_name(f"{path.stem}_data")


def check_formats(figure_formats: Iterable[str]) -> tuple[str, ...]:
    """The formats, if they are known.

    Raises:
        ReportError: One of them isn't.
    """
    formats = tuple(figure_formats)
    unknown = [name for name in formats if name not in FIGURE_FORMATS]
    if unknown:
        raise ReportError(
            f"figures can be written as {' or '.join(FIGURE_FORMATS)}, not as {unknown[0]!r}."
        )
    return formats


def _write_data(
    folder: Path,
    plots: Sequence[Plot],
    tables: Mapping[str, pd.DataFrame],
    figure_formats: Iterable[str],
) -> list[Path]:
    folder.mkdir(exist_ok=True)
    suffixes = tuple(figure_formats)
    written = [save_numbers(plot, folder / f"{plot.name}.csv") for plot in plots]
    for plot in plots:
        written += [save_figure(plot, folder / f"{plot.name}.{suffix}") for suffix in suffixes]
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        written.append(folder / f"{name}.csv")
    return written


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hemoscope.reports.html", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = inline_svg
    return environment
