"""One look for every figure: print-friendly, safe for colour-blind readers, no global state.

Text in SVG stays text (`svg.fonttype: none`): it can be searched, read aloud and copied, files
are small, and class names in any script are drawn with the fonts of whoever reads. The family
list ends in fonts as wide as DejaVu Sans (Verdana on Windows and macOS), so layouts hold.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PINK = "#CC79A7"
SKY = "#56B4E9"
BLACK = "#1A1A1A"
BROWN = "#8C6D1F"

# Okabe & Ito (2008). Their yellow is too faint for a line on white paper: a dark ochre instead.
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PINK, SKY, BLACK, BROWN)
LINES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

GREY = "#6B7280"
PALE = "#D5D9DF"
INK = "#222831"

RIGHT, WRONG = BLUE, VERMILION

SEQUENTIAL = LinearSegmentedColormap.from_list(
    "hemoscope-blues", ["#FFFFFF", "#D6E6F2", "#8FBEDC", "#3A8BC0", "#0B5A92", "#08345A"]
)

PAGE_WIDTH = 7.2  # inches: two columns of a journal, and the text width of the report
COLUMN_WIDTH = 3.5  # inches: one column

_RC: Mapping[Any, Any] = MappingProxyType(
    {
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Geneva", "Arial", "sans-serif"],
        "font.size": 8,
        "axes.titlesize": 9,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 7,
        "axes.labelsize": 8,
        "axes.labelcolor": INK,
        "axes.edgecolor": "#8A929C",
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": "#E7EAEE",
        "grid.linewidth": 0.6,
        "text.color": INK,
        "text.parse_math": False,  # a class may be called "$5$"
        "xtick.color": "#8A929C",
        "ytick.color": "#8A929C",
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "legend.fontsize": 7.5,
        "legend.frameon": False,
        "legend.handlelength": 1.8,
        "legend.borderaxespad": 0.3,
        "lines.linewidth": 1.5,
        "lines.markersize": 4,
        "hatch.linewidth": 0.6,
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.w_pad": 0.06,
        "figure.constrained_layout.h_pad": 0.06,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "savefig.dpi": 200,
        "svg.fonttype": "none",
        "svg.hashsalt": "hemoscope",  # the same figure gives the same bytes
        "path.simplify": True,
        "path.simplify_threshold": 0.2,
    }
)


@dataclass(frozen=True)
class ClassStyle:
    """How one class looks in every figure: `colour`, `line` and `marker` in matplotlib's terms."""

    colour: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str


def class_style(position: int) -> ClassStyle:
    """The look of the class at `position` in the order of classes.

    Eight colours; the ninth to the sixteenth class have them again with dashed lines, and so on,
    so that 15 classes can be told apart without asking the eye for 15 hues.
    """
    colour = PALETTE[position % len(PALETTE)]
    line = LINES[position // len(PALETTE) % len(LINES)]
    return ClassStyle(colour, line, MARKERS[position % len(MARKERS)])


@contextmanager
def house_style() -> Iterator[None]:
    """Draws and saves what is inside in hemoscope's style, and leaves matplotlib as it was."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # a user's matplotlibrc must not change a report
        mpl.rcParams.update(_RC)
        # Such a name is drawn by the reader's own fonts; the figure needs only its width.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        yield


def new_figure(width: float = PAGE_WIDTH, height: float = 3.2) -> Figure:
    """An empty figure, in inches, that no pyplot registry holds on to."""
    return Figure(figsize=(width, height), layout="constrained")
