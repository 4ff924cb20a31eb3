"""The cell types of the PBC set as a tree, down to the subtypes in its file names.

The lineages follow the usual order of haematopoiesis: promyelocyte, myelocyte and metamyelocyte
are stages of the granulocyte, which PBC calls "ig" together; a band is a younger neutrophil.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hemoscope.evaluation.hierarchy.tree import Hierarchy

PBC = Hierarchy(
    name="pbc",
    parents=MappingProxyType(
        {
            "leukocyte": "cell",
            "erythroblast": "cell",
            "platelet": "cell",
            "granulocyte": "leukocyte",
            "mononuclear": "leukocyte",
            "neutrophil": "granulocyte",
            "eosinophil": "granulocyte",
            "basophil": "granulocyte",
            "ig": "granulocyte",
            "lymphocyte": "mononuclear",
            "monocyte": "mononuclear",
            "band_neutrophil": "neutrophil",
            "segmented_neutrophil": "neutrophil",
            "promyelocyte": "ig",
            "myelocyte": "ig",
            "metamyelocyte": "ig",
        }
    ),
    levels=("lineage", "family", "class", "subtype"),
)

HIERARCHIES: Mapping[str, Hierarchy] = MappingProxyType({PBC.name: PBC})

PBC_SUBTYPES: Mapping[str, str] = MappingProxyType(
    {
        "BA": "basophil",
        "BNE": "band_neutrophil",
        "EO": "eosinophil",
        "ERB": "erythroblast",
        "IG": "ig",
        "LY": "lymphocyte",
        "MMY": "metamyelocyte",
        "MO": "monocyte",
        "MY": "myelocyte",
        "NEUTROPHIL": "neutrophil",
        "PLATELET": "platelet",
        "PMY": "promyelocyte",
        "SNE": "segmented_neutrophil",
    }
)
"""The prefix of a PBC file name to its node. IG and NEUTROPHIL name a class without a subtype."""
