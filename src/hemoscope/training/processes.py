"""Several processes that train one model: which of them speaks and writes."""

from lightning.pytorch.utilities import rank_zero_only


def is_first_process() -> bool:
    """Whether this process makes the run folder, writes files and prints; true where it is alone.

    torchrun, SLURM and Lightning start one process for each device and number them in the
    environment; Lightning reads the number when it is imported.
    """
    return rank_zero_only.rank == 0  # pyright: ignore[reportFunctionMemberAccess] -- set on import
