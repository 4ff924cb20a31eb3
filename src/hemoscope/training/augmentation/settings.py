"""What of training cells is varied, and how far, as a part of the recipe."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, lt=1)]
Chance = Annotated[float, Field(ge=0, le=1)]


_CALMED = ("shift", "brightness", "stain", "blur", "coarseness", "noise", "jpeg", "tight")


class Augmentation(BaseModel):
    """How training cells are varied; drawn anew for every cell and epoch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flips: bool = Field(default=True, description="mirror on both axes, each with probability 1/2")
    rotation: float = Field(
        default=0.4, ge=0, le=3.1416, description="turn by up to this angle, radians"
    )
    quarter_turns: bool = Field(default=False, description="also turn by 0, 90, 180 or 270 degrees")
    zoom: float = Field(
        default=1.0, ge=1, le=4, description="show from 1/zoom to zoom times the frame's side"
    )
    shift: Share = Field(default=0.0, description="move by up to this share of the frame's side")
    brightness: Share = Field(default=0.2, description="add up to this share of the full range")
    stain: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="vary colours as another stain, lamp or camera would; 0 none, 1 strong",
    )
    blur: Chance = Field(default=0.0, description="chance to be blurred")
    coarseness: Chance = Field(
        default=0.0, description="chance to be shown at half to a quarter of the resolution"
    )
    noise: Chance = Field(default=0.0, description="chance of a camera's noise")
    jpeg: Chance = Field(default=0.0, description="chance to be compressed as JPEG")
    tight: Chance = Field(
        default=0.0, description="chance that all but the middle is one colour: a tight crop"
    )

    def calmed(self, share: float) -> "Augmentation":
        """The same with a share, 0 to 1, of its strength; flips and turns stay as they are."""
        weaker = {name: share * getattr(self, name) for name in _CALMED}
        return self.model_copy(update={**weaker, "zoom": self.zoom**share})
