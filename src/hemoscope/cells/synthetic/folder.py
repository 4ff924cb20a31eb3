"""A folder of synthetic cells, laid out like a set of real ones, and marked as synthetic."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from PIL import Image, PngImagePlugin

from hemoscope.cells.parallel import Progress
from hemoscope.cells.sources.manifest import write_manifest
from hemoscope.cells.synthetic.classes import MORPHOLOGIES
from hemoscope.cells.synthetic.draw import Sketch, check_seed_and_size, sketch_cell
from hemoscope.cells.table import CellTable
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import cause

MARKER = "synthetic, drawn by hemoscope"
"""The `Comment` of every synthetic PNG."""
MANIFEST = "manifest.csv"
MOST_PER_CLASS = 100_000
SPLIT_CYCLE = ("train", "val", "test", "train", "train")
"""Splits of the first, second … cell of a class: three parts in five train."""


class SyntheticFolderError(HemoscopeError):
    """Synthetic cells cannot be written where they were asked for."""


def write_synthetic(
    folder: Path,
    *,
    per_class: int,
    seed: int = 0,
    size: int = 256,
    progress: Progress | None = None,
) -> CellTable:
    """Draw cells of all eight classes into a folder of class folders, with a manifest.

    The files are `<folder>/<class>/<CLASS_0001>.png`; each says in its `Comment` that it is
    synthetic. `manifest.csv` has the columns `path`, `label`, `split` (train, val or test in every
    class), `origin` ("synthetic") and what was drawn: `drawn_seed` (for `draw_cell`),
    `drawn_form`, `drawn_lobes`, `drawn_diameter_um`, `drawn_nucleus_share`, `drawn_stain`. Beside
    it stands `manifest.csv.json` with its fingerprint and how the set was drawn.
    A longer set begins with the cells of a shorter one of the same seed.

    Args:
        folder: A new or empty folder.
        per_class: Cells of each class, 1 … 100,000. From 3 on every split has some.
        seed: 0 or more; another seed is another set, and no two sets share a cell.
        size: Side of a picture in pixels.
        progress: Called after every cell with the cells done and all cells.

    Returns:
        The table of the manifest, with `folder` as its root.

    Raises:
        UsageError: A number is out of range.
        SyntheticFolderError: The folder holds something already, is a file, or cannot be written.
        CellTableError: The manifest cannot be written.
    """
    if not 1 <= per_class <= MOST_PER_CLASS:
        raise UsageError(
            f"{per_class} cells of each class cannot be drawn; choose 1 to {MOST_PER_CLASS:,}."
        )
    check_seed_and_size(seed, size)
    rows = []
    try:
        _make_empty(folder)
        for row in _write_cells(folder, per_class, seed, size):
            rows.append(row)
            if progress is not None:
                progress(len(rows), per_class * len(MORPHOLOGIES))
    except OSError as error:
        raise SyntheticFolderError(
            f"cannot write synthetic cells to {folder}: {cause(error)}."
        ) from error
    how = {"origin": MARKER, "per_class": per_class, "seed": seed, "size": size}
    return write_manifest(CellTable(pd.DataFrame(rows), folder), folder / MANIFEST, provenance=how)


def is_synthetic(file: Path) -> bool:
    """Whether a PNG says of itself that hemoscope drew it; no for whatever cannot be read."""
    try:
        with Image.open(file) as image:
            return image.info.get("Comment") == MARKER
    except OSError:
        return False


def _make_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SyntheticFolderError(
            f"{folder} exists and is not an empty folder. Synthetic cells are never written "
            "among other files: name a new folder, or empty this one first."
        )
    folder.mkdir(parents=True, exist_ok=True)


def _write_cells(
    folder: Path, per_class: int, seed: int, size: int
) -> Iterator[dict[str, str | int | float]]:
    """Write the pictures; yields the row of each in the manifest."""
    for label in MORPHOLOGIES:
        (folder / label).mkdir()
        for number in range(per_class):
            path = f"{label}/{label.upper()}_{number + 1:04d}.png"
            cell_seed = seed * MOST_PER_CLASS + number
            sketch = sketch_cell(label, cell_seed, size)
            _save(sketch, folder / path)
            split = SPLIT_CYCLE[number % len(SPLIT_CYCLE)]
            yield {"path": path, "label": label, "split": split, "origin": "synthetic"} | {
                "drawn_seed": cell_seed,
                "drawn_form": sketch.form,
                "drawn_lobes": sketch.lobes,
                "drawn_diameter_um": round(sketch.diameter, 2),
                "drawn_nucleus_share": round(sketch.nucleus_share, 3),
                "drawn_stain": sketch.stain,
            }


def _save(sketch: Sketch, file: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARKER)
    # Level 1: the sensor noise does not compress, so more effort buys next to nothing.
    Image.fromarray(sketch.pixels).save(file, pnginfo=text, compress_level=1)
