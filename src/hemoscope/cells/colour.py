"""How each kind of pixel becomes 8-bit RGB.

| pixels (Pillow's mode) | become RGB by |
|---|---|
| 1, L: black and white, grey | the same value in the three channels |
| RGB, YCbCr, P (palette) | the colours that they name |
| with transparency (LA, PA, RGBA, a transparent colour) | lying on white: in a bright-field picture, glass without a cell is white, so what was cut away looks like an empty field |
| CMYK | Pillow's plain conversion, without colour profile |
| I;16: 16-bit grey | value // 256: the full range of the type, 65,535 being white |
| 16-bit RGB | the same; Pillow does it while reading |
| I;16 with a transparent colour | as without it: Pillow's way to transparency would make every value from 255 up white |
| I, F (32 bits), LAB, others | refused |

16 bits are scaled by the range of the type and never by the range of the picture, or the same
cell would change its brightness with its neighbours. 12-bit values stored in 16 bits therefore
come out dark: let the microscope's software scale them when it exports. 32-bit pixels have no
agreed white, so any scaling would be a guess.
"""  # noqa: E501 (a table row cannot be broken)

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image


class UnsupportedColourError(ValueError):
    """A kind of pixel that has no agreed way to RGB; internal to decoding."""


def to_rgb(image: Image.Image) -> Image.Image:
    """The image in mode RGB, by the table above.

    Raises:
        UnsupportedColourError: The kind of pixel is refused.
    """
    if image.mode not in _CONVERSIONS:
        raise UnsupportedColourError(
            f"pixels of the kind {image.mode!r} cannot be shown as RGB without guessing; "
            "export the image with 8 bits per channel"
        )
    convert = _CONVERSIONS[image.mode]
    if convert is not _high_byte and image.has_transparency_data:
        return _on_white(image)
    return convert(image)


def _plain(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, rgba).convert("RGB")


def _high_byte(image: Image.Image) -> Image.Image:
    values = np.asarray(image) >> 8
    return Image.fromarray(values.astype(np.uint8)).convert("RGB")


_CONVERSIONS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "1": _plain,
    "L": _plain,
    "P": _plain,
    "RGB": _plain,
    "YCbCr": _plain,
    "CMYK": _plain,
    "LA": _on_white,
    "PA": _on_white,
    "RGBA": _on_white,
    "I;16": _high_byte,
    "I;16L": _high_byte,
    "I;16B": _high_byte,
}
