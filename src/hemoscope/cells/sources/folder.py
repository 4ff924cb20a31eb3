"""A folder of class folders, or a flat folder of images."""

from collections.abc import Iterator
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
    ignored: dict[str, str] = {}
    loose = _images_in(folder, folder, ignored)
    classes = {sub.name: _images_in(sub, folder, ignored) for sub in _subfolders(folder)}
    deeper = [sub for sub in _subfolders(folder) if _has_images_below(sub)]
    _check_layout(folder, loose, classes, deeper)
    if not classes or not any(classes.values()):
        _check_not_empty(folder, loose, classes, ignored)
        return CellTable(pd.DataFrame({"path": loose}, dtype=object), folder, ignored=ignored)
    rows = [(path, label) for label, paths in classes.items() for path in paths]
    frame = pd.DataFrame(rows, columns=["path", "label"], dtype=object)
    return CellTable(frame, folder, ignored=ignored)


def _images_in(folder: Path, root: Path, ignored: dict[str, str]) -> list[str]:
    """The images directly in a folder, relative to root; adds the other files to `ignored`."""
    images = []
    for file in sorted(folder.iterdir()):
        if file.is_dir():
            continue
        path = file.relative_to(root).as_posix()
        reason = why_ignored(file)
        if reason is None:
            images.append(path)
        else:
            ignored[path] = reason
    return sorted(images, key=image_order)


def _subfolders(folder: Path) -> Iterator[Path]:
    return (
        entry
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith((".", "__"))
    )


def _has_images_below(folder: Path) -> bool:
    """Whether a subfolder of this folder, at any depth, holds an image."""
    return any(
        any(why_ignored(file) is None for file in sub.rglob("*")) for sub in _subfolders(folder)
    )


def _check_layout(
    folder: Path, loose: list[str], classes: dict[str, list[str]], deeper: list[Path]
) -> None:
    if deeper:
        inner = deeper[0]
        raise SourceError(
            f"{inner} holds folders of images itself, so it is no class folder. Name the folder "
            f"that holds the class folders ({inner}?), or write a manifest CSV with the columns "
            "path and label."
        )
    filled = [name for name, paths in classes.items() if paths]
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
