r"""A manifest: a CSV that names one cell a row.

    path     where the image lies, relative to the CSV file ("/" or "\" between folders)
    label    optional: its class
    group    optional: patient, slide or field
    mask     optional: where its mask lies, relative to the CSV file
    …        any further column; a split is one

Blanks at either end of a column's name or of a value do not count, they are slips of the hand;
but those of `path` and `mask` do, since names of files may have some.

UTF-8, with a header; separated by comma, semicolon or tab (as Excel writes it).
"""

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from hemoscope.cells.sources.source_error import SourceError
from hemoscope.cells.table import CellTable, CellTableError
from hemoscope.csv_table import check_rows
from hemoscope.files import cause, check_writable, replacing

_FILE_COLUMNS = ("path", "mask")


def open_manifest(file: Path) -> CellTable:
    """Reads a manifest; the images themselves are not looked at.

    Raises:
        SourceError: The file is no such table; says what to mend.
    """
    text = _text_of(file)
    delimiter = _delimiter(file, text.partition("\n")[0])
    try:
        columns = [name.strip() for name in check_rows(io.StringIO(text), delimiter)]
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            index_col=False,
            usecols=range(len(columns)),  # surplus fields are blank
        ).astype(object)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise SourceError(
            f"{file} cannot be read as a CSV table ({' '.join(str(error).split())}). Put a cell "
            "that contains the separator in double quotes."
        ) from error
    if frame.empty:
        raise SourceError(f"{file} has a header but no rows, so it names no cells.")
    _check_unique(columns, f"{file} has")
    # A column without a name gets the one that pandas gives it.
    frame.columns = [name or f"Unnamed: {place}" for place, name in enumerate(columns)]
    for column in frame:
        if column in _FILE_COLUMNS:
            named = frame[column].str.strip() != ""  # blanks alone name no file
            frame[column] = frame[column].str.replace("\\", "/").where(named, "")
        else:  # else "ig " would be a class of its own, and "train " cells that none trains on
            frame[column] = frame[column].str.strip()
    return CellTable(frame, file.parent)


def write_manifest(
    table: CellTable, file: str | Path, *, provenance: Mapping[str, Any] | None = None
) -> CellTable:
    """Writes a table as a manifest, with paths relative to the file.

    Beside it, `NAME.csv.json` gets the fingerprint and the provenance.

    Args:
        table: Cells in image files.
        file: The CSV file to write; its folder is made.
        provenance: How the table came about (the kind of split, its seed), as plain JSON values.

    Returns:
        The table as the manifest gives it when it is opened, so that `fingerprint()` of the two
        is the same.

    Raises:
        CellTableError: The cells stand in an array file, two columns would have one name, or the
            file cannot be written.
    """
    file = Path(file).absolute()
    check_writable(file, CellTableError)  # else its note might be there without it
    if any(path in table.arrays for path in table.paths):
        raise CellTableError(
            "a manifest names image files, but these cells stand in an array file (.npz), which "
            "brings its own split: use --split-column split."
        )
    moved = _without_outer_blanks(_relative_to(table, file.parent), file)
    beside = file.with_name(f"{file.name}.json")
    note = {"fingerprint": moved.fingerprint(), "cells": len(moved), **(provenance or {})}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # The table takes its place last: where it is, its note is too.
        with replacing(file) as table_draft, replacing(beside) as note_draft:
            table_draft.write_text(moved.frame.to_csv(index=False), encoding="utf-8", newline="")
            note_draft.write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8", newline="")
    except OSError as error:
        raise CellTableError(f"cannot write {file}: {cause(error)}.") from error
    return moved


def _text_of(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror or error}.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{file} is not UTF-8 text (byte {error.start}). In Excel, save it as "
            "'CSV UTF-8 (comma delimited)'."
        ) from error
    if "\0" in text:
        raise SourceError(f"{file} holds binary data and is no CSV table.")
    return text.replace("\r\n", "\n").replace("\r", "\n")  # Windows and old Macs


def _delimiter(file: Path, header: str) -> str:
    """The separator under which the header has a column `path`."""
    for delimiter in (",", ";", "\t"):
        try:
            columns = next(csv.reader([header], delimiter=delimiter), [])
        except csv.Error as error:
            raise SourceError(
                f"{file} cannot be read as a CSV table (its first line: {error}). The first line "
                "must name the columns, among them 'path'."
            ) from error
        if "path" in map(str.strip, columns):
            return delimiter
    raise SourceError(
        f"{file} has no column 'path'; its first line is {header[:100]!r}. The first line must "
        "name the columns, among them 'path' with the image files relative to the CSV."
    )


def _check_unique(columns: list[str], has: str) -> None:
    for column in columns:
        if columns.count(column) > 1:
            raise SourceError(
                f"{has} the column {column!r} twice (blanks around a name do not count). Rename or "
                "remove one."
            )


def _relative_to(table: CellTable, folder: Path) -> CellTable:
    """The same cells, with file names relative to another folder."""
    shift = PurePosixPath(_way(table.root.absolute(), folder).as_posix())
    columns = {
        name: [str(shift / value) if value else value for value in table.frame[name]]
        for name in _FILE_COLUMNS
        if name in table.frame
    }
    return replace(table, frame=table.frame.assign(**columns), root=folder)


def _way(root: Path, folder: Path) -> Path:
    """From a folder to another, also where a part of either name is a link.

    The names alone tell it nearly always, and then stay as the user wrote them. But ".." leads out
    of where a linked folder really lies.
    """
    way = Path(os.path.relpath(root, folder))
    if (folder / way).resolve() == root.resolve():
        return way
    return Path(os.path.relpath(root.resolve(), folder.resolve()))


def _without_outer_blanks(table: CellTable, file: Path) -> CellTable:
    """The same cells, with columns and values as they are when the manifest is opened."""
    columns = [str(name).strip() for name in table.frame]
    _check_unique(columns, f"{file} would have")
    for column in table.frame:
        if column not in _FILE_COLUMNS and not is_numeric_dtype(table.frame[column]):
            table = table.with_column(str(column), table.answers(str(column)))
    return replace(table, frame=table.frame.set_axis(columns, axis="columns"))
