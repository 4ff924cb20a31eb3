"""What a page is made of, ready to be set: every number is text by now."""

from dataclasses import dataclass

from hemoscope.reports.figure import Plot


@dataclass(frozen=True)
class Finding:
    """A sentence of the summary.

    Attributes:
        about: What it is about, in a word or two.
        text: What was found.
    """

    about: str
    text: str


@dataclass(frozen=True)
class Tile:
    """One figure of the summary.

    Attributes:
        name: What it is.
        value: The figure.
        range: Its interval, or "".
        hint: What it tells, in a few words.
    """

    name: str
    value: str
    range: str
    hint: str


@dataclass(frozen=True)
class Table:
    """A table of text.

    Attributes:
        caption: What stands in it.
        header: Names of the columns.
        rows: Cells, as long as the header.
        words: The columns that hold words; the rest are numbers.
        totals: How many rows at the end are averages or totals.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = (0,)
    totals: int = 0


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes:
        anchor: Where the contents point to.
        title: Its heading.
        meaning: What it comes to, in a sentence or two computed from the numbers.
        plots: Figures, in order.
        tables: Tables, in order.
    """

    anchor: str
    title: str
    meaning: str
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Bar:
    """The probability of one class, as a bar."""

    name: str
    text: str
    percent: float
    role: str  # "truth", "called" or "other"


@dataclass(frozen=True)
class Picture:
    """A cell.

    Attributes:
        uri: The thumbnail as a data URI; None where there is no picture.
        path: The cell's name.
        headline: What stands below the picture.
        bars: Its highest probabilities.
        note: Why a person must look at it, or "".
        mark: "unknown", "look" or "accepted"; "" where that is not known.
        beside: A second picture of it as a data URI, such as the attention; None without.
        words: What the model sees of it, in words; "" where it says nothing.
    """

    uri: str | None
    path: str
    headline: str
    bars: tuple[Bar, ...] = ()
    note: str = ""
    mark: str = ""
    beside: str | None = None
    words: str = ""
