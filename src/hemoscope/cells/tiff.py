"""TIFF files whose tags, true or damaged, would keep a processor busy for minutes."""

from math import ceil

from PIL.TiffImagePlugin import (
    ROWSPERSTRIP,
    STRIPOFFSETS,
    TILELENGTH,
    TILEOFFSETS,
    TILEWIDTH,
    TiffImageFile,
)

MAX_PARTS = 2**16
"""Strips or tiles of one image. Each is a call of its own: a file of tiles of one pixel takes
longer than all of its pixels are worth."""

COMPRESSIONS = frozenset(
    {"raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "jpeg", "webp", "zstd"}
    | {"lzma"}
)
"""Those of microscopes and scanners. Fax is not among them: its decoder takes damaged data for
lines, as many millions as a tag announces, and writes a message for each."""


def too_costly(image: TiffImageFile, max_pixels: int) -> str | None:
    """Why a TIFF is not decoded, by its tags alone; None for one that is.

    Args:
        image: Opened, not loaded.
        max_pixels: The limit on pixels; tiles may reach beyond the picture, but not above this.
    """
    compression = str(image.info.get("compression"))
    if compression not in COMPRESSIONS:
        return f"TIFF with the compression {compression} is not read; save it without or by LZW"
    parts, pixels = _parts(image)
    if parts > MAX_PARTS:
        return f"the TIFF has {parts:,} strips or tiles, more than the limit of {MAX_PARTS:,}"
    if pixels > max_pixels:
        return (
            f"the tiles of the TIFF have {pixels:,} pixels, more than the limit of {max_pixels:,}"
        )
    return None


def _parts(image: TiffImageFile) -> tuple[int, int]:
    """How many strips and tiles there are, at most, and the pixels of all of them together."""
    width, height = image.size
    tags = image.tag_v2
    # By the names of both layouts: which of them counts is libtiff's decision.
    listed = max(_length(tags.get(tag)) for tag in (STRIPOFFSETS, TILEOFFSETS))
    across, down = (_side(tags.get(tag)) for tag in (TILEWIDTH, TILELENGTH))
    rows = _side(tags.get(ROWSPERSTRIP)) or height
    strips = ceil(height / min(rows, height))
    if not across or not down:
        return max(listed, strips), width * height
    tiles = ceil(width / across) * ceil(height / down)
    return max(listed, strips, tiles), tiles * across * down


def _length(value: object) -> int:
    return len(value) if isinstance(value, tuple) else 0


def _side(value: object) -> int:
    """A size in pixels; 0 where there is none, or none that makes sense."""
    value = value[0] if isinstance(value, tuple) and value else value
    return max(0, int(value)) if isinstance(value, int | float) else 0
