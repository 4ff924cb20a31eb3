"""Cached cells as batches for Lightning: no image file is opened while a model trains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

import numpy as np
import torch
from lightning.pytorch import LightningDataModule
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, DistributedSampler

from hemoscope.training.recipe import Recipe


class Batch(TypedDict):
    """What a step gets: (n, h, w, 3) uint8 pixels, (n,) class indices, and those of each task.

    An index of -1 stands for a label that nobody knows.
    """

    pixels: Tensor
    targets: Tensor
    tasks: dict[str, Tensor]


class Pixels(Protocol):
    """Where pixels come from: the cache, or an array in memory."""

    def batch(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """(n, h, w, 3) uint8 of the given rows."""
        ...


@dataclass(frozen=True)
class LabelledCells:
    """Cells with pixels and targets: `rows` of `pixels`, and each one's class index.

    `tasks` has the indices of each further task; -1 stands for a label that nobody knows.
    """

    pixels: Pixels
    rows: NDArray[np.intp]
    targets: NDArray[np.intp]
    tasks: Mapping[str, NDArray[np.intp]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


class _CellDataset(Dataset[Batch]):
    """Hands out whole batches: one gather from the memory map instead of n."""

    def __init__(self, cells: LabelledCells) -> None:
        self._cells = cells

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, index: int) -> Batch:
        return self.__getitems__([index])

    def __getitems__(self, indices: Sequence[int]) -> Batch:
        chosen = np.asarray(indices, dtype=np.intp)
        return {
            "pixels": torch.from_numpy(self._cells.pixels.batch(self._cells.rows[chosen])),
            "targets": torch.from_numpy(self._cells.targets[chosen]),
            "tasks": {
                name: torch.from_numpy(targets[chosen])
                for name, targets in self._cells.tasks.items()
            },
        }


def _as_it_is(batch: Any) -> Any:
    return batch


class CellData(LightningDataModule):
    """Training and validation batches.

    The order of an epoch depends on the seed and the epoch alone, so that a resumed run sees
    the same batches as one that was never interrupted.
    """

    def __init__(self, train: LabelledCells, validation: LabelledCells, recipe: Recipe) -> None:
        super().__init__()
        self._train, self._validation, self._recipe = train, validation, recipe

    def train_dataloader(self) -> DataLoader[Batch]:
        """Shuffled anew each epoch, split between processes where there are several."""
        return self._loader(self._train, shuffle=True)

    def val_dataloader(self) -> DataLoader[Batch]:
        """In order."""
        return self._loader(self._validation, shuffle=False)

    def _loader(self, cells: LabelledCells, *, shuffle: bool) -> DataLoader[Batch]:
        dataset = _CellDataset(cells)
        world, rank = (
            (self.trainer.world_size, self.trainer.global_rank) if self.trainer else (1, 0)
        )
        sampler = DistributedSampler(
            dataset, num_replicas=world, rank=rank, shuffle=shuffle, seed=self._recipe.seed
        )
        # Workers would only copy: a batch is one read from memory that is mapped already.
        return DataLoader(
            dataset,
            batch_size=self._recipe.batch_size,
            sampler=sampler,
            drop_last=shuffle and self._last_is_single(len(sampler)),
            collate_fn=_as_it_is,
            pin_memory=torch.cuda.is_available(),
        )

    def _last_is_single(self, cells: int) -> bool:
        """Whether an epoch would end in a batch of one cell, of which BatchNorm has no variance.

        It waits for another epoch, whose order is another one.
        """
        return cells > 1 and self._recipe.batch_size > 1 and cells % self._recipe.batch_size == 1
