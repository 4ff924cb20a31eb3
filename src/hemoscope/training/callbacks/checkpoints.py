"""The checkpoints of a run: the newest epoch and the best one, wherever the folder is moved to."""

from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import ModelCheckpoint

from hemoscope.training.run_folder import RunFolder


class MovableCheckpoint(ModelCheckpoint):
    """Lightning's callback, which goes on knowing its files when the run folder was moved.

    Lightning keeps absolute paths, and forgets which epoch was the best where the folder is another
    one: the first epoch after that would be taken for the best one, however bad it is.
    """

    @property
    def state_key(self) -> str:
        """Lightning's own: it finds the state in checkpoints that its own class has written."""
        return super().state_key.replace(type(self).__qualname__, ModelCheckpoint.__qualname__, 1)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The state, with every file where the run folder lies now."""
        here = {
            name: self._here(state_dict[name])
            for name in ("best_model_path", "kth_best_model_path", "last_model_path")
        }
        scores = {self._here(path): score for path, score in state_dict["best_k_models"].items()}
        super().load_state_dict(
            {**state_dict, **here, "best_k_models": scores, "dirpath": self.dirpath}
        )

    def _here(self, path: str) -> str:
        """A file of the same name in the folder of today; "" stands for none."""
        return str(Path(self.dirpath or "") / Path(path).name) if path else ""


def best_epoch(run: RunFolder) -> ModelCheckpoint:
    """Written after each epoch of a higher validation accuracy than all before."""
    return MovableCheckpoint(
        dirpath=run.checkpoints,
        filename=run.best_checkpoint.stem,
        monitor="val_accuracy",
        mode="max",
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )


def last_epoch(run: RunFolder) -> ModelCheckpoint:
    """Written after each epoch, in one step (Lightning renames it into place)."""
    return MovableCheckpoint(
        dirpath=run.checkpoints,
        filename=run.last_checkpoint.stem,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
