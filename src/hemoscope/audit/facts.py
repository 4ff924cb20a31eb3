"""What can be said of one image file without knowing what the cell is.

None of these facts should tell the class of a cell; the checks on shortcuts, second batches, file
quality and drift all start from them.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from hemoscope.cells.decode import ImageHeader

BORDER = 0.04  # the width of the frame's border, as a share of the frame
BACKGROUND_SHARE = 0.15  # the brightest share of the pixels stands for the bare glass


@dataclass(frozen=True)
class Facts:
    """Of one file. Colours are means in 0 … 255 of the image at the working size.

    Attributes:
        bytes: Size of the file.
        format: "JPEG", "PNG", …, by content; "array" for a cell of an array file.
        width: Pixels across, as stored.
        height: Pixels down, as stored.
        tables: Short digest of the JPEG quantisation tables; "" where there are none.
        comment: Short digest of the comment and the names of the metadata blocks; "" without any.
        background_red: Red of the brightest 15 % of pixels (median).
        background_green: Green, likewise.
        background_blue: Blue, likewise.
        border_red: Mean red of the outermost 4 % of the frame.
        border_green: Green, likewise.
        border_blue: Blue, likewise.
        red: Mean red.
        green: Mean green.
        blue: Mean blue.
        contrast: Standard deviation of the grey values.
        colour: Mean over pixels of the largest minus the smallest channel.
        saturated: Share of pixels with every channel at 0 … 1 or every channel at 254 … 255.
        sharpness: Variance of the Laplacian over the variance of the grey values.
    """

    bytes: int
    format: str
    width: int
    height: int
    tables: str
    comment: str
    background_red: float
    background_green: float
    background_blue: float
    border_red: float
    border_green: float
    border_blue: float
    red: float
    green: float
    blue: float
    contrast: float
    colour: float
    saturated: float
    sharpness: float


def facts_of(
    data: bytes | NDArray[np.uint8], header: ImageHeader, image: NDArray[np.uint8]
) -> Facts:
    """Gathers the facts.

    Args:
        data: The file, or the pixels of an array file.
        header: What the file says of itself.
        image: (s, s, 3) the picture at the working size.
    """
    tables, comment = _jpeg(data) if isinstance(data, bytes) else ("", "")
    return Facts(
        bytes=len(data) if isinstance(data, bytes) else data.nbytes,
        format=header.format,
        width=header.width,
        height=header.height,
        tables=tables,
        comment=comment,
        **_colours(image[::2, ::2]),  # a quarter of the pixels tells the same, at a quarter's cost
        **_quality(image),
    )


def grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) luma (ITU-R BT.601) of an RGB image."""
    return np.asarray(Image.fromarray(image).convert("L"))


def _jpeg(data: bytes) -> tuple[str, str]:
    if not data.startswith(b"\xff\xd8\xff"):
        return "", ""
    with JpegImageFile(io.BytesIO(data)) as image:
        tables = repr(sorted(image.quantization.items()))
        comment = repr((image.info.get("comment"), [name for name, _ in image.applist]))
    return _short(tables), _short(comment)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _colours(image: NDArray[np.uint8]) -> dict[str, float]:
    pixels = np.ascontiguousarray(image).reshape(-1, 3)
    brightness = pixels.sum(axis=1, dtype=np.int32)
    count = max(1, round(len(pixels) * BACKGROUND_SHARE))
    brightest = pixels[np.argpartition(brightness, -count)[-count:]]
    return {
        **_named("background_", np.median(brightest, axis=0)),
        **_named("border_", _border(image).mean(axis=0)),
        **_named("", pixels.mean(axis=0)),
    }


def _named(prefix: str, colour: NDArray[np.floating]) -> dict[str, float]:
    names = (f"{prefix}red", f"{prefix}green", f"{prefix}blue")
    return dict(zip(names, colour.tolist(), strict=True))


def _border(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(k, 3) the pixels of the frame's rim."""
    width = max(1, round(BORDER * min(image.shape[:2])))
    sides = (
        image[:width],
        image[-width:],
        image[width:-width, :width],
        image[width:-width, -width:],
    )
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def _quality(image: NDArray[np.uint8]) -> dict[str, float]:
    luma = grey(image).astype(np.float32)
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner
    some = image[::2, ::2].transpose(2, 0, 1)
    low, high = some.min(axis=0), some.max(axis=0)
    return {
        "contrast": float(luma.std()),
        "colour": float((high - low).mean()),
        "saturated": float(((high <= 1) | (low >= 254)).mean()),
        "sharpness": float(laplacian.var() / max(float(luma.var()), 1e-6)),
    }
