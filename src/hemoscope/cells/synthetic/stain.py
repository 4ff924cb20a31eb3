"""Light and stain: from optical densities to a photograph.

Everything on the smear is painted as optical density, d = -ln(colour / light) per channel
(Beer-Lambert law). Then a stronger stain multiplies densities, red cells that overlap add theirs,
and another lamp is another light, with no colour drawn twice. Densities are held channel first,
(3, h, w), which is twice as fast to paint.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hemoscope.cells.synthetic.morphology import ColourSpan, Rgb, Span
from hemoscope.cells.synthetic.shapes import Floats

REFERENCE_LIGHT: Rgb = (254, 229, 203)
"""The empty field of the reference smear: the pale yellow of the May-Grünwald-Giemsa stain."""

FRAME_UM = 31.0
"""Side of a picture in micrometres: a red cell of 7 µm then spans 23 % of it, as in PBC."""


def density_of(colour: Rgb) -> Floats:
    """(3, 1, 1) optical density of an RGB colour on the reference smear."""
    light = np.asarray(REFERENCE_LIGHT, np.float32)
    return -np.log(np.maximum(np.asarray(colour, np.float32), 1.0) / light)[:, None, None]


def draw_colour(span: ColourSpan, rng: np.random.Generator) -> Floats:
    """(3, 1, 1) optical density of one colour of the span."""
    first, last = density_of(span.first), density_of(span.last)
    return first + np.float32(rng.uniform()) * (last - first)


_REFERENCE = -density_of((1, 1, 1))
"""-ln of the reference light itself: what turns a density back into grey levels."""


@dataclass(frozen=True)
class Stain:
    """How one smear was stained and photographed, or may be.

    Attributes:
        name: What this kind of smear is called in the manifest.
        light: Colour of the empty field.
        strength: Factor on every optical density.
        hue: Further factor on red and blue against each other, 1 for none.
        tilt: How much the light falls off across the field, 0 … 1.
        blur: Standard deviation of the focus blur, in micrometres.
        noise: Standard deviation of the sensor noise (of brightness), in grey levels.
    """

    name: str
    light: ColourSpan
    strength: Span
    hue: Span
    tilt: Span
    blur: Span
    noise: Span


WARM = Stain(
    name="warm",
    light=ColourSpan((250, 223, 194), (255, 234, 210)),
    strength=Span(0.85, 1.12),
    hue=Span(0.94, 1.06),
    tilt=Span(0.0, 0.03),
    blur=Span(0.02, 0.11),
    noise=Span(0.8, 2.0),
)
COOL = Stain(
    name="cool",
    light=ColourSpan((222, 222, 240), (240, 234, 243)),
    strength=Span(0.75, 1.05),
    hue=Span(0.84, 0.94),
    tilt=Span(0.0, 0.05),
    blur=Span(0.06, 0.18),
    noise=Span(1.0, 2.4),
)
STAINS: tuple[Stain, ...] = (WARM,) * 9 + (COOL,)
"""One is chosen evenly: about one picture in ten comes from the other laboratory."""


def photograph(density: Floats, stain: Stain, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What the camera sees of a smear.

    Args:
        density: (3, size, size) optical densities.
        stain: How the smear was stained and photographed.
        rng: Where the varying numbers come from.

    Returns:
        (size, size, 3) RGB.
    """
    size = density.shape[-1]
    light = draw_colour(stain.light, rng) + _REFERENCE
    hue = stain.hue.draw(rng)
    strength = stain.strength.draw(rng) * np.asarray([[[hue]], [[1.0]], [[1.0 / hue]]], np.float32)
    slope, angle = stain.tilt.draw(rng), rng.uniform(0.0, 2.0 * np.pi)
    blur = stain.blur.draw(rng) * size / FRAME_UM
    noise = np.float32(stain.noise.draw(rng))
    image = np.exp(-(light + density * strength))
    image *= _field(size, slope, angle)
    image = ndimage.gaussian_filter(image, sigma=(0.0, blur, blur), truncate=3.0)
    # Adding one half rounds; the noise is the same in all channels, as of brightness.
    image += rng.standard_normal((size, size), dtype=np.float32) * noise + np.float32(0.5)
    pixels = np.clip(image, 0.0, 255.0, out=image).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(pixels, 0, -1))


def _field(size: int, slope: float, angle: float) -> Floats:
    """(size, size) brightness of a field whose light falls off to one side by `slope`."""
    line = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    across = line[None, :] * np.float32(np.cos(angle)) + line[:, None] * np.float32(np.sin(angle))
    return np.float32(1.0) + np.float32(slope) * across
