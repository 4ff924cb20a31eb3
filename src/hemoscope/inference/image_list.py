"""`ImageList`: the images that a job goes through, by name."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from hemoscope.cells import CellTable, SourceError, UnreadableImageError, open_cells
from hemoscope.errors import UsageError
from hemoscope.inference.classifier import NamedImage
from hemoscope.inference.images import CellImage
from hemoscope.opinions.opinion import Opinion

FROM_STDIN = "-"
STREAMED = "list"
"""The key of a list that nobody has seen to its end."""


def refuse_sample(_most: int = 0) -> NoReturn:
    """A look at some of the images of a list that comes only once.

    Raises:
        UsageError: Always.
    """
    raise UsageError(
        "--adapt looks at some of the images before it names any, and a list on standard input "
        "comes only once. Write the list to a CSV file with the column path, and name that."
    )


@dataclass(frozen=True, eq=False)
class ImageList:
    """Images in an order, gone through once.

    Attributes:
        items: Names and images.
        key: Tells this list from others: the fingerprint of a table, or `STREAMED`.
        total: How many, where it is known.
        groups: Group (patient, slide or field) of each image by its index, or None.
        table_of: The cells of some opinions, for those who want to see their pictures.
        sample: At most so many of the images, drawn evenly and always the same; raises UsageError
            where they can be gone through only once.
        passed_over: Files that were found and are no images by their names, with the cause.
        root: The folder that the names are relative to.
    """

    items: Iterable[NamedImage]
    key: str
    total: int | None
    groups: Sequence[str] | None
    table_of: Callable[[Sequence[Opinion]], CellTable]
    sample: Callable[[int], list[CellImage]] = refuse_sample
    passed_over: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path()


def open_images(names: Sequence[str | Path], lines: Iterable[bytes] = ()) -> ImageList:
    """The images that a user names.

    Args:
        names: As `open_cells` takes them, one or several; or "-" alone: `lines` name them.
        lines: One path a line, such as standard input; read as they are needed.

    Raises:
        UsageError: Nothing is named, or "-" beside other names.
        SourceError: As `open_cells`; or `lines` name no image.
    """
    if FROM_STDIN not in names:
        source = names[0] if len(names) == 1 else names
        return _of_table(open_cells(source, blank_labels=True).without_labels())
    if len(names) > 1:
        raise UsageError("'-' (a list on standard input) stands alone: leave out the other names.")
    return listed_images(lines)


def listed_images(lines: Iterable[bytes]) -> ImageList:
    """Images by a list of paths, one a line, relative to the current folder; of any length.

    Blank lines are passed over. Memory grows by some 70 bytes a line, to notice a path that comes
    twice.

    Raises:
        SourceError: No line names an image.
    """
    named = _named(lines)
    first = next(named, None)
    if first is None:
        raise SourceError(
            "the list on standard input names no image. Did the command that makes it fail?"
        )
    return ImageList(chain([first], named), STREAMED, None, None, _listed_table)


def _of_table(table: CellTable) -> ImageList:
    groups = None if table.groups is None else table.groups.tolist()

    def image(row: int) -> CellImage:
        path = table.paths[row]
        return table.arrays[path] if path in table.arrays else table.file(row)

    def items() -> Iterator[NamedImage]:
        for row, path in enumerate(table.paths):
            yield path, image(row)

    def sample(most: int) -> list[CellImage]:
        few = min(most, len(table))
        rows = np.random.default_rng(0).choice(len(table), few, replace=False)
        return [image(int(row)) for row in np.sort(rows)]

    return ImageList(
        items(),
        table.fingerprint(),
        len(table),
        groups,
        lambda opinions: table.take([opinion.index for opinion in opinions]),
        sample,
        table.ignored,
        table.root,
    )


def _listed_table(opinions: Sequence[Opinion]) -> CellTable:
    paths = [str(opinion.path) for opinion in opinions]
    return CellTable(pd.DataFrame({"path": paths}, dtype=object), Path())


def _named(lines: Iterable[bytes]) -> Iterator[NamedImage]:
    seen: set[int] = set()
    for number, line in enumerate(lines):
        name = line.rstrip(b"\r\n")
        if number == 0:  # editors and shells of Windows begin a text with a mark
            name = name.removeprefix(BOM_UTF8)
        if not name.strip():
            continue
        try:
            path = name.decode()
        except UnicodeDecodeError:
            problem = UnreadableImageError("its name is not valid UTF-8; rename it")
            yield name.decode(errors="backslashreplace"), problem
            continue
        if (known := hash(path)) in seen:
            yield path, UnreadableImageError("it stands in the list above already")
            continue
        seen.add(known)
        yield path, Path(path)
