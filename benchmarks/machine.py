"""What a benchmark ran on, and whether the machine had time for it."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

LIBRARIES = ("torch", "torchvision", "timm", "lightning", "numpy", "pillow")


@dataclass(frozen=True)
class Machine:
    """Read before the first measurement: afterwards the load is our own."""

    processor: str
    cores: int
    memory_gib: float
    python: str
    libraries: dict[str, str]
    load: float

    @classmethod
    def now(cls) -> "Machine":
        pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        return cls(
            processor=_processor(),
            cores=len(os.sched_getaffinity(0)),
            memory_gib=round(pages * page / 2**30, 1),
            python=platform.python_version(),
            libraries={name: version(name) for name in LIBRARIES},
            load=round(os.getloadavg()[0], 2),
        )

    @property
    def busy(self) -> bool:
        """More than a quarter of a core was in use before we began."""
        return self.load > 0.25 * self.cores

    def words(self) -> str:
        libraries = ", ".join(f"{name} {number}" for name, number in self.libraries.items())
        said = (
            f"{self.processor}, {self.cores} cores, {self.memory_gib:g} GiB; "
            f"Python {self.python}, {libraries}; load average before: {self.load:g}"
        )
        if self.busy:
            said += "\nBUSY: other work was running. Ratios are rough, speeds are not worth citing."
        return said

    def values(self) -> dict[str, Any]:
        return {**self.__dict__, "busy": self.busy}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123
            names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
