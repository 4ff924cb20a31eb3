"""A folder of class folders, or a flat folder of images."""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hemoscope.cells.sources.images import image_order, why_ignored
from hemoscope.cells.sources.source_error import SourceError
from hemoscope.cells.table import CellTable


def open_folder(folder: Path) -> CellTable:
    """Every image of a folder, ordered by class and then by file name.

    A folder with subfolders is a folder of class folders: the name of a subfolder is the label of
    the images in it. A folder without is a flat one, whose cells have no label.

    Raises:
        SourceError: There are no images, or their place leaves the label in doubt.
    """
    listing = _list(folder, "")
    subs = {name: _list(folder / name, f"{name}/") for name in listing.folders}
    classes = {name: sub.images for name, sub in subs.items()}
    ignored = dict(listing.ignored)
    for sub in subs.values():
        ignored.update(sub.ignored)
    _check_layout(folder, listing.images, subs)
    if not any(classes.values()):
        _check_not_empty(folder, listing.images, classes, ignored)
        frame = pd.DataFrame({"path": listing.images}, dtype=object)
    else:
        rows = [(path, label) for label, paths in classes.items() for path in paths]
        frame = pd.DataFrame(rows, columns=["path", "label"], dtype=object)
    return CellTable(frame, folder, ignored=ignored)


@dataclass(frozen=True)
class _Listing:
    """The entries of one folder.

    Attributes:
        images: Paths below the source, in the order of cells.
        folders: Names, sorted.
        ignored: Paths below the source of all other files, with the reason.
    """

    images: list[str]
    folders: list[str]
    ignored: dict[str, str]


def _list(folder: Path, prefix: str) -> _Listing:
    images, folders, ignored = [], [], {}
    for entry in _entries(folder):
        if entry.is_dir():
            if not entry.name.startswith((".", "__")):
                folders.append(entry.name)
        elif reason := why_ignored(entry.name, entry.is_file()):
            ignored[prefix + entry.name] = reason
        else:
            images.append(prefix + entry.name)
    return _Listing(sorted(images, key=image_order), folders, ignored)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Sorted by name; they know their kind without asking the disk once more for each."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise SourceError(f"{folder} cannot be listed: {error.strerror or error}.") from error


def _holds_images(folder: Path) -> bool:
    """Whether a folder, or one below it, holds an image; links to folders are not followed."""
    names = (name for _, _, files in os.walk(folder) for name in files)
    return any(why_ignored(name, True) is None for name in names)


def _check_layout(folder: Path, loose: list[str], subs: dict[str, _Listing]) -> None:
    for name, sub in subs.items():
        if any(_holds_images(folder / name / inner) for inner in sub.folders):
            raise SourceError(
                f"{folder / name} holds folders of images itself, so it is no class folder. If "
                f"those are the classes, name {folder / name} instead; else write a manifest CSV "
                "with the columns path and label."
            )
    filled = [name for name, sub in subs.items() if sub.images]
    if loose and filled:
        raise SourceError(
            f"{folder} holds both images ({len(loose)}, such as {loose[0]}) and folders of images "
            f"({', '.join(filled[:5])}). Move the images into class folders, or the folders "
            "elsewhere."
        )


def _check_not_empty(
    folder: Path, loose: list[str], classes: dict[str, list[str]], ignored: dict[str, str]
) -> None:
    if loose:
        return
    where = f"{folder} and its folders ({', '.join(list(classes)[:8])})" if classes else str(folder)
    verb = "hold" if classes else "holds"
    others = (
        f"; {len(ignored)} other files are there, such as {next(iter(ignored))}" if ignored else ""
    )
    raise SourceError(
        f"{where} {verb} no images{others}. Images end in .jpg, .png, .webp, .bmp or .tif and lie "
        "in the folder itself or in one folder for each class."
    )
