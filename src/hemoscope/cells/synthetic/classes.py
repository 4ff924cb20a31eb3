"""The eight classes: what each may look like. Figures and forms are of stained peripheral blood.

Sizes, nucleus to cytoplasm ratios, chromatin and granules follow the usual descriptions of
May-Grünwald-Giemsa smears (B. J. Bain, "Blood Cells: A Practical Guide", chapter 3; CLSI H20-A2);
colours and their spread are set by eye. Neighbouring classes overlap on purpose: a large
lymphocyte and a small monocyte, a metamyelocyte and a monocyte, a late erythroblast and a small
lymphocyte, a poorly granulated basophil and a lymphocyte are hard to tell apart here, too.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hemoscope.cells.synthetic.morphology import (
    Chromatin,
    ColourSpan,
    Cytoplasm,
    Granules,
    Morphology,
    Nucleus,
    Span,
)

BASOPHIL = Morphology(
    diameter=Span(9.5, 13.5),
    elongation=Span(1.0, 1.2),
    waviness=Span(0.2, 0.6),
    raggedness=Span(0.05, 0.3),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((180, 138, 186), (214, 176, 200)),
        mottle=Span(0.1, 0.3),
        vacuoles=(0, 0, 0, 1, 3),
    ),
    nuclei=(
        Nucleus(
            name="segmented",
            lobes=(2, 2, 3),
            share_of_cell=Span(0.5, 0.75),
            offset=Span(0.3, 0.42),
            arc=Span(130, 220),
            bridge=Span(0.5, 0.9),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((64, 30, 118), (84, 42, 132)),
        light=ColourSpan((122, 76, 156), (150, 104, 172)),
        grain=Span(0.4, 0.65),
        contrast=Span(0.4, 0.9),
    ),
    granules=(
        Granules(
            colour=ColourSpan((44, 14, 92), (72, 26, 112)),
            diameter=Span(0.4, 0.65),
            density=Span(0.55, 0.95),
            opacity=Span(0.8, 0.98),
            over_nucleus=Span(0.6, 1.0),
        ),
    ),
)

EOSINOPHIL = Morphology(
    diameter=Span(11.5, 14.0),
    elongation=Span(1.0, 1.15),
    waviness=Span(0.15, 0.5),
    raggedness=Span(0.05, 0.2),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((204, 146, 146), (196, 148, 164)),
        mottle=Span(0.05, 0.2),
        vacuoles=(0, 0, 0, 1),
    ),
    nuclei=(
        Nucleus(
            name="bilobed",
            lobes=(2, 2, 2, 2, 2, 3),
            share_of_cell=Span(0.3, 0.42),
            offset=Span(0.42, 0.56),
            arc=Span(100, 175),
            bridge=Span(0.12, 0.4),
            elongation=Span(1.05, 1.4),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((58, 26, 116), (78, 36, 130)),
        light=ColourSpan((124, 80, 162), (152, 106, 178)),
        grain=Span(0.4, 0.65),
        contrast=Span(0.55, 1.0),
    ),
    granules=(
        Granules(
            colour=ColourSpan((182, 96, 92), (166, 86, 104)),
            diameter=Span(0.5, 0.75),
            density=Span(0.85, 1.0),
            opacity=Span(0.65, 0.95),
        ),
        Granules(
            colour=ColourSpan((150, 62, 84), (140, 62, 104)),
            diameter=Span(0.45, 0.6),
            density=Span(0.05, 0.3),
            opacity=Span(0.5, 0.9),
        ),
    ),
)

ERYTHROBLAST = Morphology(
    diameter=Span(7.2, 10.5),
    elongation=Span(1.0, 1.25),
    waviness=Span(0.2, 0.7),
    raggedness=Span(0.0, 0.1),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((150, 140, 184), (200, 168, 176)),
        mottle=Span(0.05, 0.2),
        rim=Span(0.0, 0.3),
        halo=Span(0.0, 0.2),
    ),
    nuclei=(
        Nucleus(
            name="round",
            lobes=(1,),
            share_of_cell=Span(0.3, 0.6),
            offset=Span(0.0, 0.25),
            elongation=Span(1.0, 1.12),
            waviness=Span(0.0, 0.12),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((40, 14, 92), (58, 22, 104)),
        light=ColourSpan((112, 62, 142), (140, 88, 160)),
        grain=Span(0.45, 0.75),
        contrast=Span(0.05, 1.0),
    ),
)

IG = Morphology(
    diameter=Span(12.0, 16.0),
    elongation=Span(1.0, 1.18),
    waviness=Span(0.2, 0.6),
    raggedness=Span(0.0, 0.12),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((156, 138, 182), (206, 182, 196)),
        mottle=Span(0.1, 0.25),
        rim=Span(0.0, 0.35),
        halo=Span(0.0, 0.3),
    ),
    nuclei=(
        Nucleus(
            name="promyelocyte",
            lobes=(1,),
            share_of_cell=Span(0.55, 0.75),
            offset=Span(0.1, 0.25),
            elongation=Span(1.05, 1.3),
        ),
        Nucleus(
            name="myelocyte",
            lobes=(1,),
            share_of_cell=Span(0.38, 0.58),
            offset=Span(0.2, 0.4),
            elongation=Span(1.15, 1.6),
        ),
        Nucleus(
            name="metamyelocyte",
            lobes=(1,),
            share_of_cell=Span(0.35, 0.5),
            offset=Span(0.15, 0.35),
            elongation=Span(1.3, 1.7),
            indentation=Span(0.35, 0.65),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((66, 28, 120), (92, 42, 142)),
        light=ColourSpan((130, 78, 164), (160, 108, 182)),
        grain=Span(0.35, 0.55),
        contrast=Span(0.6, 1.0),
    ),
    granules=(
        Granules(
            colour=ColourSpan((104, 30, 120), (140, 52, 138)),
            diameter=Span(0.28, 0.4),
            density=Span(0.2, 0.8),
            opacity=Span(0.4, 0.85),
            over_nucleus=Span(0.2, 0.8),
        ),
    ),
)

LYMPHOCYTE = Morphology(
    diameter=Span(7.8, 11.5),
    elongation=Span(1.0, 1.2),
    waviness=Span(0.15, 0.7),
    raggedness=Span(0.0, 0.3),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((124, 114, 174), (176, 160, 194)),
        mottle=Span(0.1, 0.3),
        rim=Span(0.1, 0.5),
        halo=Span(0.0, 0.35),
    ),
    nuclei=(
        Nucleus(
            name="round",
            lobes=(1,),
            share_of_cell=Span(0.68, 0.95),
            offset=Span(0.0, 0.18),
            elongation=Span(1.0, 1.2),
            waviness=Span(0.1, 0.3),
        ),
        Nucleus(
            name="notched",
            lobes=(1,),
            share_of_cell=Span(0.62, 0.88),
            offset=Span(0.0, 0.15),
            elongation=Span(1.0, 1.2),
            indentation=Span(0.1, 0.25),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((58, 20, 110), (80, 34, 134)),
        light=ColourSpan((112, 64, 152), (136, 86, 168)),
        grain=Span(0.5, 0.9),
        contrast=Span(0.45, 1.0),
    ),
)

MONOCYTE = Morphology(
    diameter=Span(12.5, 16.5),
    elongation=Span(1.0, 1.3),
    waviness=Span(0.4, 1.2),
    raggedness=Span(0.0, 0.25),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((152, 134, 176), (190, 168, 192)),
        mottle=Span(0.15, 0.35),
        rim=Span(0.0, 0.3),
        vacuoles=(0, 0, 1, 3, 5, 8),
    ),
    nuclei=(
        Nucleus(
            name="kidney",
            lobes=(1,),
            share_of_cell=Span(0.42, 0.6),
            offset=Span(0.05, 0.2),
            elongation=Span(1.25, 1.8),
            indentation=Span(0.4, 0.75),
            waviness=Span(0.25, 0.65),
        ),
        Nucleus(
            name="folded",
            lobes=(2, 3),
            share_of_cell=Span(0.45, 0.6),
            offset=Span(0.28, 0.4),
            arc=Span(110, 220),
            bridge=Span(0.7, 0.95),
            waviness=Span(0.25, 0.65),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((84, 40, 132), (108, 54, 148)),
        light=ColourSpan((144, 94, 166), (170, 118, 182)),
        grain=Span(0.3, 0.45),
        contrast=Span(0.6, 1.0),
    ),
    granules=(
        Granules(
            colour=ColourSpan((134, 72, 140), (150, 92, 160)),
            diameter=Span(0.22, 0.32),
            density=Span(0.1, 0.45),
            opacity=Span(0.2, 0.6),
        ),
    ),
)

NEUTROPHIL = Morphology(
    diameter=Span(11.0, 14.0),
    elongation=Span(1.0, 1.2),
    waviness=Span(0.15, 0.5),
    raggedness=Span(0.0, 0.12),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((218, 184, 190), (196, 172, 204)),
        mottle=Span(0.1, 0.25),
    ),
    nuclei=(
        *(
            Nucleus(
                name="segmented",
                lobes=(2, 3, 3, 3, 4, 4, 5),
                share_of_cell=Span(0.2, 0.33),
                offset=Span(0.46, 0.6),
                arc=Span(190, 290),
                bridge=Span(0.12, 0.35),
                elongation=Span(1.0, 1.35),
            ),
        )
        * 4,
        Nucleus(
            name="band",
            lobes=(1,),
            share_of_cell=Span(0.24, 0.36),
            offset=Span(0.36, 0.5),
            arc=Span(150, 250),
        ),
    ),
    chromatin=Chromatin(
        dark=ColourSpan((50, 20, 106), (76, 34, 132)),
        light=ColourSpan((118, 72, 154), (150, 104, 174)),
        grain=Span(0.4, 0.65),
        contrast=Span(0.45, 1.0),
    ),
    granules=(
        Granules(
            colour=ColourSpan((176, 92, 150), (158, 84, 160)),
            diameter=Span(0.22, 0.34),
            density=Span(0.25, 0.75),
            opacity=Span(0.25, 0.7),
        ),
    ),
)

PLATELET = Morphology(
    diameter=Span(3.2, 6.2),
    elongation=Span(1.0, 1.35),
    waviness=Span(0.15, 0.5),
    raggedness=Span(0.15, 0.6),
    cytoplasm=Cytoplasm(
        colour=ColourSpan((172, 142, 192), (200, 170, 200)),
        mottle=Span(0.25, 0.5),
        rim=Span(-0.5, 0.0),
    ),
    nuclei=(),
    chromatin=None,
    granules=(
        Granules(
            colour=ColourSpan((88, 36, 126), (130, 60, 150)),
            diameter=Span(0.26, 0.4),
            density=Span(0.45, 0.95),
            opacity=Span(0.45, 0.85),
        ),
    ),
)

MORPHOLOGIES: Mapping[str, Morphology] = MappingProxyType(
    {
        "basophil": BASOPHIL,
        "eosinophil": EOSINOPHIL,
        "erythroblast": ERYTHROBLAST,
        "ig": IG,
        "lymphocyte": LYMPHOCYTE,
        "monocyte": MONOCYTE,
        "neutrophil": NEUTROPHIL,
        "platelet": PLATELET,
    }
)
"""Every class that can be drawn; `ig` is the immature granulocyte, as in PBC."""
