"""What every figure of the house can do, and how it becomes SVG, PNG or CSV."""

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Protocol

import pandas as pd
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from hemoscope.reports.style import house_style

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_ID = re.compile(r'\sid="([^"]*)"')
_REFERENCE = re.compile(r'(?:url\(#|href="#)([^")]+)')


class Plot(Protocol):
    """A figure that can hand out the numbers it draws.

    Attributes:
        name: Short and unique in a report: the name of its files ("roc", "confusion-matrix").
        title: What stands above it.
        description: What a reader who can't see it should be told.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]

    def frame(self) -> pd.DataFrame:
        """The numbers that are drawn, one row a mark."""
        ...

    def plot(self) -> Figure:
        """The drawing."""
        ...


def svg(plot: Plot) -> str:
    """The figure as an SVG document."""
    with house_style():
        buffer = io.StringIO()
        plot.plot().savefig(buffer, format="svg", metadata=_NO_METADATA)
    return buffer.getvalue()


def png(plot: Plot, dots_per_inch: int = 200) -> bytes:
    """The figure as a PNG picture."""
    with house_style():
        buffer = io.BytesIO()
        plot.plot().savefig(buffer, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return buffer.getvalue()


def inline_svg(plot: Plot) -> Markup:
    """The figure as an `<svg>` element that can stand in a page beside others.

    Ids that nothing refers to are dropped and the rest get the figure's name in front, so that
    no two figures of a page share one. Namespaces, which HTML knows, are left out.
    """
    drawing = svg(plot)
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r'\sxmlns(:xlink)?="[^"]*"', "", drawing)
    drawing = re.sub(r"<style type=\"text/css\">.*?</style>", "", drawing, flags=re.DOTALL)
    used = set(_REFERENCE.findall(drawing))
    drawing = _ID.sub(
        lambda found: f' id="{plot.name}-{found[1]}"' if found[1] in used else "", drawing
    )
    drawing = _REFERENCE.sub(
        lambda found: found[0].replace(f"#{found[1]}", f"#{plot.name}-{found[1]}"), drawing
    )
    label = f'<svg role="img" aria-label="{escape(plot.description)}"'
    return Markup(drawing.replace("<svg", label, 1))  # noqa: S704  matplotlib escapes its text


def save_figure(plot: Plot, path: Path) -> Path:
    """Writes a figure as `.svg` or `.png`; its folder is made if need be.

    Raises:
        KeyError: The suffix is not in `FORMATS`.
    """
    write = FORMATS[path.suffix.lower()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write(plot))
    return path


def save_numbers(plot: Plot, path: Path) -> Path:
    """Writes the numbers of a figure as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plot.frame().to_csv(path, index=False, lineterminator="\n")
    return path


FORMATS: Mapping[str, Callable[[Plot], bytes]] = MappingProxyType(
    {".svg": lambda plot: svg(plot).encode(), ".png": png}
)
