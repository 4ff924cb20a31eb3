"""How a model is pruned, as checked, frozen data; it stands in `pruning.json`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hemoscope.compression.choice import KINDS, Kind


class Settings(BaseModel):
    """One pruning.

    Attributes:
        guide: Who says what goes first.
        max_loss: Largest loss of validation accuracy against the original, in points.
        epochs: Of fine-tuning after each step; 0 for none.
        share: Of the heads, channels or units that a step removes.
        until: Stop when the parameters have come down to this share of the original's.
        keep_blocks: So many encoder blocks stay.
        kinds: Of parts that may go.
        seed: Draws the cells that are scored, and what chance removes.
        score_cells: So many training cells are scored.
        rate: Fine-tuning has this share of the recipe's learning rates.
        tuning: Fields of the recipe set for fine-tuning, "FIELD=VALUE".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    guide: str = "attention"
    max_loss: float = Field(default=0.2, ge=0, le=100)
    epochs: int = Field(default=1, ge=0)
    share: float = Field(default=0.5, gt=0, lt=1)
    until: float = Field(default=0.0, ge=0, le=1)
    keep_blocks: int = Field(default=1, ge=0)
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = KINDS
    seed: int = Field(default=0, ge=0)
    score_cells: int = Field(default=256, ge=1)
    rate: float = Field(default=0.3, gt=0, le=1)
    tuning: tuple[str, ...] = ()
