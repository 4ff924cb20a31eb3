from pathlib import Path

import numpy as np
import pytest

from hemoscope.cells import SourceError, open_cells, read_cell


def archive(folder: Path, **changes) -> Path:
    """Three splits of eight, four and four colour pictures, the classes in turn."""
    generator = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", 8), ("val", 4), ("test", 4)):
        arrays[f"{split}_images"] = generator.integers(0, 256, (count, 5, 5, 3), dtype=np.uint8)
        arrays[f"{split}_labels"] = np.arange(count, dtype=np.uint8)[:, None]
    arrays.update(changes)
    file = folder / "bloodmnist.npz"
    np.savez_compressed(file, **{k: v for k, v in arrays.items() if v is not None})
    return file


def test_bloodmnist(tmp_path):
    file = archive(tmp_path)
    table = open_cells(file)
    assert table.frame.columns.tolist() == ["path", "label", "split"]
    assert table.frame["split"].tolist() == ["train"] * 8 + ["val"] * 4 + ["test"] * 4
    assert table.paths[[0, 15]].tolist() == ["train/00000", "test/00003"]
    assert table.classes == (
        "basophil", "eosinophil", "erythroblast", "ig",
        "lymphocyte", "monocyte", "neutrophil", "platelet",
    )  # fmt: skip
    with np.load(file) as arrays:
        np.testing.assert_array_equal(read_cell(table, 9), arrays["val_images"][1])


def test_selecting_a_split(tmp_path):
    table = open_cells(archive(tmp_path), use="val")
    assert table.paths.tolist() == [f"val/0000{i}" for i in range(4)]


def test_other_sets_get_numbers_that_sort(tmp_path):
    grey = np.zeros((12, 5, 5), dtype=np.uint8)
    file = archive(
        tmp_path,
        train_images=grey,
        train_labels=np.arange(12)[:, None],
        val_images=None,
        test_images=None,
    )
    table = open_cells(file)
    assert table.classes[:3] == ("class 00", "class 01", "class 02")
    assert table.classes[-1] == "class 11"
    assert read_cell(table, 0).shape == (5, 5, 3)


def test_eight_classes_in_grey_are_not_blood(tmp_path):
    grey = np.zeros((8, 5, 5), dtype=np.uint8)
    file = archive(tmp_path, train_images=grey, val_images=None, test_images=None)
    assert open_cells(file).classes == tuple(f"class {i}" for i in range(8))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_labels": None}, "holds train_images but no train_labels"),
        ({"train_images": np.zeros((8, 5, 5, 3))}, "train_images has shape .* and type float64"),
        ({"train_images": np.zeros((8, 5, 5, 5), dtype=np.uint8)}, "flat pictures of type uint8"),
        ({"train_labels": np.zeros((8, 14), dtype=int)}, r"train_labels has shape \(8, 14\)"),
        ({"train_labels": np.zeros((7, 1), dtype=int)}, "for 8 images; one whole number from 0"),
        ({"train_labels": np.zeros((8, 1))}, "type float64"),
        ({"train_labels": np.full((8, 1), -1)}, "from 0"),
        ({"train_labels": np.array([[{}]] * 8)}, "Python objects are refused"),
        (
            {f"{split}_images": None for split in ("train", "val", "test")},
            "holds no cells under train_images, .* files do; it holds train_labels, val_labels",
        ),
        (
            {
                f"{split}_{part}": np.zeros((0, 5, 5) if part == "images" else (0, 1), np.uint8)
                for split in ("train", "val", "test")
                for part in ("images", "labels")
            },
            "holds no cells",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, changes, message):
    with pytest.raises(SourceError, match=message):
        open_cells(archive(tmp_path, **changes))


NO_ARCHIVE = r"bloodmnist\.npz is no complete \.npz archive"
MESSAGES = {
    "cut": NO_ARCHIVE,
    "text": NO_ARCHIVE,
    "empty": NO_ARCHIVE,
    "npy": NO_ARCHIVE,
    "middle": r"cannot be read as an array file \(.+\)\. Download it again",
}


@pytest.mark.parametrize("damage", MESSAGES)
def test_damaged_files(tmp_path, damage):
    file = archive(tmp_path)
    data = file.read_bytes()
    if damage == "npy":
        with file.open("wb") as stream:
            np.save(stream, np.zeros(3))
    else:
        half = len(data) // 2
        middle = data[: half // 4] + bytes(half // 8) + data[half // 4 + half // 8 :]
        file.write_bytes(
            {"cut": data[:half], "text": b"hello", "empty": b"", "middle": middle}[damage]
        )
    with pytest.raises(SourceError, match=MESSAGES[damage]):
        open_cells(file)
