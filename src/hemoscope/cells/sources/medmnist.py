"""A MedMNIST array file: `train_images`, `train_labels`, and the same for val and test."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.cells.sources.source_error import SourceError
from hemoscope.cells.table import CellTable

SPLITS = ("train", "val", "test")

# BloodMNIST is the PBC set; its "immature granulocytes" are called ig there and here.
BLOOD_CLASSES = (
    "basophil",
    "eosinophil",
    "erythroblast",
    "ig",
    "lymphocyte",
    "monocyte",
    "neutrophil",
    "platelet",
)


def open_medmnist(file: Path) -> CellTable:
    """Reads all cells of an array file into memory, with a column `split`.

    Cells are named "train/00000", "train/00001", … Eight classes in colour are BloodMNIST's and
    get its names (of MedMNIST's sets no other has both); others are "class 0", "class 1", …

    Raises:
        SourceError: The file is damaged, or is not laid out so.
    """
    parts = _load(file)
    frames, arrays = [], {}
    for split, (images, codes) in parts.items():
        paths = [f"{split}/{i:05d}" for i in range(len(images))]
        arrays.update(zip(paths, images, strict=True))
        frames.append(pd.DataFrame({"path": paths, "code": codes, "split": split}))
    frame = pd.concat(frames, ignore_index=True)
    colour = next(iter(parts.values()))[0].ndim == 4
    names = _class_names(int(frame["code"].max()) + 1, colour)
    frame.insert(1, "label", [names[code] for code in frame.pop("code")])
    return CellTable(frame.astype(object), file.parent, arrays)


def _class_names(count: int, colour: bool) -> tuple[str, ...]:
    if colour and count == len(BLOOD_CLASSES):
        return BLOOD_CLASSES
    width = len(str(count - 1))  # so that the order of names is the order of codes
    return tuple(f"class {i:0{width}d}" for i in range(count))


def _load(file: Path) -> dict[str, tuple[NDArray[np.uint8], NDArray[np.intp]]]:
    """The splits that a file holds, each with at least one cell."""
    if not zipfile.is_zipfile(file):
        raise SourceError(f"{file} is no complete .npz archive. Download or export it again.")
    try:
        with np.load(file, allow_pickle=False) as archive:
            found = [split for split in SPLITS if f"{split}_images" in archive]
            parts = {split: _part(file, archive, split) for split in found}
            contents = ", ".join(archive.files) or "nothing"
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise SourceError(
            f"{file} cannot be read as an array file ({error}). Download it again; arrays of "
            "Python objects are refused, because they could run code."
        ) from error
    parts = {split: part for split, part in parts.items() if len(part[1])}
    if not parts:
        raise SourceError(
            f"{file} holds no cells under train_images, val_images or test_images, as MedMNIST "
            f"files do; it holds {contents}."
        )
    return parts


def _part(
    file: Path, archive: np.lib.npyio.NpzFile, split: str
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """The images (n, h, w) or (n, h, w, 3) and class numbers (n,) of one split."""
    if f"{split}_labels" not in archive:
        raise SourceError(f"{file} holds {split}_images but no {split}_labels.")
    images, labels = archive[f"{split}_images"], archive[f"{split}_labels"]
    is_grey, is_colour = images.ndim == 3, images.ndim == 4 and images.shape[-1] == 3
    if images.dtype != np.uint8 or not (is_grey or is_colour):
        raise SourceError(
            f"{file}: {split}_images has shape {images.shape} and type {images.dtype}; flat "
            "pictures of type uint8, shaped (n, h, w) or (n, h, w, 3), are needed."
        )
    if not _are_codes(labels, len(images)):
        raise SourceError(
            f"{file}: {split}_labels has shape {labels.shape} and type {labels.dtype} for "
            f"{len(images)} images; one whole number from 0 is needed for each."
        )
    return images, labels.reshape(-1).astype(np.intp)


def _are_codes(labels: NDArray, count: int) -> bool:
    shaped = labels.shape in {(count, 1), (count,)}
    return shaped and labels.dtype.kind in "iu" and bool((labels >= 0).all())
