"""`open_cells`: whatever a user names as SOURCE, as a table."""

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hemoscope.cells.sources.files import is_image_file, is_pattern, open_files
from hemoscope.cells.sources.folder import open_folder
from hemoscope.cells.sources.images import NO_TEXT, is_text
from hemoscope.cells.sources.manifest import open_manifest
from hemoscope.cells.sources.medmnist import open_medmnist
from hemoscope.cells.sources.source_error import SourceError
from hemoscope.cells.table import CellTable
from hemoscope.errors import UsageError

Source = str | Path | Sequence[str | Path]

DEFAULT_SPLIT_COLUMN = "split"

_FULL = ("path", "label", "group")


def open_cells(
    source: Source,
    *,
    split_column: str | None = None,
    use: str | None = None,
    blank_labels: bool = False,
) -> CellTable:
    """Opens a SOURCE; no image file is read yet.

    Args:
        source: A folder of class folders, a flat folder, a manifest `.csv`, a MedMNIST `.npz`, an
            image file, a pattern such as "slide7/*.png", or a list of image files and patterns.
        split_column: The column that `use` is looked up in, "split" by default. It must be there.
        use: Keep the cells that have this value in it; all cells by default.
        blank_labels: Whether some cells may have no label ("") while others have one, as for a
            training whose other tasks know those cells, or where nobody asks for labels.

    Returns:
        The cells, ordered by class and file name (folder), or as they stand in the file.

    Raises:
        UsageError: There is nothing at `source`, or no such column or value.
        SourceError: What is there holds no cells, or not in a form that can be read, or a folder
            has a name that is no text.
    """
    try:
        table = _open(source)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise _missing(source) from error
    _check_folder_names(table)
    if split_column is not None:
        table.check_column(split_column)
    if use is not None:
        table = table.where(split_column or DEFAULT_SPLIT_COLUMN, use)
    return _with_checked_columns(table, ("path", "group") if blank_labels else _FULL)


def _open(source: Source) -> CellTable:
    if not isinstance(source, str | Path):
        return open_files(source)
    if is_pattern(str(source)):
        return open_files([source])
    path = Path(source).expanduser()
    if path.is_dir():
        return open_folder(path)
    if not path.exists():
        raise _missing(source)
    if path.suffix.lower() == ".csv":
        return open_manifest(path)
    if path.suffix.lower() == ".npz":
        return open_medmnist(path)
    if is_image_file(path):
        return open_files([path])
    raise UsageError(
        f"{source} is none of the sources that are read: a folder, a manifest (.csv), a MedMNIST "
        "file (.npz), or an image (.jpg, .png, .webp, .bmp, .tif)."
    )


def _missing(source: Source) -> UsageError:
    return UsageError(f"there is no file or folder {source}. Check the path for a slip.")


def _check_folder_names(table: CellTable) -> None:
    """Refuses folders that no manifest, recipe or report could name.

    A single image with such a name is passed over, but not the cells of a whole class.
    """
    root = table.root.absolute()
    if is_text(str(root)) and is_text("".join(table.paths)):
        return
    files = (root / path for path in table.paths)
    file = next(file for file in files if not is_text(str(file)))
    folder = next(each for each in (*reversed(file.parents), file) if not is_text(str(each)))
    shown = os.fsencode(folder).decode("utf-8", "backslashreplace")
    raise SourceError(f"{shown}: {NO_TEXT}.")


def _with_checked_columns(table: CellTable, full: Sequence[str]) -> CellTable:
    """Drops label and group where all are blank; refuses blanks in columns that must be full."""
    frame = table.frame
    for column in _FULL:
        if column not in frame:
            continue
        blank = (frame[column] == "").to_numpy()
        if blank.all() and column != "path":
            frame = frame.drop(columns=column)
        elif blank.any() and column in full:
            cell = "" if column == "path" else f" ({table.paths[blank.argmax()]})"
            raise SourceError(
                f"{int(blank.sum())} of {len(frame)} cells have no {column}; the first is cell "
                f"{int(np.argmax(blank)) + 1}{cell}. Fill it in, or remove the rows."
            )
    return replace(table, frame=frame)
