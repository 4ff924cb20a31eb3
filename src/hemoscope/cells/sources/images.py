"""Which files count as images, and in which order they stand."""

from pathlib import Path

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff"}
)


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
    if not _is_text(name):
        return "its name is not valid UTF-8; rename it"
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


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
