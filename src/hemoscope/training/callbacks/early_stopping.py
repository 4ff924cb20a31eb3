"""Ending a training whose validation loss no longer falls."""

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping


class LastingStop(EarlyStopping):
    """Lightning's callback, whose decision to stop outlives a kill.

    Lightning asks only after an epoch: a run that was killed between its last epoch and the end
    would train one more, and might find it better.
    """

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stops before the first epoch where the checkpoint says that it was over."""
        trainer.should_stop = self.wait_count >= self.patience


def stop_early(patience: int) -> EarlyStopping:
    """Stops after `patience` epochs without a lower validation loss than before."""
    return LastingStop("val_loss", patience=patience)
