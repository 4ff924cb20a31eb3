"""One cell on the smear: cytoplasm, vacuoles, granules, nucleus."""

from dataclasses import dataclass

import numpy as np

from hemoscope.cells.synthetic.morphology import Chromatin, Cytoplasm, Granules, Morphology
from hemoscope.cells.synthetic.nucleus import NucleusOutline, draw_nucleus
from hemoscope.cells.synthetic.shapes import Floats, Window, coverage, ellipse, paint
from hemoscope.cells.synthetic.stain import draw_colour
from hemoscope.cells.synthetic.texture import smooth_noise, spots

FAR = np.float32(1e3)


@dataclass(frozen=True, eq=False)
class Body:
    """A cell that was drawn into a window.

    Attributes:
        nucleus: Its outline; None for a platelet.
        cell_alpha: (h, w) how much of a pixel lies in the cell, 0 … 1.
        nucleus_alpha: (h, w) the same for the nucleus; all 0 for a platelet.
    """

    nucleus: NucleusOutline | None
    cell_alpha: Floats
    nucleus_alpha: Floats


def reach_of(diameter: float) -> float:
    """How far from its centre a cell of that diameter may stretch, in micrometres."""
    return 0.6 * diameter + 1.2


def draw_body(
    window: Window, morphology: Morphology, diameter: float, rng: np.random.Generator
) -> Body:
    """Paint one cell of the given diameter (micrometres) around the centre of the window."""
    edge = max(window.pixel, 0.15)
    outline = _outline(window, morphology, diameter / 2, rng)
    nucleus = _choose_nucleus(window, morphology, diameter / 2, rng)
    inner = np.full_like(outline, FAR) if nucleus is None else nucleus.distance
    # The membrane gives way to the nucleus: a nucleus never lies bare beside its cell.
    outline = np.minimum(outline, inner - np.float32(0.3))
    cell, core = coverage(outline, edge), coverage(inner, edge)
    _paint_cytoplasm(window, morphology.cytoplasm, (outline, inner), cell, rng)
    if morphology.chromatin is not None:
        _paint_chromatin(window, morphology.chromatin, inner, core, rng)
    for granules in morphology.granules:
        _paint_granules(window, granules, (cell, core), diameter, rng)
    _paint_vacuoles(window, morphology.cytoplasm, diameter / 2, cell * (1 - core), rng)
    return Body(nucleus, cell, core)


def _outline(
    window: Window, morphology: Morphology, radius: float, rng: np.random.Generator
) -> Floats:
    elongation = morphology.elongation.draw(rng)
    distance = ellipse(window, (0.0, 0.0), radius, elongation, rng.uniform(0.0, np.pi))
    waves = smooth_noise(window, 0.8 * radius, 2.0 * radius, rng) * np.float32(
        morphology.waviness.draw(rng)
    )
    rags = smooth_noise(window, 0.55, 2.0 * radius, rng) * np.float32(
        morphology.raggedness.draw(rng)
    )
    return distance + waves + rags


def _choose_nucleus(
    window: Window, morphology: Morphology, radius: float, rng: np.random.Generator
) -> NucleusOutline | None:
    if not morphology.nuclei:
        return None
    form = morphology.nuclei[int(rng.integers(len(morphology.nuclei)))]
    return draw_nucleus(window, form, radius, rng)


def _paint_cytoplasm(
    window: Window,
    cytoplasm: Cytoplasm,
    distances: tuple[Floats, Floats],
    alpha: Floats,
    rng: np.random.Generator,
) -> None:
    """Colour by depth: darker at the cell's edge, paler beside the nucleus."""
    outline, inner = distances
    mottle = np.float32(cytoplasm.mottle.draw(rng))
    reach = window.reach
    texture = smooth_noise(window, 0.3, reach, rng) + smooth_noise(window, 1.8, reach, rng)
    rim = np.exp(np.minimum(outline, 0.0)) * np.float32(cytoplasm.rim.draw(rng))
    halo = np.exp(-np.maximum(inner, 0.0)) * np.float32(cytoplasm.halo.draw(rng))
    depth = np.clip(1 + mottle * texture + rim - halo, 0.05, 2.5)
    paint(window, alpha, draw_colour(cytoplasm.colour, rng) * depth)


def _paint_vacuoles(
    window: Window, cytoplasm: Cytoplasm, radius: float, alpha: Floats, rng: np.random.Generator
) -> None:
    """Round clear holes, anywhere in the cytoplasm."""
    for _ in range(int(rng.choice(cytoplasm.vacuoles))):
        distance, angle = radius * np.sqrt(rng.uniform(0.2, 0.8)), rng.uniform(0.0, 2.0 * np.pi)
        centre = (float(distance * np.cos(angle)), float(distance * np.sin(angle)))
        hole = coverage(ellipse(window, centre, rng.uniform(0.3, 0.9)), 0.3) * alpha
        window.density[:] *= 1 - np.float32(0.75) * hole


def _paint_chromatin(
    window: Window, chromatin: Chromatin, inner: Floats, alpha: Floats, rng: np.random.Generator
) -> None:
    """Clumps and the clearer ground between them; darkest along the membrane."""
    grain, contrast = chromatin.grain.draw(rng), chromatin.contrast.draw(rng)
    reach = window.reach
    texture = smooth_noise(window, grain, reach, rng)
    texture += np.float32(0.8) * smooth_noise(window, 0.5 * grain, reach, rng)
    clear = np.clip(np.float32(0.25) + texture, 0.0, 1.3) * np.clip(-inner / 0.6, 0.0, 1.0)
    dark, light = draw_colour(chromatin.dark, rng), draw_colour(chromatin.light, rng)
    paint(window, alpha, dark + np.float32(contrast) * clear * (light - dark))


def _paint_granules(
    window: Window,
    granules: Granules,
    alphas: tuple[Floats, Floats],
    diameter: float,
    rng: np.random.Generator,
) -> None:
    """Granules in the cytoplasm and, as strongly as the class has it, over the nucleus."""
    cell, core = alphas
    size, density = granules.diameter.draw(rng), granules.density.draw(rng)
    seen = cell * (1 - core * np.float32(1 - granules.over_nucleus.draw(rng)))
    grains = spots(window, size, density, 0.75 * diameter, rng)
    strength = np.float32(granules.opacity.draw(rng))
    paint(window, grains * seen * strength, draw_colour(granules.colour, rng))
