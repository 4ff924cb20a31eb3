"""Lightning without its advice on choices that are made here on purpose."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_EXPECTED_ADVICE = (
    r".*does not have many workers.*",  # a batch is one read from mapped memory
    r".*The number of training batches .* is smaller than the logging interval.*",
    r".*Checkpoint directory .* exists and is not empty.*",
    r".*Found .* in the checkpoint.*",
    r".*Found .* module\(s\) in eval mode.*",  # frozen parts
    r".*LeafSpec.* is deprecated.*",  # Lightning 2.6 with a newer torch
    r"Grad strides do not match bucket view strides.*",  # 1x1 kernels fit several
    r".*lr_scheduler.step.*before.*optimizer.step.*",  # Lightning's order on resuming
)


@contextmanager
def quiet_library() -> Iterator[None]:
    """Silences Lightning's advice on choices that are made here on purpose."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for text in _EXPECTED_ADVICE:
                warnings.filterwarnings("ignore", message=text)
            yield
    finally:
        logger.setLevel(level)
