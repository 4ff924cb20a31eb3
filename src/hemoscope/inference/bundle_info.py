"""What a bundle says of itself: the content of `bundle.json`, as plain checked data."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from hemoscope.cells import Frame, Framing
from hemoscope.inference.home import Home, Triple
from hemoscope.inference.tasks import Task

FORMAT = "hemoscope-bundle"
VERSION = 1


class _Part(BaseModel):
    # A later release may add fields without breaking readers of this version, so unknown ones
    # are passed over; what breaks them gets a new version number.
    model_config = ConfigDict(frozen=True, extra="ignore")


class ModelFile(_Part):
    """The ONNX file.

    Attributes:
        file: Its name in the folder.
        sha256: 64 hex digits of its content.
        size: Bytes.
        opset: Version of the ONNX operators.
        precision: What the weights of the backbone are stored in.
    """

    file: str = Field(pattern=r"^[\w.-]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=1)
    opset: int = Field(ge=1)
    precision: Literal["float32", "int8"]


class Preprocessing(_Part):
    """How an image becomes what the model takes.

    Attributes:
        image_size: Side in pixels of the input `pixels`, (n, side, side, 3) uint8 RGB.
        framing: How an image is brought to that side, the one step outside the model file:
            "whole", all of it, bilinear and antialiased; "centre", its middle two thirds; "cell",
            the cell, found and brought to one size and one white (docs/framing.md).
        mean: Inside the model file: per channel `(pixel / 255 - mean) / std`.
        std: As `mean`.
        views: In how many ways the square is laid, turned and mirrored, where a cell is not clear
            at once; what is said is the mean (`hemoscope.inference.views`), outside the file, too.
    """

    image_size: int = Field(ge=1)
    framing: Framing = "whole"
    views: int = Field(default=1, ge=1, le=8)
    mean: Triple
    std: Triple

    @property
    def frame(self) -> Frame:
        """What is seen of an image."""
        return Frame(self.image_size, self.framing)


class Second(_Part):
    """A second network in the bundle, whose opinion is asked for on unclear cells.

    It lies in the folder `second/`, a bundle of the same image size, classes and tasks; its
    framing may be another.

    Attributes:
        sha256: Of its ONNX file, 64 hex digits.
        below: It is asked about cells whose probability stays below this.
        home: And only about pictures in the light that it knows, as it sees them. Not in the file
            where it is asked in any light.
    """

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    below: float = Field(gt=0, le=1)
    home: Home | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_there(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content = write(self)
        if not content["home"]:
            del content["home"]
        return content


class Outputs(_Part):
    """Shapes of the outputs, for n cells.

    Attributes:
        features: D of (n, D).
        attention: (h, w) of (n, h, w), or None where the model has no such output.
    """

    features: int = Field(ge=1)
    attention: tuple[int, int] | None


class Parity(_Part):
    """How closely the float32 export repeats torch.

    Attributes:
        cells: Which cells were compared, in words.
        count: How many.
        tolerance: The largest difference that passes.
        largest: The largest absolute difference of any logit that was found.
        worst: The cell where it was found.
    """

    cells: str
    count: int = Field(ge=1)
    tolerance: float
    largest: float
    worst: str


class Quantisation(_Part):
    """What INT8 was fitted on and what it costs.

    Attributes:
        calibrated_on: Which cells gave the ranges of the activations, in words.
        calibration_cells: How many.
        validated_on: Which cells measured the cost, in words.
        validation_cells: How many.
        accuracy_float32: On those, in [0, 1].
        accuracy_int8: On those, in [0, 1].
        cost_points: The first minus the second, in percentage points.
        allowed_points: The cost that was allowed.
        weight_bits: Of the INT8 weights that are used, 7 or 8.
        float_blocks: Sensitive blocks of the model that stayed in float32 to keep the cost down.
    """

    calibrated_on: str
    calibration_cells: int
    validated_on: str
    validation_cells: int
    accuracy_float32: float
    accuracy_int8: float
    cost_points: float
    allowed_points: float
    weight_bits: Literal[7, 8]
    float_blocks: tuple[str, ...]


class Figure(_Part):
    """Accuracy on a predictions table of the run that was exported (float32, by torch).

    Attributes:
        table: Name of the table's file.
        cells: How many.
        accuracy: In [0, 1].
        low: Lower end of its 95 % interval (Wilson; cells taken as independent).
        high: Upper end.
        recall: Of each class that occurs: the share of its cells that are named so.
    """

    table: str
    cells: int
    accuracy: float
    low: float
    high: float
    recall: Mapping[str, float]


class BundleInfo(_Part):
    """The content of `bundle.json`.

    Attributes:
        format: Always "hemoscope-bundle".
        version: Of the format.
        classes: C names, in the order of the logits.
        tasks: What the model answers beside the class: task name to the column of a manifest that
            holds the true answers, and the A answers in the order of the output `task.NAME`,
            (n, A) logits. Not in the file where there is none.
        second: The second network. Not in the file where there is none.
        architecture: The model's configuration, as in a recipe.
        run: The run's `provenance.json`, and the recipe that it followed.
        exported: When, and by which releases of hemoscope and its libraries.
        figures: Accuracy on the predictions tables that were handed to the export.
    """

    format: Literal["hemoscope-bundle"]
    version: Literal[1]
    model: ModelFile
    classes: tuple[str, ...] = Field(min_length=2)
    tasks: Mapping[str, Task] = Field(default={})
    preprocessing: Preprocessing
    second: Second | None = None
    outputs: Outputs
    architecture: Mapping[str, Any]
    run: Mapping[str, Any]
    exported: Mapping[str, Any]
    parity: Parity
    quantisation: Quantisation | None = None
    figures: tuple[Figure, ...] = ()

    @model_serializer(mode="wrap")
    def _without_what_is_not_there(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A bundle of one network that answers the class alone says nothing of others."""
        content = write(self)
        for part in ("tasks", "second"):
            if not content[part]:
                del content[part]
        return content
