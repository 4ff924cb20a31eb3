"""`Frame`: how an image of any size becomes the square that a model sees."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells.fit import fit_to
from hemoscope.cells.framing.background import background_colour, white_balance
from hemoscope.cells.framing.nucleus import find_nucleus
from hemoscope.cells.framing.window import Window
from hemoscope.errors import UsageError

Framing = Literal["whole", "centre", "cell"]
FRAMINGS: tuple[Framing, ...] = get_args(Framing)

_THUMBNAIL = 96  # pixels; the nucleus is looked for in this
_NUCLEI = 2.5  # sides of the window in diameters of the nucleus: room for any cytoplasm
_SMALLEST, _LARGEST = 0.25, 1.5  # sides of the window in sides of the image
_CENTRE = 2 / 3  # the same, of framing "centre"

# Part of the name of cached pixels: raise it when a framing gives other pixels than before.
_VERSIONS = {"centre": "centre-v1", "cell": "cell-v1"}


@dataclass(frozen=True)
class Frame:
    """What a model sees of an image.

    Attributes:
        size: Side of the square in pixels, at least 1.
        framing: "whole": the whole image, brought to a square. "centre": the middle two thirds of
            it, for sets whose pictures are centred on their cell and all of one scale; sizes and
            colours stay what they are. "cell": a window centred on the nucleus, 2.5 times as wide
            as that, and brought to the same white; so that cells have one size and one background
            whatever microscope they come from. Where nothing is stained like a nucleus the whole
            image is seen.
        margin: By how much more than its frame is shown, as a factor; such as 1.5, to vary framing
            while training. `size` covers the margin as well. 1 for "whole".
    """

    size: int
    framing: Framing = "whole"
    margin: float = 1.0

    def __post_init__(self) -> None:
        if self.framing not in FRAMINGS:
            raise UsageError(
                f"there is no framing {self.framing!r}. Choose from: {', '.join(FRAMINGS)}."
            )
        if self.framing == "whole" and self.margin != 1:
            raise UsageError("there is nothing to show around the whole image: margin must be 1.")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the pixels: (size, size, 3)."""
        return (self.size, self.size, 3)

    @property
    def key(self) -> str:
        """A name under which pixels of this frame are kept, whatever their size; "" for whole."""
        if self.framing == "whole":
            return ""
        return f"{_VERSIONS[self.framing]}-margin-{self.margin:g}"

    @property
    def decoded_for(self) -> int:
        """Images need not be decoded larger than twice this many pixels a side."""
        if self.framing == "whole":
            return self.size
        return round(self.size / (_CENTRE if self.framing == "centre" else _SMALLEST))

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The square.

        Args:
            image: (h, w, 3) RGB in 0 … 255.

        Returns:
            (size, size, 3).
        """
        if self.framing == "whole":
            return fit_to(image, self.size)
        return self._centre(image) if self.framing == "centre" else self._cell(image)

    def window(self, image: NDArray[np.uint8]) -> Window:
        """The square of the image that is shown where it is not the whole, margin included."""
        if self.framing == "centre":
            return Window.whole(image).grown(_CENTRE * self.margin)
        thumbnail = _thumbnail(image)
        around = _around_nucleus(image, thumbnail, background_colour(thumbnail))
        return around.grown(self.margin)

    def _centre(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        window = self.window(image)
        # Looking for the colour of the glass takes as long as the cut; mostly none of it is needed.
        beyond = background_colour(_thumbnail(image)) if window.beyond(image) else np.zeros(3)
        return window.cut(image, self.size, beyond.astype(np.uint8))

    def _cell(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        thumbnail = _thumbnail(image)
        background = background_colour(thumbnail)
        window = _around_nucleus(image, thumbnail, background).grown(self.margin)
        seen = window.cut(image, self.size, background.astype(np.uint8))
        return _balanced(seen, white_balance(background))


def as_frame(frame: Frame | int) -> Frame:
    """A frame, or for a number the whole image at that size."""
    return Frame(frame) if isinstance(frame, int) else frame


def _balanced(image: NDArray[np.uint8], gains: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The image times the gains, rounded."""
    return np.minimum(image * gains + np.float32(0.5), 255).astype(np.uint8)


def _thumbnail(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = image.shape[:2]
    scale = min(1.0, _THUMBNAIL / max(height, width))
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = Image.fromarray(image).resize(shape, Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small, dtype=np.float32)


def _around_nucleus(
    image: NDArray[np.uint8], thumbnail: NDArray[np.float32], background: NDArray[np.float32]
) -> Window:
    nucleus = find_nucleus(thumbnail, background)
    longest = max(image.shape[:2])
    if nucleus is None:
        return Window.whole(image)
    scale = longest / max(thumbnail.shape[:2])
    wanted = 2 * _NUCLEI * nucleus.radius * scale
    side = float(np.clip(wanted, _SMALLEST * longest, _LARGEST * longest))
    return Window(nucleus.x * scale, nucleus.y * scale, side)
