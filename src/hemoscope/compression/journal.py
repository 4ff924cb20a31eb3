"""`pruning.json`: what was removed, step by step, and what it cost."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hemoscope.compression.choice import Kind
from hemoscope.compression.errors import PruningError
from hemoscope.compression.settings import Settings
from hemoscope.files import replacing
from hemoscope.models.config import BlockShape

VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(_Part):
    """A model's size, speed and accuracy.

    Attributes:
        parameters: As torch counts them.
        encoder_parameters: Of the token encoder alone.
        operations: Floating-point operations for one cell (a multiply-add is two).
        file_bytes: Of `model.safetensors`.
        latency_ms: Median wall-clock milliseconds for one cell alone.
        processor_ms: Mean processor milliseconds for it, over all threads: what a busy machine
            disturbs least.
        val_accuracy: In [0, 1], on the validation cells.
    """

    parameters: int
    encoder_parameters: int
    operations: int
    file_bytes: int
    latency_ms: float
    processor_ms: float
    val_accuracy: float


class Against(_Part):
    """McNemar's test against the original on the validation cells; see `mcnemar_test`."""

    p: float
    only_original: int
    only_pruned: int
    method: str


class Removed(_Part):
    """What a step took, numbered as in the original model, from 0.

    Attributes:
        blocks: Whole blocks.
        heads: Of a block, which heads.
        channels: Of a block, how many channels of each head.
        units: Of a block, how many hidden units.
    """

    blocks: tuple[int, ...] = ()
    heads: dict[int, tuple[int, ...]] = {}
    channels: dict[int, int] = {}
    units: dict[int, int] = {}

    def words(self) -> str:
        """For a table: "heads 2, 5 of block 0"."""
        said = [f"block {at}" for at in self.blocks]
        said += [f"heads {', '.join(map(str, h))} of block {at}" for at, h in self.heads.items()]
        said += [f"{n} channels a head of block {at}" for at, n in self.channels.items()]
        said += [f"{n} units of block {at}" for at, n in self.units.items()]
        return "; ".join(said)


class Left(_Part):
    """What is left, numbered as in the original model: blocks, and of each the heads."""

    blocks: tuple[int, ...]
    heads: tuple[tuple[int, ...], ...]


class Step(_Part):
    """One step, whether it was within the budget or not.

    Attributes:
        step: From 1.
        kind: Of what it removed.
        removed: What it removed from the model of the last accepted step.
        left: What it left.
        shapes: Of the blocks that it left.
        measured: After fine-tuning.
        loss_points: Validation accuracy of the original minus this one's, in points.
        mcnemar: Against the original.
        accepted: Whether the loss is within the budget. A step that is not is undone, and its
            kind is not tried again.
        seconds: That it took.
    """

    step: int
    kind: Kind
    removed: Removed
    left: Left
    shapes: tuple[BlockShape, ...]
    measured: Measured
    loss_points: float
    mcnemar: Against
    accepted: bool
    seconds: float


class Origin(_Part):
    """What was pruned, and on which cells.

    Attributes:
        run: The run folder.
        model_sha256: Of its `model.safetensors`.
        cells: The SOURCE.
        fingerprint: Of the cells.
        own_cells: Whether they are those that the run was trained on.
        training_cells: How many it was fine-tuned on.
        validation_cells: How many judged.
        device: That measured, in torch's words.
        threads: torch's.
        teacher: Of the fine-tuning, as `describe_teacher` names it; None without one.
    """

    run: str
    model_sha256: str
    cells: str
    fingerprint: str
    own_cells: bool
    training_cells: int
    validation_cells: int
    device: str
    threads: int
    teacher: dict[str, str] | None = None


class Journal(_Part):
    """All of it.

    Attributes:
        version: Of this file.
        origin: What was pruned.
        settings: How.
        original: The model before; None until it is measured.
        steps: In order.
        stopped: Why no further step was made; None while it goes on.
    """

    version: int = VERSION
    origin: Origin
    settings: Settings
    original: Measured | None = None
    steps: tuple[Step, ...] = ()
    stopped: str | None = None

    @property
    def kept(self) -> Step | None:
        """The last step within the budget; None if there is none."""
        return next((step for step in reversed(self.steps) if step.accepted), None)

    @property
    def before(self) -> Measured:
        """The original, once it is measured."""
        if self.original is None:
            raise ValueError("the original is not measured yet")
        return self.original

    def with_step(self, step: Step) -> "Journal":
        """One step longer."""
        return self.model_copy(update={"steps": (*self.steps, step)})

    def write(self, file: Path) -> None:
        """In one step, so that a kill leaves the old or the new one.

        Raises:
            PruningError: It cannot be written.
        """
        with replacing(file, PruningError) as draft:
            draft.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
