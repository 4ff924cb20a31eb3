import os
from pathlib import Path

import pytest

from hemoscope.cells import SourceError, open_cells


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


def test_class_folders_are_ordered_by_class_then_name(tmp_path):
    root = touch(tmp_path, "b/10.png", "b/9.png", "a/2.jpg", "a/1.TIFF", "b/1.webp", "b/x.BMP")
    table = open_cells(root)
    names = "a/1.TIFF a/2.jpg b/1.webp b/10.png b/9.png b/x.BMP"
    assert table.paths.tolist() == names.split()
    assert table.labels is not None
    assert table.labels.tolist() == ["a", "a", "b", "b", "b", "b"]
    assert table.root == root


def test_the_order_does_not_depend_on_the_suffix(tmp_path):
    stems = ["BA_1", "BA_10", "BA-1", "BA_1 copy", "BA_1(2)", "ba_0"]
    suffixes = [".jpg", ".webp", ".png", ".TIF", ".bmp", ".jpeg"]
    plain = touch(tmp_path / "plain", *(f"a/{stem}.jpg" for stem in stems))
    mixed = touch(
        tmp_path / "mixed", *(f"a/{s}{suffix}" for s, suffix in zip(stems, suffixes, strict=True))
    )
    order = [Path(path).stem for path in open_cells(plain).paths]
    assert [Path(path).stem for path in open_cells(mixed).paths] == order
    assert order == [Path(name).stem for name in sorted(f"{stem}.jpg" for stem in stems)]


def test_a_flat_folder_has_no_labels(tmp_path):
    table = open_cells(touch(tmp_path, "2.png", "1.png"))
    assert table.paths.tolist() == ["1.png", "2.png"]
    assert table.labels is None


def test_other_files_are_named_and_passed_over(tmp_path):
    root = touch(
        tmp_path,
        "a/1.jpg",
        "a/.DS_169665.jpg",
        "a/Thumbs.db",
        "a/notes",
        "readme.txt",
        ".DS_Store",
        ".hidden/2.jpg",
        "__MACOSX/a/._1.jpg",
    )
    os.mkfifo(root / "a/pipe.png")
    table = open_cells(root)
    assert table.paths.tolist() == ["a/1.jpg"]
    assert table.ignored == {
        "a/.DS_169665.jpg": "hidden file",
        "a/Thumbs.db": "not an image by its suffix (.db)",
        "a/notes": "not an image by its suffix (none)",
        "a/pipe.png": "not an ordinary file",
        "readme.txt": "not an image by its suffix (.txt)",
        ".DS_Store": "hidden file",
    }


def test_a_name_that_is_no_text_is_passed_over(tmp_path):
    root = touch(tmp_path, "1.png")
    (root / os.fsdecode(b"\xff.png")).write_bytes(b"")
    table = open_cells(root)
    assert table.paths.tolist() == ["1.png"]
    assert list(table.ignored.values()) == ["its name is not valid UTF-8; rename it"]


@pytest.mark.parametrize("place", ["", "b\udcff", "b\udcff/x", "b\udcff/x/1.png", "**/*.png"])
def test_a_folder_whose_name_is_no_text_is_refused(tmp_path, place):
    root = touch(tmp_path, *(["b\udcff/x/1.png"] if place.startswith("b") else ["b\udcff/1.png"]))
    touch(root, *(["c/2.png"] if place.startswith("*") else []))
    with pytest.raises(SourceError, match=r"/b\\xff: its name is not valid UTF-8; rename it\."):
        open_cells(f"{root}/{place}")


def test_an_empty_class_folder_is_no_class(tmp_path):
    root = touch(tmp_path, "a/1.png", "b/readme.md")
    (root / "c").mkdir()
    assert open_cells(root).classes == ("a",)


def test_an_empty_folder(tmp_path):
    with pytest.raises(SourceError, match=r"holds no images\. Images end in \.jpg, \.png"):
        open_cells(tmp_path)


def test_class_folders_without_images(tmp_path):
    touch(tmp_path, "a/1.dcm", "b/2.svs")
    with pytest.raises(SourceError, match=r"its folders \(a, b\) hold no images; 2 other files"):
        open_cells(tmp_path)


def test_images_beside_class_folders_leave_the_label_in_doubt(tmp_path):
    touch(tmp_path, "1.png", "a/2.png")
    with pytest.raises(SourceError, match=r"both images \(1, such as 1.png\) and folders of imag"):
        open_cells(tmp_path)


@pytest.mark.parametrize("inner", ["train/a/1.png", "images/a/deep/1.png"])
def test_a_folder_too_high_up_is_refused(tmp_path, inner):
    touch(tmp_path, inner)
    with pytest.raises(SourceError, match="holds folders of images itself, so it is no class fold"):
        open_cells(tmp_path)


def test_class_folders_may_be_links(tmp_path):
    real = touch(tmp_path / "real", "1.png")
    root = touch(tmp_path / "set", "b/2.png")
    (root / "a").symlink_to(real)
    assert open_cells(root).paths.tolist() == ["a/1.png", "b/2.png"]


def test_a_loop_of_links_ends(tmp_path):
    root = touch(tmp_path / "set", "a/1.png")
    (root / "a" / "loop").symlink_to(root)
    with pytest.raises(SourceError, match="holds folders of images itself"):
        open_cells(root)


def test_a_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(SourceError, match="cannot be listed: Permission denied"):
        open_cells(tmp_path)
