"""Layouts that several figures share."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from hemoscope.reports.style import BLACK, GREY, PAGE_WIDTH, class_style, new_figure

# Averages lie below the classes, and are wider, so that neither hides the other.
MICRO = {"color": BLACK, "linestyle": (0, (1, 1)), "linewidth": 2.6, "zorder": 1.9}
MACRO = {"color": GREY, "linestyle": "-", "linewidth": 2.6, "zorder": 1.8}


def class_line(position: int) -> dict[str, object]:
    """The line arguments of the class at `position`."""
    style = class_style(position)
    return {"color": style.colour, "linestyle": style.line, "linewidth": 1.2}


def panel_grid(count: int, *, panel_height: float = 1.7) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels of equal scale, in as square a grid as the page allows."""
    columns = min(count, 4 if count <= 8 else 5)
    rows = math.ceil(count / columns)
    width = PAGE_WIDTH if columns > 2 else 2.6 * columns
    figure = new_figure(width, panel_height * rows + 0.35)
    panels = fill_grid(figure, count, columns)
    for position, axis in enumerate(panels):
        axis.title.set_fontsize(7.5)
        # A panel above an empty place is the lowest of its column.
        axis.tick_params(labelbottom=position + columns >= count)
    return figure, panels


def fill_grid(figure: Figure, count: int, columns: int) -> list[Axes]:
    """`count` panels of equal scale in rows of `columns`; places that are left over stay empty."""
    rows = math.ceil(count / columns)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    axes = [axis for row in grid for axis in row]
    for empty in axes[count:]:
        empty.set_visible(False)
    return axes[:count]


def unit_square(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Both axes from 0 to 1, equally scaled, with room for a line at the very edge."""
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=xlabel, ylabel=ylabel, aspect="equal")
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)


def plain_log_axis(axis: Axis) -> None:
    """Ticks at powers of ten, written 0.01, 1, 100: class names may not be read as formulas."""
    axis.set_major_locator(LogLocator(10.0, numticks=5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def diagonal(axes: Axes) -> None:
    """The line of equality."""
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)


def legend_beside(figure: Figure, handles: Sequence[Line2D], title: str) -> None:
    """A legend to the right of all panels."""
    figure.legend(
        handles=list(handles), loc="outside right upper", title=title, alignment="left",
        title_fontsize=7.5, labelspacing=0.35,
    )  # fmt: skip
