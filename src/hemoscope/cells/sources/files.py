"""Single images: one file, a list of files, or a pattern such as `slide7/*.png`."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hemoscope.cells.sources.images import IMAGE_SUFFIXES, why_ignored
from hemoscope.cells.sources.source_error import SourceError
from hemoscope.cells.table import CellTable
from hemoscope.errors import UsageError


def is_image_file(path: Path) -> bool:
    """Whether a file is taken for an image when a user names it."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def is_pattern(text: str) -> bool:
    """Whether a text names files by the wildcards *, ? or […], and is no file itself."""
    return glob.has_magic(text) and not Path(text).exists()


def open_files(names: Sequence[str | Path]) -> CellTable:
    """The images that a user names, in the order given; patterns unfold sorted by name.

    Paths in the table are relative to the deepest folder that holds all of the files.

    Raises:
        UsageError: A name is no image file, or none is given.
    """
    files: dict[Path, None] = {}
    ignored: dict[str, str] = {}
    for name in names:
        found, passed = _expand(name)
        files.update(dict.fromkeys(found))
        ignored.update(passed)
    if not files:
        raise UsageError("the list of images is empty. Name at least one image file.")
    root = Path(os.path.commonpath([file.parent for file in files]))
    paths = [file.relative_to(root).as_posix() for file in files]
    return CellTable(pd.DataFrame({"path": paths}, dtype=object), root, ignored=ignored)


def _expand(name: str | Path) -> tuple[list[Path], dict[str, str]]:
    """The absolute paths of the images that one name stands for, and the files passed over."""
    if is_pattern(str(name)):
        return _unfold(str(name))
    path = Path(name).expanduser().absolute()
    if path.is_file() and is_image_file(path):
        return [path], {}
    what = "is a folder" if path.is_dir() else "is no image file" if path.exists() else "is missing"
    raise UsageError(
        f"{name} {what}. In a list, name image files (.jpg, .png, .webp, .bmp, .tif) or patterns "
        "such as 'slide7/*.png'."
    )


def _unfold(pattern: str) -> tuple[list[Path], dict[str, str]]:
    found = glob.glob(str(Path(pattern).expanduser()), recursive=True)  # noqa: PTH207 (takes absolute ones)
    matches = [Path(match).absolute() for match in found]
    files = [match for match in sorted(matches) if not match.is_dir()]
    reasons = {file: why_ignored(file.name, file.is_file()) for file in files}
    images = [match for match, reason in reasons.items() if reason is None]
    if not images:
        raise SourceError(f"no image matches {pattern!r}. Check the folder and the suffix.")
    return images, {str(match): reason for match, reason in reasons.items() if reason}
