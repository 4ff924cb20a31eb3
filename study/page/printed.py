"""What the paper prints, from the ledger of its claims; no number is typed again."""

from dataclasses import dataclass
from functools import cache

from hemoscope.claims.claim import MODEL_NAMES, MODELS, Claim, Model
from hemoscope.claims.ledger import Ledger, read_ledger
from study.markdown import NOTHING

__all__ = ["MODELS", "MODEL_NAMES", "RUN_OF", "Model", "Printed", "class_names", "section_text"]

RUN_OF: dict[Model, str] = {
    "custom_cnn": "customcnn-table2",
    "resnet50": "resnet50-table2",
    "efficientnet_b3": "efficientnet_b3-table2",
    "inception_v3": "inception_v3-table2",
}


@cache
def _ledger() -> Ledger:
    return read_ledger()


@dataclass(frozen=True)
class Printed:
    """One of the paper's tables.

    Attributes:
        table: Its number.
    """

    table: int

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All numbers of the table."""
        return next(c.claims for c in _ledger().chapters if c.table == self.table)

    def text(self, name: str) -> str:
        """A number as printed, by what follows the table in its id ("resnet50.accuracy")."""
        return section_text(f"t{self.table}", name)


def section_text(section: str, name: str) -> str:
    """A number as printed in a section ("s35") or table ("t4"); a dash where it prints none."""
    claim = _ledger().claims.get(f"{section}.{name}")
    return NOTHING if claim is None else claim.figure


def class_names() -> dict[int, str]:
    """The paper's classes 0 to 7 as our predictions tables call them."""
    names = ("basophil", "eosinophil", "erythroblast", "ig")
    return dict(enumerate((*names, "lymphocyte", "monocyte", "neutrophil", "platelet")))
