import pytest

from hemoscope.cells import SourceError, open_cells
from hemoscope.errors import UsageError

from .test_folder import touch


def test_one_image(tmp_path):
    table = open_cells(touch(tmp_path, "a.png") / "a.png")
    assert (table.paths.tolist(), table.root) == (["a.png"], tmp_path)
    assert table.labels is None


def test_a_list_keeps_its_order_and_drops_repeats(tmp_path):
    touch(tmp_path, "x/2.png", "x/1.png", "y/3.jpg")
    table = open_cells([tmp_path / "y/3.jpg", str(tmp_path / "x/*.png"), tmp_path / "x/1.png"])
    assert table.paths.tolist() == ["y/3.jpg", "x/1.png", "x/2.png"]
    assert table.root == tmp_path
    assert table.file(0).is_file()


def test_a_pattern_names_what_it_passes_over(tmp_path):
    touch(tmp_path, "s1/b.png", "s1/a.png", "s1/a.txt", "s2/c.webp")
    table = open_cells(f"{tmp_path}/**/*.*")
    assert table.paths.tolist() == ["s1/a.png", "s1/b.png", "s2/c.webp"]
    assert list(table.ignored.values()) == ["not an image by its suffix (.txt)"]


def test_a_relative_pattern(tmp_path, monkeypatch):
    monkeypatch.chdir(touch(tmp_path, "a.png", "b.png"))
    assert open_cells("?.png").paths.tolist() == ["a.png", "b.png"]


def test_a_file_whose_name_looks_like_a_pattern(tmp_path):
    touch(tmp_path, "cell [1].png")
    assert open_cells(str(tmp_path / "cell [1].png")).paths.tolist() == ["cell [1].png"]


def test_a_pattern_without_match(tmp_path):
    with pytest.raises(SourceError, match="no image matches"):
        open_cells(f"{tmp_path}/*.png")


@pytest.mark.parametrize(
    ("name", "what"), [("gone.png", "is missing"), ("d", "is a folder"), ("t.txt", "is no image")]
)
def test_a_list_holds_images_only(tmp_path, name, what):
    touch(tmp_path, "t.txt", "d/1.png")
    with pytest.raises(UsageError, match=what):
        open_cells([tmp_path / name])


def test_an_empty_list():
    with pytest.raises(UsageError, match="the list of images is empty"):
        open_cells([])
