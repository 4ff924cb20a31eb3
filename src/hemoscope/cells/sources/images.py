"""Which files count as images, and in which order they stand."""

from pathlib import Path

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff"}
)


NO_TEXT = "its name is not valid UTF-8; rename it"


def why_ignored(name: str, is_file: bool) -> str | None:
    """Why an entry of a folder is not taken for a cell; None for one that is.

    Args:
        name: Of the entry, without its folder.
        is_file: Whether it is an ordinary file, or a link to one.
    """
    suffix = Path(name).suffix
    if name.startswith("."):
        return "hidden file"
    if suffix.lower() not in IMAGE_SUFFIXES:
        return f"not an image by its suffix ({suffix or 'none'})"
    if not is_file:
        return "not an ordinary file"
    if not is_text(name):
        return NO_TEXT
    return None


def image_order(path: str) -> tuple[str, str]:
    """Sorts cells of one class as Keras's `image_dataset_from_directory` sorts their files.

    The order depends on the name and not on the suffix, so a set that was converted from JPEG
    to WebP keeps its order, and with it the paper's split. The dot that ends the stem takes part
    as in a whole file name: "BA-1" sorts before "BA." and "BA_1" after it.
    """
    name = path.rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    return (f"{stem}." if dot else name, path)


def is_text(name: str) -> bool:
    """Whether a name can stand in a table; one that is not UTF-8 on the disk cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
