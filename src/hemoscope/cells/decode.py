"""The bytes of an image file → upright RGB pixels, or an error that says what is wrong.

JPEG, PNG, WebP, BMP and TIFF are read, whatever the file is called; of a file with several
frames or pages the first one. EXIF orientation is applied. Embedded colour profiles are not:
training sets carry none, so applying them would move colours away from what models have seen.
How each kind of pixel becomes 8-bit RGB stands in `colour.py`.
"""

import io
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from hemoscope.cells.colour import UnsupportedColourError, to_rgb
from hemoscope.cells.tiff import too_costly
from hemoscope.errors import HemoscopeError

MAX_PIXELS = 2**26
"""67 million, such as 8192 x 8192: far above any cell, far below what exhausts a machine."""

MAX_SCANS = 100
"""Of a JPEG. A progressive one has about ten; each walks over the whole picture, so that thousands
of empty ones in a small file keep a processor busy for minutes."""

_START_OF_SCAN = b"\xff\xda"  # cannot occur within the compressed data of a scan

# Opening through the class of the format, and not through `Image.open`, leaves the check of the
# size to this module alone: Pillow's own check warns through global state at a limit of its own.
_FORMATS: Sequence[tuple[str, re.Pattern[bytes], Callable[[io.BytesIO], ImageFile]]] = (
    ("JPEG", re.compile(rb"\xff\xd8\xff"), JpegImageFile),
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n"), PngImageFile),
    ("WebP", re.compile(rb"RIFF.{4}WEBP", re.DOTALL), WebPImageFile),
    ("BMP", re.compile(rb"BM"), BmpImageFile),
    ("TIFF", re.compile(rb"II[*+]\0|MM\0[*+]"), TiffImageFile),
)
_CUT_SHORT = re.compile(r"truncat|end of file|unexpected end", re.IGNORECASE)


class UnreadableImageError(HemoscopeError):
    """An image that cannot be turned into pixels. `cause` says why, in words.

    Attributes:
        cause: What is wrong, without the path.
        path: Which file, where it is known.
    """

    def __init__(self, cause: str, path: str | None = None) -> None:
        super().__init__(f"{path}: {cause}." if path else f"the image cannot be read: {cause}.")
        self.cause = cause
        self.path = path


@dataclass(frozen=True)
class ImageHeader:
    """What a file says of itself before it is decoded.

    Attributes:
        format: "JPEG", "PNG", "WebP", "BMP" or "TIFF", by content.
        mode: Pillow's name of the kind of pixel, such as "RGB", "L" or "I;16".
        width: Pixels across, as stored (before EXIF orientation).
        height: Pixels down, as stored.
    """

    format: str
    mode: str
    width: int
    height: int


def decode_image(
    data: bytes, *, max_pixels: int = MAX_PIXELS, for_size: int | None = None
) -> NDArray[np.uint8]:
    """Decodes an image file.

    Args:
        data: The whole content of the file.
        max_pixels: Files whose header announces more are refused before they are decoded.
        for_size: The side of the square that the image will be fitted to. Large JPEGs are then
            decoded at a half, a quarter or an eighth of their size, never below twice `for_size`.

    Returns:
        (h, w, 3) RGB in 0 … 255, upright.

    Raises:
        UnreadableImageError: Whatever is wrong with the file, this and no other error.
    """
    return decode_with_header(data, max_pixels=max_pixels, for_size=for_size)[0]


def decode_with_header(
    data: bytes, *, max_pixels: int = MAX_PIXELS, for_size: int | None = None
) -> tuple[NDArray[np.uint8], ImageHeader]:
    """As `decode_image`, and what the file's header said."""
    name, reader = _recognise(data)
    if name == "JPEG":
        _check_scans(data)
    try:
        image = reader(io.BytesIO(data))
        header = ImageHeader(name, image.mode, *image.size)
        _check_size(header, max_pixels)
        if isinstance(image, TiffImageFile) and (cause := too_costly(image, max_pixels)):
            raise UnreadableImageError(cause)
        if for_size is not None:
            image.draft(None, (2 * for_size, 2 * for_size))
        image.load()
        return np.array(to_rgb(_upright(image))), header
    except UnreadableImageError:
        raise
    except UnsupportedColourError as error:
        raise UnreadableImageError(str(error)) from error
    except Exception as error:
        # On damaged data Pillow raises almost anything: SyntaxError, struct.error, KeyError,
        # OverflowError, zlib.error… Each means the same here.
        raise UnreadableImageError(_cause(name, data, error)) from error


def _recognise(data: bytes) -> tuple[str, Callable[[io.BytesIO], ImageFile]]:
    if not data:
        raise UnreadableImageError("the file is empty (0 bytes)")
    for name, signature, reader in _FORMATS:
        if signature.match(data):
            return name, reader
    known = ", ".join(name for name, _, _ in _FORMATS)
    raise UnreadableImageError(f"the content is no image of a kind that is read ({known})")


def _check_size(header: ImageHeader, max_pixels: int) -> None:
    if header.width * header.height > max_pixels:
        raise UnreadableImageError(
            f"{header.width} x {header.height} pixels are more than the limit of {max_pixels:,}; "
            "cut single cells out of it first"
        )


def _check_scans(data: bytes) -> None:
    scans = data.count(_START_OF_SCAN)
    if scans > MAX_SCANS:
        raise UnreadableImageError(
            f"the JPEG has {scans:,} scans, more than the limit of {MAX_SCANS}; save it again"
        )


def _upright(image: ImageFile) -> ImageFile:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception:  # a damaged EXIF block says nothing; the picture itself is whole
        return image
    return image


def _cause(name: str, data: bytes, error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"there is not enough memory to decode this {name} file"
    if _CUT_SHORT.search(str(error)) or _webp_is_short(data):
        return "the file ends in the middle of the image (truncated)"
    return f"the {name} data are damaged ({_in_one_line(error)})"


def _webp_is_short(data: bytes) -> bool:
    """Whether a WebP file holds less than its header announces: its decoder does not tell."""
    if data[:4] != b"RIFF" or len(data) < 8:
        return False
    return len(data) < struct.unpack("<I", data[4:8])[0] + 8


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
