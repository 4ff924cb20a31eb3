"""A training whose loss has become no number."""

from hemoscope.errors import HemoscopeError

LOSSES = ("train_loss", "val_loss")


class DivergedError(HemoscopeError):
    """The weights are ruined: every further step would be for nothing."""

    def __init__(self, epoch: int) -> None:
        """Say in which epoch, counted from 1, and what to do."""
        super().__init__(
            f"the training has diverged: in epoch {epoch} the loss is no finite number any more. "
            "Start a new run with lower learning rates (--set optimiser.head=…, optimiser.encoder, "
            "optimiser.backbone), or a smaller optimiser.clip_norm."
        )
