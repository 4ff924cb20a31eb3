"""Three ways to train the same model on the same cells, each timed over the same steps.

`hemoscope`  the real path, `train_model`: pixels from the cache, augmentation, Lightning, averaged
             weights, figures, in the recipe's precision.
`memory`     the model's own step and nothing else: forward, loss, backward, clipping, AdamW in the
             same precision and memory layout, on one batch that lies ready in memory. Nothing is
             read, augmented, averaged or logged, so that all of that counts against `hemoscope`.
`plain`      what a user would write: Pillow, torchvision's transforms with the same augmentation,
             a DataLoader with a worker for each core, float32, AdamW.
"""

import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning.pytorch import Callback
from PIL import Image
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from hemoscope.models.build import build_model
from hemoscope.models.groups import parameter_groups
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.training.augmentation import augment, to_unit_range
from hemoscope.training.cells import TrainingCells
from hemoscope.training.losses import classification_loss
from hemoscope.training.machine import Machine
from hemoscope.training.precision import lightning_precision
from hemoscope.training.recipe import Recipe
from hemoscope.training.run_folder import start_run
from hemoscope.training.train import train_model

WARM_UP = 2  # steps that are not timed: allocation, the libraries' choice of kernels, workers


@dataclass(frozen=True)
class Job:
    """The same for every loop.

    Attributes:
        cells: Pixels from the cache, and targets; as many as all steps need.
        files: The training cells' image files, in the same order.
        recipe: Model, batch size, augmentation, optimiser.
        workers: Of the plain loop.
    """

    cells: TrainingCells
    files: Sequence[Path]
    recipe: Recipe
    workers: int

    @property
    def steps(self) -> int:
        return len(self.cells.train) // self.recipe.batch_size


class Clock:
    """Times the steps after the warm-up, what lies between them included."""

    def __init__(self) -> None:
        self.done = 0
        self._began = self._ended = 0.0

    def step(self) -> None:
        self.done += 1
        self._ended = time.perf_counter()
        if self.done == WARM_UP:
            self._began = self._ended

    def speed(self, batch_size: int) -> float:
        """Images per second."""
        return (self.done - WARM_UP) * batch_size / (self._ended - self._began)


class _ClockCallback(Callback):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def on_train_batch_end(self, *_arguments: object) -> None:
        self._clock.step()


def hemoscope(job: Job) -> float:
    """Images per second of `train_model`."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        run = start_run(Path(folder) / "run", job.recipe, {})
        cpu = Machine(accelerator="cpu", devices="1")
        train_model(
            job.cells, job.recipe, run, machine=cpu, extra_callbacks=(_ClockCallback(clock),)
        )
    return clock.speed(job.recipe.batch_size)


def memory(job: Job) -> float:
    """Images per second of the bare step on a batch in memory."""
    model = _model(job).to(memory_format=torch.channels_last)
    groups = [{"params": list(group.parameters)} for group in parameter_groups(model)]
    optimiser = torch.optim.AdamW(groups, fused=True)
    images, targets = _ready_batch(job)
    mixed = lightning_precision(job.recipe.precision, "cpu") == "bf16-mixed"
    clock = Clock()
    for _ in range(job.steps):
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16) if mixed else nullcontext():
            loss = classification_loss(model(images), targets, job.recipe.loss, None)
        loss.backward()
        if job.recipe.optimiser.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), job.recipe.optimiser.clip_norm)
        optimiser.step()
        clock.step()
    return clock.speed(job.recipe.batch_size)


def plain(job: Job) -> float:
    """Images per second of a loop as a user would write it."""
    model = _model(job)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
    clock = Clock()
    for images, targets in _plain_batches(job):
        optimiser.zero_grad()
        loss = F.cross_entropy(model(images), targets)
        loss.backward()
        optimiser.step()
        clock.step()
        if clock.done == job.steps:
            break
    return clock.speed(job.recipe.batch_size)


LOOPS = {"hemoscope": hemoscope, "memory": memory, "plain": plain}


def _model(job: Job) -> HybridClassifier:
    torch.manual_seed(job.recipe.seed)
    return build_model(job.recipe.model, len(job.cells.classes), weights="none").train()


def _ready_batch(job: Job) -> tuple[Tensor, Tensor]:
    """One augmented batch, as the model takes it."""
    train, size = job.cells.train, job.recipe.batch_size
    pixels = torch.from_numpy(train.pixels.batch(train.rows[:size]))
    images = augment(to_unit_range(pixels), job.recipe.augmentation, torch.Generator())
    targets = torch.from_numpy(train.targets[:size])
    return images.contiguous(memory_format=torch.channels_last), targets


class _Files(Dataset[tuple[Tensor, int]]):
    """Image files, more often than once so that the workers never run dry within the steps."""

    def __init__(self, job: Job) -> None:
        self._files, self._targets = job.files, job.cells.train.targets
        varied, side = job.recipe.augmentation, job.recipe.model.image_size
        flips = [transforms.RandomHorizontalFlip(), transforms.RandomVerticalFlip()]
        self._transform = transforms.Compose(
            [
                transforms.Resize((side, side)),
                *(flips if varied.flips else []),
                transforms.RandomRotation(
                    math.degrees(varied.rotation), transforms.InterpolationMode.BILINEAR
                ),
                transforms.ColorJitter(brightness=varied.brightness),
                transforms.ToTensor(),
            ]
        )

    def __len__(self) -> int:
        return 4 * len(self._files)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        place = index % len(self._files)
        image = Image.open(self._files[place]).convert("RGB")
        return self._transform(image), int(self._targets[place])


def _plain_batches(job: Job) -> Iterator[tuple[Tensor, Tensor]]:
    return iter(
        DataLoader(
            _Files(job),
            batch_size=job.recipe.batch_size,
            shuffle=True,
            drop_last=True,
            num_workers=job.workers,
        )
    )
