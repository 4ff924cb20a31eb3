"""A module of which parts can stand still."""

from collections.abc import Iterable
from typing import Self

from torch import nn


class Freezable(nn.Module):
    """Keeps frozen parts frozen, whatever mode the whole is put into."""

    def __init__(self) -> None:
        super().__init__()
        self._frozen: tuple[str, ...] = ()

    @property
    def frozen(self) -> tuple[str, ...]:
        """Names of the frozen modules, as in `named_modules`."""
        return self._frozen

    def set_frozen(self, names: Iterable[str]) -> None:
        """Freeze exactly these modules and everything in them; unfreeze all others.

        A frozen module gets no gradients and stays in eval mode through `train()`, so that
        its BatchNorm statistics stand still too.

        Args:
            names: As in `named_modules`.

        Raises:
            AttributeError: If there is no such module.
        """
        modules = {name: self.get_submodule(name) for name in names}
        self.requires_grad_(True)
        for module in modules.values():
            module.requires_grad_(False)
        self._frozen = tuple(modules)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Set the mode of everything but frozen modules, which stay in eval mode."""
        super().train(mode)
        for name in self._frozen:
            self.get_submodule(name).eval()
        return self
