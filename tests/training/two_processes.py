"""Run by torchrun: trains, and leaves what this process came to in OUT/process-<rank>.json."""

import hashlib
import json
import os
import sys
from pathlib import Path

from lightning.pytorch import Callback

from hemoscope.history import FIGURES
from hemoscope.training.machine import Machine
from hemoscope.training.recipe_files import load_recipe
from hemoscope.training.session import Session
from hemoscope.training.train import train_model


class Witness(Callback):
    def __init__(self, out):
        self.out, self.epochs = out, []

    def on_train_epoch_end(self, trainer, pl_module):
        figures = {name: float(trainer.callback_metrics[name]) for name in FIGURES}
        weights = hashlib.sha256()
        for parameter in pl_module.model.parameters():
            weights.update(parameter.detach().numpy().tobytes())
        self.epochs.append({**figures, "weights": weights.hexdigest()})
        self.out.write_text(json.dumps(self.epochs))


if __name__ == "__main__":
    source, out, *settings = sys.argv[1:]
    session = Session.started(source, load_recipe("default", tuple(settings)), Path(out))
    witness = Witness(Path(f"{out}-process-{os.environ['RANK']}.json"))
    machine = Machine(accelerator="cpu", devices="2")
    train_model(
        session.cells, session.recipe, session.run, machine=machine, extra_callbacks=(witness,)
    )
