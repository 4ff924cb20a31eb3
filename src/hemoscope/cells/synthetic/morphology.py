"""What a class of cells may look like, in the terms of a haematologist.

Lengths are in micrometres, colours are RGB as seen on the reference smear (`stain`). Whatever
varies from cell to cell is a `Span` or a `ColourSpan`, and is drawn evenly between its two ends.
"""

from dataclasses import dataclass

import numpy as np

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Span:
    """A number that varies evenly between two ends."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """One number of the span."""
        return float(rng.uniform(self.low, self.high))


NONE = Span(0.0, 0.0)


@dataclass(frozen=True)
class ColourSpan:
    """A colour that varies along the line between two colours (RGB, 0 … 255)."""

    first: Rgb
    last: Rgb


@dataclass(frozen=True)
class Nucleus:
    """One form that the nucleus of a class may take.

    Attributes:
        name: The haematologist's name for it, such as "band".
        lobes: Numbers of lobes, one chosen evenly: a repeated number is likelier.
        share_of_cell: Area of the nucleus over area of the cell.
        offset: Distance of the lobes (of the middle of a band) from the centre of the cell, over
            the radius of the cell; for a round nucleus its eccentricity.
        arc: Degrees of the circle around the cell's centre over which the lobes, or the ends of
            a band, spread; 0 for a nucleus in one piece.
        bridge: Width of what joins the lobes over the width of a lobe: 0.1 is a filament.
        elongation: Long over short axis of a lobe.
        indentation: Depth of the notch over the radius of the nucleus: 0 round, 0.7 a kidney.
        waviness: Irregularity of the outline, in micrometres.
    """

    name: str
    lobes: tuple[int, ...]
    share_of_cell: Span
    offset: Span
    arc: Span = NONE
    bridge: Span = NONE
    elongation: Span = Span(1.0, 1.15)
    indentation: Span = NONE
    waviness: Span = Span(0.1, 0.3)


@dataclass(frozen=True)
class Chromatin:
    """The texture of the nucleus.

    Attributes:
        dark: Heterochromatin.
        light: Euchromatin, between the clumps.
        grain: Size of a clump, in micrometres.
        contrast: 0 all dark (pyknotic) … 1 all of the way from dark to light.
    """

    dark: ColourSpan
    light: ColourSpan
    grain: Span
    contrast: Span


@dataclass(frozen=True)
class Granules:
    """One kind of granule.

    Attributes:
        colour: Its colour.
        diameter: In micrometres.
        density: How many of the places where a granule could lie hold one, 0 … 1.
        opacity: How much it hides what lies beneath, 0 … 1.
        over_nucleus: How strongly granules are seen over the nucleus, 0 (not) … 1.
    """

    colour: ColourSpan
    diameter: Span
    density: Span
    opacity: Span
    over_nucleus: Span = NONE


@dataclass(frozen=True)
class Cytoplasm:
    """What lies around the nucleus.

    Attributes:
        colour: Its colour.
        mottle: Unevenness of its colour, 0 … 1.
        rim: How much darker its edge is (basophilic rim), -1 … 1; below 0 it is paler.
        halo: How much paler it is beside the nucleus (perinuclear clearing), 0 … 1.
        vacuoles: Numbers of vacuoles, one chosen evenly.
    """

    colour: ColourSpan
    mottle: Span
    rim: Span = NONE
    halo: Span = NONE
    vacuoles: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Morphology:
    """What a class of cells may look like.

    Attributes:
        diameter: Of the cell on the smear, in micrometres.
        elongation: Long over short axis of the cell.
        waviness: Irregularity of its outline at the scale of the cell, in micrometres.
        raggedness: The same at the scale of blebs and hairs, in micrometres.
        cytoplasm: What lies around the nucleus.
        nuclei: The forms of the nucleus, one chosen evenly (a repeated form is likelier); none
            for platelets.
        chromatin: The texture of the nucleus; None for platelets.
        granules: The kinds of granules, drawn one after another.
    """

    diameter: Span
    elongation: Span
    waviness: Span
    raggedness: Span
    cytoplasm: Cytoplasm
    nuclei: tuple[Nucleus, ...]
    chromatin: Chromatin | None
    granules: tuple[Granules, ...] = ()
